import type { PageTexts } from './page-texts';
import { zhAdvice } from './zh-advice';

const NEW_PASSWORD = { href: '/password-reset', label: '设置新密码' };
const CUT_LINK = '请打开邮件中的链接。如果链接在邮件中分成了两行，请将它完整复制到浏览器的地址栏。';

export const zh: PageTexts = {
  undo: {
    open: { title: '撤销邮箱地址的更改', paragraphs: [CUT_LINK, '目前没有任何更改。'] },
    ask: ({ restores, replaces }) => ({
      title: '要撤销邮箱地址的更改吗？',
      effects: [
        replaces === null
          ? `账户的邮箱地址仍是 ${restores}：它已经恢复。`
          : `账户的邮箱地址将恢复为 ${restores}，目前是 ${replaces}。`,
        '所有设备上的所有会话都将结束，现在登录着的人都会被退出。',
        '尚未完成的更改、验证码和链接将全部失效。',
        `设置新密码的链接将发送到 ${restores}。在设置完成之前，任何人都无法登录。`,
      ],
      otherwise: '是您本人更改的吗？那么请关闭此页面，不会有任何变化。',
      button: '撤销更改',
    }),
    done: (address) => ({
      title: '更改已撤销',
      paragraphs: [
        `您账户的邮箱地址已恢复为 ${address}，所有会话均已结束。`,
        '设置新密码的链接正发往该地址。在您使用它之前，任何人都无法登录。',
        '几分钟后仍未收到邮件？请查看垃圾邮件，或重新发送链接。',
      ],
      link: { href: '/password-reset', label: '重新发送链接' },
    }),
  },
  notMe: {
    open: { title: '密码不是您本人更改的', paragraphs: [CUT_LINK, '目前没有任何更改。'] },
    ask: (address) => ({
      title: '您的密码是被别人更改的吗？',
      effects: [
        '所有设备上的所有会话都将结束，现在登录着的人都会被退出。',
        '尚未完成的更改、验证码和设置密码的链接将全部失效。',
        `设置新密码的链接将发送到 ${address}。在设置完成之前，任何人都无法登录。`,
      ],
      otherwise: '密码是您本人更改的吗？那么请关闭此页面，不会有任何变化。',
      button: '不是我本人操作',
    }),
    done: (address) => ({
      title: '现在任何人都无法进入您的账户',
      paragraphs: [
        '所有会话均已结束。',
        `设置新密码的链接正发往 ${address}。在您使用它之前，任何人都无法登录。`,
        '几分钟后仍未收到邮件？请查看垃圾邮件，或重新发送链接。',
      ],
      link: { href: '/password-reset', label: '重新发送链接' },
    }),
  },
  cancel: {
    open: { title: '取消邮箱地址的更改', paragraphs: [CUT_LINK, '目前没有任何更改。'] },
    ask: (newAddress) => ({
      title: '要取消邮箱地址的更改吗？',
      effects: [
        `有人申请将您账户的邮箱地址改为 ${newAddress}。目前没有任何更改。`,
        '如果取消，发往该地址的验证码将失效，您的邮箱地址保持不变。',
      ],
      otherwise: '是您本人申请的吗？那么请关闭此页面，不会有任何变化。',
      button: '取消更改',
    }),
    done: {
      title: '更改已取消',
      paragraphs: [
        '您账户的邮箱地址保持不变。',
        '如果不是您本人申请的，说明有人知道您的密码。请立即设置新密码，对方的会话也会随之结束。',
      ],
      link: NEW_PASSWORD,
    },
  },
  reset: {
    request: {
      title: '设置新密码',
      paragraphs: ['我们会向您账户的邮箱地址发送一个链接，您可以用它设置新密码。'],
      email: { label: '邮箱地址', hint: '您登录时使用的地址。' },
      button: '发送链接',
    },
    requested: {
      title: '请查看您的邮箱',
      paragraphs: [
        '如果有账户使用此地址，含有链接的邮件正在发送途中。邮件中写有链接的有效期。',
        '几分钟后仍未收到邮件？请查看垃圾邮件，检查地址，然后重试。',
      ],
      link: { href: '/password-reset', label: '重试' },
    },
    choose: (minLength) => ({
      title: '设置新密码',
      paragraphs: ['您账户在所有设备上的会话都将结束，之后请用新密码登录。'],
      password: {
        label: '新密码',
        hint: `至少 ${minLength} 个字符。可以使用任何字母、数字、符号和空格：几个词连在一起就很好。`,
      },
      button: '设置新密码',
    }),
    refused: '请换一个密码：',
    reasons: (minLength, maxLength) => ({
      'too-short': `至少需要 ${minLength} 个字符。`,
      'too-long': `最多 ${maxLength} 个字符。`,
      'not-text': '含有不是文字的字符。',
      'no-letter': '需要包含字母。',
      'no-digit': '需要包含数字。',
      'too-few-kinds': '需要更多种类的字符。',
      'too-few-different': '需要更多不同的字符。',
      common: '这是攻击者最先尝试的密码之一。',
      breached: '它在某个服务的泄露事件中出现过。',
      'recently-used': '您以前用过这个密码。',
      unchanged: '这就是您现在的密码。',
      'same-as-address': '与您的邮箱地址太接近。',
      'same-as-name': '与您的名字太接近。',
      'same-as-service': '与本服务的名称太接近。',
    }),
    done: {
      title: '新密码已设置',
      paragraphs: ['您账户的所有会话均已结束，我们会发邮件告知您。请在使用该账户的地方用新密码登录。'],
    },
  },
  verification: {
    form: {
      title: '确认您的邮箱地址',
      paragraphs: ['仅当该账户属于您时才这样做：请输入收到邮件的地址和邮件中的验证码。'],
      email: { label: '邮箱地址', hint: '收到邮件的地址。' },
      code: { label: '验证码', hint: '最新一封邮件中的六位数字。' },
      button: '确认地址',
    },
    wrong: '地址或验证码有误，或者验证码已使用或已过期。请检查两者；如果已过期，请登录并重新发送验证码。',
    done: { title: '您的邮箱地址已确认', paragraphs: ['您可以关闭此页面。'] },
  },
  deadLinks: {
    undo: {
      title: '此链接已失效',
      paragraphs: [
        '它已被使用、已过期或不完整。打开它没有引起任何更改。',
        '如果您已撤销更改，请设置新密码以重新登录：链接在您的邮箱中，也可以重新发送。',
        '如果别人掌握了您的账户，而这是您唯一的链接，请联系本服务的运营人员。',
      ],
      link: NEW_PASSWORD,
    },
    notMe: {
      title: '此链接已失效',
      paragraphs: [
        '它已被使用、已过期或不完整，或者此后已从本邮箱设置了密码。打开它没有引起任何更改。',
        '如果此后邮箱地址被更改，请打开此邮箱中更新的邮件：其中有撤销更改的链接。',
        '否则请设置新密码：这也会结束所有会话。',
      ],
      link: NEW_PASSWORD,
    },
    cancel: {
      title: '此链接已失效',
      paragraphs: [
        '更改已取消、已完成或已过期，或者链接不完整。',
        '如果更改已完成而您并不希望如此，请打开此邮箱中更新的邮件：其中有撤销更改的链接。',
        '如果不是您本人申请的，请设置新密码：有人知道您现在的密码。',
      ],
      link: NEW_PASSWORD,
    },
    reset: {
      title: '此链接已失效',
      paragraphs: ['它已被使用、已过期，或者已发送了更新的链接。打开它没有引起任何更改。', '请重新发送链接。'],
      link: { href: '/password-reset', label: '发送新链接' },
    },
  },
  errors: {
    busy: { title: '我们现在太忙', paragraphs: ['没有任何更改。请稍后重试。'] },
    changedMeanwhile: {
      title: '同一时刻发生了其他更改',
      paragraphs: ['您的账户刚刚发生了更改，因此此操作未执行。请再次打开邮件中的链接。'],
    },
    foreignForm: {
      title: '此表单来自其他网站',
      paragraphs: ['没有任何更改。请打开邮件中的链接，并使用那里的表单。'],
    },
    notFound: { title: '这里什么都没有', paragraphs: ['请检查地址，或打开邮件中的链接。'] },
    notUnderstood: {
      title: '操作未成功',
      paragraphs: ['我们无法读取您的浏览器发送的内容。没有任何更改。请再次打开邮件中的链接。'],
    },
    tooMany: { title: '尝试次数过多', paragraphs: ['没有任何更改。请等待几分钟后重试。'] },
    unexpected: {
      title: '我们这边出了问题',
      paragraphs: ['请稍后重试。如果再次发生，请将此编号告知本服务的运营人员：'],
    },
  },
  errorMark: '错误',
  reference: '编号',
  problem: { meaning: '含义', status: 'HTTP 状态', whatToDo: '处理方法', advice: zhAdvice },
};

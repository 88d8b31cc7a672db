import { CONSUMERS, type EventMap, LOCALES, type Locale } from '@app/contracts';
import { composeMail } from './compose-mail';
import type { DeliverySecret } from './delivery-secret';
import {
  SENDER,
  OLD,
  NEW,
  SECRETS,
  ADDRESSES,
  to,
  changeOf,
  passwordChanged,
  emailChanged,
  emailChangeUndone,
  emailChangeRequested,
  codeRequested,
  resetRequested,
} from './mail-examples';
import { ROWS } from './mail-rows';

const TABLE = LOCALES.flatMap((locale) => ROWS.map((row) => ({ locale, secret: SECRETS, ...row })));

describe.each(TABLE)('the mail in $locale to the $role address about $title', ({ locale, role, event, ...row }) => {
  const change = changeOf([event([to(role, locale)])]);
  const target = ADDRESSES[role];
  const compose = (secret: DeliverySecret | null) => composeMail(change, { target, secret }, SENDER);
  const mail = compose(row.secret);

  it('[S-117] reads as it did when it was last looked at', () => {
    expect(`${mail.subject}\n\n${mail.text}`).toMatchSnapshot();
  });

  it('[S-39] [S-117] says when, by whom and from where, and shows no secret of another purpose', () => {
    for (const part of [mail.text, mail.html]) {
      expect(part).toContain('2026-11-21 23:05 UTC');
      expect(part.includes('203.0.113.7')).toBe(!row.isOfAnother);
      expect(part.includes('Mozilla/5.0 (X11; Linux x86_64)')).toBe(!row.isUnproved);
      const shown = Object.entries(SECRETS).filter(([, secret]) => part.includes(secret));
      expect(shown.map(([name]) => name)).toEqual(row.shows);
    }
  });

  it('[S-39] bears no word that a caller chose once an attempt has failed', () => {
    const { subject, text, html } = composeMail(change, { target, secret: row.secret, isRepeated: true }, SENDER);
    expect(`${subject} ${text} ${html}`).not.toMatch(/laptop|Mozilla|old\.example|new\.example/);
    expect(text.includes('203.0.113.7')).toBe(!row.isOfAnother);
  });

  it('[S-63] shows no other address whole', () => {
    const others = Object.values(ADDRESSES).filter((address) => address !== target);
    for (const isRepeated of [false, true]) {
      const { subject, text, html } = composeMail(change, { target, secret: row.secret, isRepeated }, SENDER);
      expect(others.filter((address) => `${subject} ${text} ${html}`.includes(address))).toEqual([]);
    }
  });

  it('has no hole, and never says that it can be ignored', () => {
    for (const secret of [row.secret, null]) {
      const { subject, text, html } = compose(secret);
      expect(`${subject} ${text} ${html}`).not.toMatch(/undefined|null|NaN|\[object|<%|ignore|忽略/i);
    }
  });

  it('loads nothing from anywhere and follows nobody', () => {
    expect(mail.html).not.toMatch(/<(img|script|link|iframe)|src=|url\(/i);
    const links = [...mail.html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
    expect(links.filter((href) => !href?.startsWith('https://accounts.example/'))).toEqual([]);
    expect(links.filter((href) => href?.includes('?'))).toEqual([]);
  });
});

it('has a row for every event that is mailed', () => {
  const names = ROWS.map(({ event }) => event([]).name);
  expect([...new Set(names)].sort()).toEqual([...CONSUMERS['notifications.send-mail'].events]);
});

describe('an e-mail change', () => {
  const compose = (target: string, secret: DeliverySecret | null = SECRETS) =>
    composeMail(changeOf([emailChanged()]), { target, secret }, SENDER);

  it('[S-63] shows each mailbox the other address only masked', () => {
    const old = compose(OLD);
    expect(old.text).toContain('c***@new.example');
    expect(old.text + old.html).not.toContain(NEW);

    const fresh = compose(NEW);
    expect(fresh.text).toContain('a***@old.example');
    expect(fresh.text + fresh.html).not.toContain(OLD);
  });

  it('[S-77] gives the old mailbox an undo link with the token in its path, and the day until when it works', () => {
    const { text, html } = compose(OLD, { undoToken: 'a/b+c&"' });
    expect(text).toContain('\nhttps://accounts.example/email-change/undo/a%2Fb%2Bc%26%22\n');
    expect(html).toContain('<a href="https://accounts.example/email-change/undo/a%2Fb%2Bc%26%22">');
    expect(text).toContain('2026-11-28 23:05 UTC');
  });

  it('names the API keys that still work to both', () => {
    for (const address of [OLD, NEW])
      expect(compose(address).text).toContain('API keys of the account that still work: 2.');
  });

  it('is cancelled by a link that only the old mailbox gets', () => {
    const change = changeOf([emailChangeRequested({ recipients: [to('current', 'en'), to('new', 'en')] })]);
    const { text } = composeMail(change, { target: OLD, secret: { cancelToken: 'tok' } }, SENDER);
    expect(text).toContain('\nhttps://accounts.example/email-change/cancel/tok\n');
    expect(text).toContain('c***@new.example');
    expect(text).not.toContain(NEW);
  });
});

describe('a change of e-mail address and password together', () => {
  const recipients = [to('old', 'zh'), to('new', 'en')];
  const change = changeOf([emailChanged({ recipients }), passwordChanged({ recipients })]);
  const compose = (target: string) => composeMail(change, { target, secret: { undoToken: 'tok' } }, SENDER);

  it('makes one mail that names both, in the language of its recipient', () => {
    expect(compose(NEW)).toMatchObject({
      subject: 'This is now the e-mail address of your account · Your password was changed',
      language: 'en',
      headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': 'en' },
    });
    expect(compose(OLD)).toMatchObject({ subject: '您的邮箱地址已更改 · 您的密码已更改', language: 'zh' });
  });

  it('sends the old mailbox to the undo and not to a reset that could not reach it', () => {
    expect(compose(OLD).text).toContain('/email-change/undo/tok');
    expect(compose(OLD).text).not.toContain('/password-reset');
    expect(compose(NEW).text).toContain('https://accounts.example/password-reset');
  });

  it('sends the old mailbox to the people who run the service when it has no undo', () => {
    const left = changeOf([emailChanged({ undoUntil: null, recipients }), passwordChanged({ recipients })]);
    const { text } = composeMail(left, { target: OLD, secret: null }, SENDER);
    expect(text).toContain('如果不是您本人操作，请联系本服务的运营方。');
    expect(text).not.toContain('请先撤销');
    expect(compose(OLD).text).toContain('请先撤销邮箱地址的更改');
  });

  it('shows the code of an unproved address once, and offers it no reset that would not be mailed there', () => {
    const unproved = changeOf([
      emailChanged({ recipients }),
      passwordChanged({ notMeUntil: null, recipients: [to('old', 'zh'), { ...to('new', 'en'), role: 'current' }] }),
      codeRequested({ purpose: 'email-verification', recipients: [{ ...to('new', 'en'), role: 'current' }] }),
    ]);
    const { text } = composeMail(unproved, { target: NEW, secret: { code: '424242' } }, SENDER);
    expect(text.match(/424242/g)).toHaveLength(1);
    expect(text).not.toMatch(/Mozilla|laptop/);
    expect(text).toContain('https://accounts.example/email-verification');
    expect(text).not.toContain('/password-reset');
    expect(text).toContain('If this was not you, the people who run this service can help you.');
  });

  it('[S-114] has one Message-ID for each recipient, the same at every attempt', () => {
    expect(compose(NEW).messageId).toMatch(/^<0b9ad6a5-6a5b-4a4e-9d8e-1f0f2b7f4c11\.[0-9a-f]{16}@accounts\.example>$/);
    expect(compose(NEW).messageId).toBe(compose(NEW).messageId);
    expect(compose(NEW).messageId).not.toBe(compose(OLD).messageId);
  });
});

describe('an undo whose restored address also gets a reset link', () => {
  it('tells both in one mail', () => {
    const { subject, text } = composeMail(
      changeOf([emailChangeUndone(), resetRequested({ onlyWayIn: true })]),
      { target: OLD, secret: SECRETS },
      SENDER,
    );
    expect(subject).toBe('This is the e-mail address of your account again · Set a new password');
    expect(text).toContain('\nhttps://accounts.example/password-reset/reset-token\n');
  });
});

describe('a code', () => {
  const compose = (data: Partial<EventMap['account.code-requested.v1']>, secret: DeliverySecret | null) =>
    composeMail(changeOf([codeRequested({ recipients: [to('new', 'en')], ...data })]), { target: NEW, secret }, SENDER);

  it('is shown with the time until when it works', () => {
    expect(compose({}, { code: '424242' }).text).toContain(
      'Your code: 424242\n\nIt works once, until 2026-11-21 23:15 UTC (10 min',
    );
  });

  it('is said to be lost, not left out, when it cannot be had any more', () => {
    expect(compose({}, null).text).toContain('Please ask for a new one.');
  });

  it('is not missed by the owner of a taken address, who is told that it is taken', () => {
    const { text } = compose({ addressTaken: true }, null);
    expect(text).toContain('This address already belongs to an account');
    expect(text).not.toMatch(/Your code:|ask for a new one/);
  });

  it.each([
    ['of nobody who is signed in', { accountId: null }],
    ['whose account wants the address', { purpose: 'email-change' as const }],
  ])('[S-115] comes to a stranger without any words of the asker %s', (_, data) => {
    const { text } = compose(data, { code: '424242' });
    expect(text).toContain('203.0.113.7');
    expect(text).not.toMatch(/Mozilla|laptop/);
  });
});

it('[S-115] speaks English to a recipient whose language is none of ours', () => {
  const recipient = { ...to('current', 'en'), locale: '../../etc/passwd' as Locale };
  const mail = composeMail(
    changeOf([passwordChanged({ recipients: [recipient] })]),
    { target: OLD, secret: null },
    SENDER,
  );
  expect(mail).toMatchObject({ language: 'en', subject: 'Your password was changed' });
});

it('refuses an address that no event of the change names', () => {
  expect(() => composeMail(changeOf([passwordChanged()]), { target: NEW, secret: null }, SENDER)).toThrow(
    'names the recipient',
  );
});

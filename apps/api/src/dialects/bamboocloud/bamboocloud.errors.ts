import type { DialectErrorCode, FieldError } from '@app/contracts';
import type { ContractLanguage } from './language';

/** One error on the wire, with its text in each language. */
export type BamboocloudError = { status: number; code: string } & Record<ContractLanguage, string>;

const INVALID_PARAMETERS = {
  status: 400,
  code: 'IDAAS.SDK.PARAM.0400',
  en: 'Invalid parameters',
  zh: '请求参数不正确',
};
const NO_TOKEN = { status: 400, code: 'IDAAS.SDK.PARAM.0015', en: 'IdToken cannot be empty', zh: 'IdToken不能为空' };
const BAD_TOKEN = {
  status: 400,
  code: 'IDAAS.SDK.PARAM.0016',
  en: 'IdToken is invalid or expired',
  zh: 'IdToken无效或已过期',
};
const NO_CODE = {
  status: 400,
  code: 'IDAAS.SDK.PARAM.0009',
  en: 'Verification code cannot be empty',
  zh: '验证码不能为空',
};
const BAD_SESSION_TOKEN = {
  status: 400,
  code: 'IDAAS.SDK.PARAM.0023',
  en: 'Invalid or expired session token',
  zh: '会话token无效或已过期',
};
const CODE_NOT_SENT = {
  status: 400,
  code: 'IDAAS.SDK.CAPTCHA.0006',
  en: 'Failed to send verification code',
  zh: '验证码发送失败',
};
const WRONG_CODE = {
  status: 400,
  code: 'IDAAS.SDK.CAPTCHA.0007',
  en: 'Incorrect verification code',
  zh: '验证码不正确',
};
const BAD_EMAIL = {
  status: 400,
  code: 'IDAAS.SDK.USER.0021',
  en: 'The e-mail does not meet the verification rules',
  zh: '邮箱不符合校验规则',
};
const EMAIL_EXISTS = { status: 400, code: 'IDAAS.SDK.USER.0036', en: 'E-mail already exists', zh: '邮箱已存在' };
const WEAK_PASSWORD = {
  status: 400,
  code: 'IDAAS.SDK.PWD.0002',
  en: 'Your password does not meet the policy',
  zh: '密码不符合策略',
};
const FORBIDDEN = { status: 403, code: 'IDAAS.SDK.COMMON.0403', en: 'Access denied', zh: '拒绝访问' };
const TOO_MANY = {
  status: 429,
  code: 'IDAAS.SDK.COMMON.0429',
  en: 'Too many requests, please try again later',
  zh: '请求过于频繁,请稍后再试',
};

/** What the headers of a call can lack, before the core is asked. */
export const HEADER_ERRORS = {
  noDevice: {
    status: 400,
    code: 'IDAAS.SDK.PARAM.0001',
    en: 'Device information is incomplete',
    zh: '设备信息不完整',
  },
  noClientId: { status: 400, code: 'IDAAS.SDK.PARAM.0002', en: 'clientId cannot be empty', zh: 'clientId不能为空' },
  unknownApplication: {
    status: 400,
    code: 'IDAAS.SDK.PARAM.0003',
    en: 'The app is not registered, please register the app first',
    zh: '应用未注册,请先注册应用',
  },
} satisfies Record<string, BamboocloudError>;

/** What each error of the catalogue is in this contract. The compiler lists the ones that are missing. */
export const BAMBOOCLOUD_ERRORS = {
  'access-token.missing': NO_TOKEN,
  'access-token.invalid': BAD_TOKEN,
  'access-token.restricted': BAD_TOKEN,
  'account.gone': { status: 400, code: 'IDAAS.SDK.USER.0001', en: 'User not found', zh: '用户未找到' },
  'account.changed-meanwhile': {
    status: 409,
    code: 'IDAAS.SDK.COMMON.0409',
    en: 'The account was changed meanwhile, please try again',
    zh: '账号信息已变更,请重试',
  },
  'api-key.invalid': FORBIDDEN,
  'body.malformed': INVALID_PARAMETERS,
  'body.invalid': INVALID_PARAMETERS,
  'body.too-large': { status: 413, code: 'IDAAS.SDK.COMMON.0413', en: 'The body is too large', zh: '请求体过大' },
  'change.empty': INVALID_PARAMETERS,
  'code.invalid': WRONG_CODE,
  'code.not-sendable': CODE_NOT_SENT,
  'code.too-soon': TOO_MANY,
  'credentials.invalid': {
    status: 400,
    code: 'IDAAS.SDK.LOGIN.0001',
    en: 'Invalid username or password',
    zh: '用户名或密码错误',
  },
  'email.invalid': BAD_EMAIL,
  'email.unavailable': EMAIL_EXISTS,
  'email.unchanged': EMAIL_EXISTS,
  'email-change.not-pending': INVALID_PARAMETERS,
  'link.invalid': INVALID_PARAMETERS,
  // A parameter of the call in this contract, with the status of HTTP.
  'media-type.unsupported': { ...INVALID_PARAMETERS, status: 415 },
  'method.not-allowed': { status: 405, code: 'IDAAS.SDK.COMMON.0405', en: 'Method not allowed', zh: '请求方法不支持' },
  'password.current-wrong': {
    status: 400,
    code: 'IDAAS.SDK.PWD.0001',
    en: 'Incorrect old password',
    zh: '旧密码不正确',
  },
  'password.too-many-tries': TOO_MANY,
  'password.too-weak': WEAK_PASSWORD,
  'password.unchanged': WEAK_PASSWORD,
  'plan.too-low': FORBIDDEN,
  'refresh-token.invalid': BAD_SESSION_TOKEN,
  'request.malformed': INVALID_PARAMETERS,
  'request.too-many': TOO_MANY,
  'route.not-found': { status: 404, code: 'IDAAS.SDK.COMMON.0404', en: 'No such path', zh: '请求的路径不存在' },
  'service.busy': {
    status: 503,
    code: 'IDAAS.SDK.COMMON.0503',
    en: 'The service is busy, please try again later',
    zh: '服务繁忙,请稍后再试',
  },
  'session.not-found': BAD_SESSION_TOKEN,
  'session-token.invalid': BAD_SESSION_TOKEN,
  'sign-in.not-fresh': FORBIDDEN,
  'transport.insecure': { status: 403, code: 'IDAAS.SDK.COMMON.0403', en: 'Use https', zh: '请使用https' },
  unexpected: { status: 500, code: 'IDAAS.SDK.COMMON.0500', en: 'Internal error', zh: '系统内部错误' },
} satisfies Record<DialectErrorCode, BamboocloudError>;

/** What a body is answered with whose first broken field this is. */
export function errorOfField({ field, code }: FieldError): BamboocloudError {
  if (field === 'verify_code' && code === 'isFilled') return NO_CODE;
  if (field === 'email') return BAD_EMAIL;
  if (field === 'type') return CODE_NOT_SENT;
  return INVALID_PARAMETERS;
}

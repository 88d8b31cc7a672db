import { Mailbox } from '@app/notifications';
import type { TestApi } from '../support/boot-api';
import { bearer, type HeaderMap, type HttpAnswer } from '../support/http-client';

export const UPDATE_EMAIL = '/api/v2/sdk/profile/update-email';
export const SEND = '/api/v2/sdk/email/send';
export const LOGIN = '/api/v2/sdk/login';
export const ID_TOKEN = '/api/v2/sdk/sso/session-token/id-token';
export const CHANGE_PASSWORD = '/api/v2/sdk/pwd/change';
export const UPDATE_PASSWORD = '/api/v2/sdk/pwd/update-by-email';
export const KEYS = '/api/v1/oauth2/keys';

/** As the page shows them, without `Authorization` and in English. */
export const PAGE_HEADERS: HeaderMap = {
  'X-operating-sys-version': 'windows10.1.1',
  'X-device-fingerprint': '156aysdna213sc50',
  'X-device-ip': '192.168.1.2',
  'X-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 13_3 like Mac OS X)',
  'X-client-id': 'nTo1eRIub60vPb54WeE6aojPwYwImtl4',
  'content-type': 'application/json',
};
export const PAGE_BODY = { email: '15201657312@163.com', verify_code: '123456' };

export const signedIn = (idToken: string): HeaderMap => ({ ...PAGE_HEADERS, ...bearer(idToken) });
export const without = (headers: HeaderMap, name: string): HeaderMap =>
  Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));

/** Every error of the contract: status, English, Chinese. */
export const ERRORS = {
  'PARAM.0001': [400, 'Device information is incomplete', '设备信息不完整'],
  'PARAM.0002': [400, 'clientId cannot be empty', 'clientId不能为空'],
  'PARAM.0003': [400, 'The app is not registered, please register the app first', '应用未注册,请先注册应用'],
  'PARAM.0009': [400, 'Verification code cannot be empty', '验证码不能为空'],
  'PARAM.0015': [400, 'IdToken cannot be empty', 'IdToken不能为空'],
  'PARAM.0016': [400, 'IdToken is invalid or expired', 'IdToken无效或已过期'],
  'PARAM.0023': [400, 'Invalid or expired session token', '会话token无效或已过期'],
  'PARAM.0400': [400, 'Invalid parameters', '请求参数不正确'],
  'CAPTCHA.0006': [400, 'Failed to send verification code', '验证码发送失败'],
  'CAPTCHA.0007': [400, 'Incorrect verification code', '验证码不正确'],
  'USER.0001': [400, 'User not found', '用户未找到'],
  'USER.0021': [400, 'The e-mail does not meet the verification rules', '邮箱不符合校验规则'],
  'USER.0036': [400, 'E-mail already exists', '邮箱已存在'],
  'LOGIN.0001': [400, 'Invalid username or password', '用户名或密码错误'],
  'PWD.0001': [400, 'Incorrect old password', '旧密码不正确'],
  'PWD.0002': [400, 'Your password does not meet the policy', '密码不符合策略'],
  'COMMON.0403': [403, 'Use https', '请使用https'],
  'COMMON.0404': [404, 'No such path', '请求的路径不存在'],
  'COMMON.0405': [405, 'Method not allowed', '请求方法不支持'],
  'COMMON.0409': [409, 'The account was changed meanwhile, please try again', '账号信息已变更,请重试'],
  'COMMON.0413': [413, 'The body is too large', '请求体过大'],
  'COMMON.0429': [429, 'Too many requests, please try again later', '请求过于频繁,请稍后再试'],
  'COMMON.0500': [500, 'Internal error', '系统内部错误'],
  'COMMON.0503': [503, 'The service is busy, please try again later', '服务繁忙,请稍后再试'],
} as const;
export type ErrorName = keyof typeof ERRORS;

/** Status, content type and body are exactly what the contract has for this error. */
export function expectError(answer: HttpAnswer, name: ErrorName, { lang = 'en', status = 0 } = {}): void {
  const [usual, en, zh] = ERRORS[name];
  expect(answer.body).toEqual({ error_code: `IDAAS.SDK.${name}`, error_msg: lang === 'zh' ? zh : en });
  expect(answer.status).toBe(status || usual);
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
}

/** 200, nothing in it, and called JSON, as on the page. */
export function expectEmptySuccess(answer: HttpAnswer): void {
  expect([answer.status, answer.text]).toEqual([200, '']);
  expect(answer.headers.get('content-type')).toBe('application/json');
}

/** Sends the same request in both languages. */
export async function expectErrorInBothLanguages(
  send: (language: HeaderMap) => Promise<HttpAnswer>,
  name: ErrorName,
): Promise<void> {
  expectError(await send({}), name);
  expectError(await send({ 'X-L': 'zh' }), name, { lang: 'zh' });
}

export type CodeType = 'UPDATE_EMAIL_EMS' | 'UPDATE_PWD_EMS' | 'FORGET_PWD_EMS';

/** Has a code sent, and reads it in the mailbox. The pause between two sends is waited for by ageing the counters. */
export async function aCode(api: TestApi, email: string, type: CodeType = 'UPDATE_EMAIL_EMS', headers = {}) {
  await forgetMails(api);
  const answer = await api.http.post(SEND, { email, type }, { ...PAGE_HEADERS, ...headers });
  expectEmptySuccess(answer);
  const [mail] = await api.mailsTo(email);
  return codeIn(mail?.text);
}

export function codeIn(text = ''): string {
  const [code] = /\b[0-9]{6}\b/.exec(text) ?? [];
  if (code === undefined) throw new Error(`There is no code in: ${text}`);
  return code;
}

/** Another code than the right one, and a different one for each `n`. */
export const wrongCode = (right: string, n = 1): string => String((Number(right) + n) % 1_000_000).padStart(6, '0');

/** Nothing was sent lately: opens the pause and the quota of every mailbox, and empties them. */
export async function forgetMails(api: TestApi): Promise<void> {
  await api.dataSource.query(`DELETE FROM guess_budget WHERE scope IN ('code-send', 'mails')`);
  await api.drain();
  await api.app.get(Mailbox).clear();
}

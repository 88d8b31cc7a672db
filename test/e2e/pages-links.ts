import { randomUUID } from 'node:crypto';
import { StartEmailChange } from '@app/account';
import type { TestApi } from '../support/boot-api';
import { aSession, anAccount, OTHER_GOOD_PASSWORD, TEST_REQUESTER, type TestAccount } from '../support/factories';
import { bearer } from '../support/http-client';
import { codeIn, pathIn } from '../support/mailed';
import { submit } from './pages-reader';

export const newestTo = async (api: TestApi, address: string) => (await api.mailsTo(address))[0];

export async function signIn(api: TestApi, { email, password }: Omit<TestAccount, 'id'>): Promise<number> {
  return (await api.http.post('/account/v1/sessions', { email, password })).status;
}

/** An account whose address a thief has just changed; `undo` is the link in the old mailbox. */
export async function aStolenAccount(api: TestApi) {
  const account = await anAccount(api);
  const { accessToken } = await aSession(api, account);
  const thief = `thief-${randomUUID().slice(0, 8)}@evil.example`;
  const changed = await api.http.put('/api/user/v1/update', { eml: thief }, { 'X-Access-Token': accessToken });
  expect(changed.body.code).toBe(0);
  return { account, thief, undo: pathIn(await newestTo(api, account.email), 'email-change/undo') };
}

export async function aPendingChange(api: TestApi) {
  const account = await anAccount(api);
  const newEmail = `new-${randomUUID().slice(0, 8)}@example.net`;
  const command = { accountId: account.id, newEmail, currentPassword: account.password };
  await api.app.get(StartEmailChange).execute(command, TEST_REQUESTER);
  return { account, newEmail, cancel: pathIn(await newestTo(api, account.email), 'email-change/cancel') };
}

export async function aResetLink(api: TestApi) {
  const account = await anAccount(api);
  await submit(api, '/password-reset', { email: account.email });
  return { account, reset: pathIn(await newestTo(api, account.email), 'password-reset') };
}

/** An account whose password somebody has just changed; `notMe` is the link in its mailbox. */
export async function aNewPassword(api: TestApi) {
  const account = await anAccount(api);
  const { accessToken } = await aSession(api, account);
  const body = { currentPassword: account.password, newPassword: OTHER_GOOD_PASSWORD };
  await api.http.put('/account/v1/me/password', body, bearer(accessToken));
  return { account, notMe: pathIn(await newestTo(api, account.email), 'not-me') };
}

export async function anUnverifiedAccount(api: TestApi) {
  const account = await anAccount(api, { emailVerified: false });
  const { accessToken } = await aSession(api, account);
  await api.http.post('/account/v1/email-verification', undefined, bearer(accessToken));
  const me = async () => (await api.http.get('/account/v1/me', bearer(accessToken))).body;
  return { account, me, code: codeIn(await newestTo(api, account.email)) };
}

export const tokenOf = (path: string): string => path.split('/').at(-1) ?? '';

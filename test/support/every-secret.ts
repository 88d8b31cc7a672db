import { randomUUID } from 'node:crypto';
import { ApiKeys, ManageAccount } from '@app/account';
import { Applications, ServiceClients } from '@app/session';
import type { TestApi } from './boot-api';
import { DEVICE_HEADERS } from './device-headers';
import { anAccount, aSession, OTHER_GOOD_PASSWORD, TEST_REQUESTER, type TestAccount } from './factories';
import { bearer } from './http-client';
import { codeIn, tokenIn } from './mailed';
import { serviceTokenOf } from './token-doors';

/** Every kind of token and secret that somebody may hold. */
export type SecretKind =
  | 'access token'
  | 'access token that may only change the password'
  | 'refresh token'
  | 'session token'
  | 'service access token'
  | 'service client secret'
  | 'reset token'
  | 'undo token'
  | 'not me token'
  | 'cancel token'
  | 'e-mail change code'
  | 'verification code'
  | 'API key'
  | 'application id';

/** One live secret of each kind, and who holds what is no secret. */
export interface EverySecret {
  secrets: Record<SecretKind, string>;
  serviceClientId: string;
  /** The access token of the account that both codes are for. */
  codeHolder: string;
  /** Whose secrets these are, those of the services aside. */
  accountIds: string[];
}

/** Nothing in it ends anything else in it. */
export async function everySecret(api: TestApi): Promise<EverySecret> {
  const { accountId, ...person } = await secretsOfAPerson(api);
  const { codeHolder, codeHolderId, ...codes } = await codesOfAPerson(api);
  const service = await api.app.get(ServiceClients).create('test', ['admin'], TEST_REQUESTER);
  const restricted = await anAccount(api);
  const notMeToken = await changePassword(api, restricted);
  await api.app.get(ManageAccount).requirePasswordChange(restricted.id, TEST_REQUESTER);
  return {
    secrets: {
      ...person,
      ...codes,
      'not me token': notMeToken,
      'access token that may only change the password': (
        await aSession(api, { ...restricted, password: OTHER_GOOD_PASSWORD })
      ).accessToken,
      'service access token': await serviceTokenOf(api, service.id, service.secret),
      'service client secret': service.secret,
      'application id': (await api.app.get(Applications).register('test', TEST_REQUESTER)).clientId,
    },
    serviceClientId: service.id,
    codeHolder,
    accountIds: [accountId, codeHolderId, restricted.id],
  };
}

async function secretsOfAPerson(api: TestApi) {
  const account = await anAccount(api);
  const email = await changeEmail(api, account);
  const native = await api.http.post('/account/v1/sessions', { email, password: account.password });
  const login = { user_name: email, password: account.password };
  const sdk = await api.http.post('/api/v2/sdk/login', login, DEVICE_HEADERS);
  await api.http.post('/account/v1/password-reset', { email });
  return {
    accountId: account.id,
    'access token': native.body.accessToken as string,
    'refresh token': native.body.refreshToken as string,
    'session token': sdk.body.session_token as string,
    'undo token': tokenIn((await api.mailsTo(account.email))[0], 'email-change/undo'),
    'reset token': tokenIn((await api.mailsTo(email))[0], 'password-reset'),
    // Last: its alert would be the newest mail.
    'API key': (await api.app.get(ApiKeys).create(account.id, TEST_REQUESTER)).apiKey,
  };
}

/** Of an account whose address is not proved and is being changed. */
async function codesOfAPerson(api: TestApi) {
  const account = await anAccount(api, { emailVerified: false });
  const { accessToken } = await aSession(api, account);
  await api.http.post('/account/v1/email-verification', undefined, bearer(accessToken));
  const verification = codeIn((await api.mailsTo(account.email))[0]);
  const newEmail = await askForChange(api, account.password, accessToken);
  return {
    codeHolder: accessToken,
    codeHolderId: account.id,
    'verification code': verification,
    'e-mail change code': codeIn((await api.mailsTo(newEmail))[0]),
    'cancel token': tokenIn((await api.mailsTo(account.email))[0], 'email-change/cancel'),
  };
}

async function changeEmail(api: TestApi, account: TestAccount): Promise<string> {
  const { accessToken } = await aSession(api, account);
  const newEmail = await askForChange(api, account.password, accessToken);
  const code = codeIn((await api.mailsTo(newEmail))[0]);
  await api.http.post('/account/v1/me/email-change/confirm', { code }, bearer(accessToken));
  await api.drain();
  return newEmail;
}

/** Resolves with the secret of the link in its mail. */
async function changePassword(api: TestApi, account: TestAccount): Promise<string> {
  const { accessToken } = await aSession(api, account);
  const body = { currentPassword: account.password, newPassword: OTHER_GOOD_PASSWORD };
  await api.http.put('/account/v1/me/password', body, bearer(accessToken));
  return tokenIn((await api.mailsTo(account.email))[0], 'not-me');
}

async function askForChange(api: TestApi, currentPassword: string, accessToken: string): Promise<string> {
  const newEmail = `next-${randomUUID().slice(0, 8)}@example.com`;
  await api.http.post('/account/v1/me/email-change', { newEmail, currentPassword }, bearer(accessToken));
  return newEmail;
}

import { randomUUID } from 'node:crypto';
import { ApiKeys, ManageAccount } from '@app/account';
import type { CodePurpose } from '@app/contracts';
import { Applications, type Scope, ServiceClients } from '@app/session';
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
  | 'access token of an API key'
  | 'refresh token'
  | 'session token'
  | 'service access token'
  | 'service client secret'
  | 'reset token'
  | 'undo token'
  | 'not me token'
  | 'cancel token'
  | `${CodePurpose} code`
  | 'API key'
  | 'application id';

/** One live secret of each kind, and who holds what is no secret. */
export interface EverySecret {
  secrets: Record<SecretKind, string>;
  serviceClientId: string;
  /** The access token of the account that the codes of a signed-in person are for. */
  codeHolder: string;
  codeHolderEmail: string;
  /** The address that is proved by a code. */
  newAddress: string;
  /** The address of who has forgotten the password. */
  forgetful: string;
  /** Whose secrets these are, those of the services aside. */
  accountIds: string[];
}

/** Nothing in it ends anything else in it. */
export async function everySecret(api: TestApi): Promise<EverySecret> {
  const { accountId, ...person } = await secretsOfAPerson(api);
  const { codeHolder, codeHolderId, codeHolderEmail, newAddress, ...codes } = await codesOfAPerson(api);
  const forgetful = await anAccount(api);
  const scopes: Scope[] = ['admin', 'tokens:introspect', 'tokens:revoke'];
  const service = await api.app.get(ServiceClients).create('test', scopes, TEST_REQUESTER);
  const restricted = await anAccount(api);
  const notMeToken = await changePassword(api, restricted);
  await api.app.get(ManageAccount).requirePasswordChange(restricted.id, TEST_REQUESTER);
  return {
    secrets: {
      ...person,
      ...codes,
      'password-forgotten code': await sdkCode(api, forgetful.email, 'FORGET_PWD_EMS'),
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
    codeHolderEmail,
    newAddress,
    forgetful: forgetful.email,
    accountIds: [accountId, codeHolderId, forgetful.id, restricted.id],
  };
}

async function secretsOfAPerson(api: TestApi) {
  const account = await anAccount(api);
  const email = await changeEmail(api, account);
  const native = await api.http.post('/account/v1/sessions', { email, password: account.password });
  const renewed = await api.http.post('/account/v1/sessions', { email, password: account.password });
  const login = { user_name: email, password: account.password };
  const sdk = await api.http.post('/api/v2/sdk/login', login, DEVICE_HEADERS);
  await api.http.post('/account/v1/password-reset', { email });
  const undoToken = tokenIn((await api.mailsTo(account.email))[0], 'email-change/undo');
  const resetToken = tokenIn((await api.mailsTo(email))[0], 'password-reset');
  // Its alert would be the newest mail.
  const { apiKey } = await api.app.get(ApiKeys).create(account.id, TEST_REQUESTER);
  const vivoldi = await api.http.post('/api/user/v1/auth', {}, { authorization: `APIKey ${apiKey}` });
  return {
    accountId: account.id,
    'access token': native.body.accessToken as string,
    'refresh token': renewed.body.refreshToken as string,
    'session token': sdk.body.session_token as string,
    'access token of an API key': vivoldi.body.result as string,
    'undo token': undoToken,
    'reset token': resetToken,
    'API key': apiKey,
  };
}

/** Of an account whose address is not proved and is being changed. */
async function codesOfAPerson(api: TestApi) {
  const account = await anAccount(api, { emailVerified: false });
  const { accessToken } = await aSession(api, account);
  await api.http.post('/account/v1/email-verification', undefined, bearer(accessToken));
  const verification = codeIn((await api.mailsTo(account.email))[0]);
  const newEmail = await askForChange(api, account.password, accessToken);
  const cancelToken = tokenIn((await api.mailsTo(account.email))[0], 'email-change/cancel');
  const newAddress = `proof-${randomUUID().slice(0, 8)}@example.com`;
  return {
    codeHolder: accessToken,
    codeHolderId: account.id,
    codeHolderEmail: account.email,
    newAddress,
    'email-verification code': verification,
    'email-change code': codeIn((await api.mailsTo(newEmail))[0]),
    'address-proof code': await sdkCode(api, newAddress, 'UPDATE_EMAIL_EMS'),
    'password-change code': await sdkCode(api, account.email, 'UPDATE_PWD_EMS'),
    'cancel token': cancelToken,
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

async function sdkCode(api: TestApi, email: string, type: string): Promise<string> {
  await api.http.post('/api/v2/sdk/email/send', { email, type }, DEVICE_HEADERS);
  return codeIn((await api.mailsTo(email))[0]);
}

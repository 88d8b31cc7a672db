import { randomUUID } from 'node:crypto';
import { aService } from '../contract/internal-callers';
import type { TestApi } from '../support/boot-api';
import { anAccount, type TestAccount } from '../support/factories';
import { bearer } from '../support/http-client';
import { CHANGES, RENEWAL_DOORS, signInEverywhere, type Tokens } from '../support/surfaces';
import {
  changePassword,
  refresh,
  ROOT,
  signIn,
  startEmailChange,
  STRONG_PASSWORD,
  tokenTo,
  trySignIn,
} from './native-driver';

export interface Alert {
  /** Answers with the address that the account was to get, where there is one. */
  cause: (api: TestApi, account: TestAccount, tokens: Tokens) => Promise<string | void>;
  /** What one of the mails to the address that the account had says: `subject → what its secrets are for`. */
  current: string;
  /** The same of the address that it was to get. */
  new?: string;
  /** It is caused by a code that is mailed to the account's own address, so strangers must leave the quota of codes. */
  takesCode?: true;
  /** What the two are told on the way there, where no step waits for it. */
  before?: { current?: string; new?: string };
  /** It takes a link or code that is mailed to no address that nobody proved. */
  takesWayIn?: true;
}

/** What the service must be set to. */
export const ACCOUNT_FAILURES = 2;
const UNDO = 'Your e-mail address was changed → email-change/undo';
const NOT_ME = 'Your password was changed → not-me';
const MUST_RESET = 'Set a new password → password-reset';
const PROVE_IT = 'Your code to confirm this e-mail address → code';
const ASKED = 'Somebody asked to change your e-mail address → email-change/cancel';
const IS_NEW = 'This is now the e-mail address of your account';

async function asService(
  api: TestApi,
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
): Promise<void> {
  const headers = await aService(api, 'accounts:write');
  const { status } = await api.internal.send(method, `/internal/v1/accounts/${path}`, body, headers);
  expect(status).toBeLessThan(300);
}

async function asAdministrator(api: TestApi, method: 'POST' | 'DELETE', path: string, body?: object) {
  const answer = await api.internal.send(method, `/internal/v1/api-keys${path}`, body, await aService(api, 'admin'));
  expect(answer.status).toBeLessThan(300);
  return answer.body;
}
const anApiKey = (api: TestApi, accountId: string) => asAdministrator(api, 'POST', '', { accountId });

async function startChange(api: TestApi, { password }: TestAccount, { access }: Tokens): Promise<string> {
  const newEmail = `new-${randomUUID().slice(0, 8)}@example.net`;
  expect((await startEmailChange(api, bearer(access), newEmail, password)).status).toBe(202);
  return newEmail;
}

const byChange =
  (change: (typeof CHANGES)[string]): Alert['cause'] =>
  async (api, account, tokens) => {
    const { status, email } = await change(api, account, tokens);
    expect(status).toBe(200);
    return email;
  };

const byReuseAt =
  (renews: (typeof RENEWAL_DOORS)[string]): Alert['cause'] =>
  async (api, _, tokens) => {
    expect(await renews(api, tokens)).toBe(true);
    await api.age('11 seconds');
    expect(await renews(api, tokens)).toBe(false);
  };

/** A thief has rotated the token and signs out before its owner comes. */
const byReuseAfterLogout: Alert['cause'] = async (api, _, tokens) => {
  const renew = () => refresh(api, { refreshToken: tokens.refresh });
  const stolen = (await renew()).body;
  await api.http.delete(`${ROOT}/sessions/current`, bearer(stolen.accessToken));
  await api.age('11 seconds');
  expect((await renew()).status).toBe(401);
};

const press = async (api: TestApi, page: string, { email }: TestAccount) => {
  const { status } = await api.http.post(`${ROOT}${page}`, { token: await tokenTo(api, email, page) });
  expect(status).toBe(200);
};

const move = byChange(CHANGES['vivoldi e-mail'] as (typeof CHANGES)[string]);

/** Each change of credentials, at each door that offers it. */
const BY_CHANGE = Object.entries(CHANGES).map(([name, change]): [string, Alert] => {
  const both = name.includes('both');
  const ofEmail: Partial<Alert> = {
    current: UNDO,
    new: name.startsWith('vivoldi') ? `${IS_NEW} · ${PROVE_IT}` : IS_NEW,
  };
  const ofBoth: Partial<Alert> = {
    current: 'Your e-mail address was changed · Your password was changed → email-change/undo',
    new: `${IS_NEW} · Your password was changed · ${PROVE_IT}`,
  };
  const told = both ? ofBoth : name.includes('e-mail') ? ofEmail : {};
  const takesCode = name.includes('by code') ? ({ takesCode: true, takesWayIn: true } as const) : {};
  const before = name === 'native e-mail' ? { before: { current: ASKED } } : {};
  return [`a change by ${name}`, { cause: byChange(change), current: NOT_ME, ...takesCode, ...before, ...told }];
});

const BY_OTHERS: Record<string, Alert> = {
  'a request of a new address': {
    cause: startChange,
    current: ASKED,
    new: 'Confirm your new e-mail address → code',
  },
  'a reset': {
    takesWayIn: true,
    cause: async (api, { email }) => {
      await api.http.post(`${ROOT}/password-reset`, { email });
      const token = await tokenTo(api, email, '/password-reset');
      await api.http.post(`${ROOT}/password-reset/confirm`, { token, newPassword: STRONG_PASSWORD });
    },
    current: NOT_ME,
  },
  'an undo': {
    takesWayIn: true,
    cause: async (api, account, tokens) => {
      const email = await move(api, account, tokens);
      await press(api, '/email-change/undo', account);
      return email;
    },
    current: `This is the e-mail address of your account again · ${MUST_RESET}`,
    new: 'An e-mail address was taken off an account',
    before: { new: `${IS_NEW} · ${PROVE_IT}` },
  },
  '"this was not me"': {
    takesWayIn: true,
    cause: async (api, account, { access }) => {
      await changePassword(api, bearer(access));
      await press(api, '/not-me', account);
    },
    current: `Nobody can sign in until you set a new password · ${MUST_RESET}`,
  },
  'a service that demands a new password': {
    cause: (api, { id }) => asService(api, 'POST', `${id}/require-password-change`),
    current: 'You must set a new password',
  },
  'a service that mails a reset': {
    takesWayIn: true,
    cause: (api, { id }) => asService(api, 'POST', `${id}/password-reset`),
    current: MUST_RESET,
  },
  'a service that disables the account': {
    cause: (api, { id }) => asService(api, 'PATCH', id, { disabled: true }),
    current: 'Your account was disabled',
  },
  'a service that enables the account again': {
    cause: async (api, { id }) => {
      for (const disabled of [true, false]) await asService(api, 'PATCH', id, { disabled });
    },
    current: 'Your account was enabled again',
    before: { current: 'Your account was disabled' },
  },
  'a service that changes what it knows of the person': {
    cause: (api, { id }) => asService(api, 'PATCH', id, { displayName: 'Mallory' }),
    current: 'Details of your account were changed',
  },
  'a service that deletes the account': {
    cause: (api, { id }) => asService(api, 'DELETE', id),
    current: 'Your account was deleted',
  },
  'a service that makes an API key': {
    cause: async (api, { id }) => void (await anApiKey(api, id)),
    current: 'An API key was made for your account',
  },
  'a service that replaces an API key': {
    cause: async (api, { id }) =>
      void (await asAdministrator(api, 'POST', `/${(await anApiKey(api, id)).id}/rotate`, {})),
    current: 'An API key of your account was replaced',
    before: { current: 'An API key was made for your account' },
  },
  'a service that revokes an API key': {
    cause: async (api, { id }) => void (await asAdministrator(api, 'DELETE', `/${(await anApiKey(api, id)).id}`)),
    current: 'An API key of your account was revoked',
    before: { current: 'An API key was made for your account' },
  },
  'another who wants the address': {
    cause: async (api, { email }) => {
      const another = await anAccount(api);
      const { access } = await signInEverywhere(api, another);
      const { body } = await api.http.put('/api/user/v1/update', { eml: email }, { 'X-Access-Token': access });
      expect(body.code).not.toBe(0);
    },
    current: 'This e-mail address already has an account',
  },
  'a service that ends every session': {
    cause: (api, { id }) => asService(api, 'POST', `${id}/sessions/revoke`),
    current: 'Every session of your account was ended',
  },
  'a sign-in after many failures': {
    cause: async (api, account) => {
      for (let n = 0; n < ACCOUNT_FAILURES; n++) await trySignIn(api, { ...account, password: 'not the password' });
      await api.age('16 minutes');
      await signIn(api, account);
    },
    current: 'Many wrong passwords, then the right one',
  },
  'a spent refresh token at the native refresh': {
    cause: byReuseAt(RENEWAL_DOORS['native refresh'] as (typeof RENEWAL_DOORS)[string]),
    current: 'A session of your account was ended',
  },
  'a spent refresh token at the users refresh': {
    cause: byReuseAt(RENEWAL_DOORS['users refresh'] as (typeof RENEWAL_DOORS)[string]),
    current: 'A session of your account was ended',
  },
  'a spent refresh token whose session a thief has signed out': {
    cause: byReuseAfterLogout,
    current: 'A session of your account was ended',
  },
};

export const ALERTS = [...BY_CHANGE, ...Object.entries(BY_OTHERS)];

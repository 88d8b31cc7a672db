import { randomUUID } from 'node:crypto';
import { CreateAccount } from '@app/account';
import type { Requester } from '@app/contracts';
import { type IssuedTokens, type SessionKind, SignIn } from '@app/session';
import type { TestApi } from './boot-api';

export interface TestAccount {
  id: string;
  email: string;
  password: string;
}

export const TEST_REQUESTER: Requester = {
  actor: { kind: 'system' },
  requestId: 'test',
  ip: '192.0.2.1',
  userAgent: 'test',
  device: null,
};

export const GOOD_PASSWORD = 'CurrentSecureP@ss123';
export const OTHER_GOOD_PASSWORD = 'NewSecureP@ssw0rd!';

type AccountWishes = Partial<Parameters<CreateAccount['execute']>[0]>;

/** A verified account with a password, on plan PERSONAL. */
export async function anAccount(api: TestApi, wishes: AccountWishes = {}): Promise<TestAccount> {
  const email = wishes.email ?? `person-${randomUUID().slice(0, 8)}@example.com`;
  const password = wishes.password ?? GOOD_PASSWORD;
  const command = { emailVerified: true, ...wishes, email, ...(wishes.passwordHash ? {} : { password }) };
  const { id } = await api.app.get(CreateAccount).execute(command, TEST_REQUESTER);
  return { id, email, password };
}

/** A sign-in of its own. */
export function aSession(api: TestApi, account: TestAccount, wishes: Partial<SessionKind> = {}): Promise<IssuedTokens> {
  const kind: SessionKind = { renewal: 'refresh-token', listed: true, ...wishes };
  return api.app.get(SignIn).execute(account, kind, TEST_REQUESTER);
}

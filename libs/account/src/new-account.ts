import type { Locale } from '@app/contracts';
import type { PasswordHasher } from '@app/platform';
import type { Plan } from './account.entity';
import type { EmailAddress } from './email-address';
import { NewPassword } from './new-password';
import { ANY_PASSWORD } from './password-policy';

export interface CreateAccountCommand {
  email: string;
  /** In clear or as a bcrypt hash, not both; neither leaves an account without a password. */
  password?: string;
  passwordHash?: string;
  emailVerified?: boolean;
  plan?: Plan;
  locale?: Locale;
  displayName?: string;
  organisation?: { id: string; role: 'owner' | 'member' };
}

/** An account that may be put: its address is canonical, its password hashed in the form that is stored. */
export interface NewAccount extends Required<Pick<CreateAccountCommand, 'emailVerified' | 'plan' | 'locale'>> {
  email: string;
  passwordHash: string | null;
  displayName: string | null;
  organisation: { id: string; role: 'owner' | 'member' } | null;
}

/** How what a command brings becomes what is stored. */
type Stored = Pick<PasswordHasher, 'hash' | 'imported'>;

/** @throws DomainError `password.too-weak`, `password-hash.unsupported`, and what `stored.hash` throws */
export async function newAccountOf(
  email: EmailAddress,
  command: Omit<CreateAccountCommand, 'email'>,
  stored: Stored,
): Promise<NewAccount> {
  return {
    email: email.value,
    passwordHash: await storedHashOf(command, stored),
    emailVerified: command.emailVerified ?? false,
    plan: command.plan ?? 'PERSONAL',
    locale: command.locale ?? 'en',
    displayName: command.displayName ?? null,
    organisation: command.organisation ?? null,
  };
}

async function storedHashOf(
  { password, passwordHash }: Pick<CreateAccountCommand, 'password' | 'passwordHash'>,
  stored: Stored,
): Promise<string | null> {
  if (passwordHash !== undefined) return stored.imported(passwordHash);
  if (password === undefined) return null;
  // The caller's own sign-up decides which passwords it takes; here it must only be storable.
  const parsed = NewPassword.parse(password, ANY_PASSWORD, { addresses: [], displayName: null });
  return stored.hash(parsed.value);
}

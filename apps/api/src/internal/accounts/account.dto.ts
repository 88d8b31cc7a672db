import type { AccountSummary, Plan } from '@app/account';
import type { Locale } from '@app/contracts';
import type { OrganisationDto } from './create-account.dto';

export class AccountDto implements AccountSummary {
  /** @example 6f1c2b34-5a0e-4d0b-9d0b-7a3f4f2d9a10 */
  id: string;

  /** @example ada@example.com */
  email: string;

  emailVerified: boolean;

  plan: Plan;

  /** The language of mails. */
  locale: Locale;

  displayName: string | null;

  organisation: OrganisationDto | null;

  disabled: boolean;

  /** The next sign-in yields a token that can only change the password. */
  passwordChangeRequired: boolean;

  hasPassword: boolean;

  passwordChangedAt: Date | null;

  createdAt: Date;
}

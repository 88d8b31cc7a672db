import type { Locale } from '@app/contracts';
import type { LiveAccount, Plan } from './account.entity';

/** What other services may know of an account: an allow-list, so that no new column slips out. */
export interface AccountSummary {
  id: string;
  /** Canonical. */
  email: string;
  emailVerified: boolean;
  plan: Plan;
  locale: Locale;
  displayName: string | null;
  organisation: { id: string; role: 'owner' | 'member' } | null;
  disabled: boolean;
  passwordChangeRequired: boolean;
  hasPassword: boolean;
  passwordChangedAt: Date | null;
  createdAt: Date;
}

/** `account` must have been read with its hash. */
export function summaryOf(account: LiveAccount): AccountSummary {
  const { id, email, emailVerified, plan, locale, displayName, disabled, passwordChangeRequired } = account;
  return {
    id,
    email,
    emailVerified,
    plan,
    locale,
    displayName,
    organisation: organisationOf(account),
    disabled,
    passwordChangeRequired,
    hasPassword: account.passwordHash !== null,
    passwordChangedAt: account.passwordChangedAt,
    createdAt: account.createdAt,
  };
}

function organisationOf({ organisationId: id, organisationRole: role }: LiveAccount): AccountSummary['organisation'] {
  return id === null || role === null ? null : { id, role };
}

import type { Locale } from '@app/contracts';
import type { LiveSession } from '@app/session';

export class ProfileDto {
  id: string;
  email: string;
  /** The display name up to its first space. */
  firstName: string;
  /** The rest of the display name. */
  lastName: string;
  fullName: string;
  hasPassword: boolean;
  language: Locale;
  verificationStatus: 'verified' | 'pending';
  /** RFC 3339 UTC, as `updatedAt`. */
  createdAt: string;
  /** When the password was last set; `createdAt` where it never was. */
  updatedAt: string;
}

export function profileOf(session: LiveSession): ProfileDto {
  const fullName = session.displayName ?? '';
  const [firstName = '', ...rest] = fullName.split(' ');
  return {
    id: session.accountId,
    email: session.email,
    firstName,
    lastName: rest.join(' '),
    fullName,
    hasPassword: session.hasPassword,
    language: session.locale,
    verificationStatus: session.emailVerified ? 'verified' : 'pending',
    createdAt: session.createdAt.toISOString(),
    updatedAt: (session.passwordChangedAt ?? session.createdAt).toISOString(),
  };
}

import type { LiveSession } from '@app/session';
import type { PendingEmailChangeDto } from './email-change.dto';

export class MeDto {
  /** @example 6f1c2b34-5a0e-4d0b-9d0b-7a3f4f2d9a10 */
  id: string;

  /** @example ada@example.com */
  email: string;

  emailVerified: boolean;

  /** @example PERSONAL */
  plan: string;

  /**
   * The language of mails.
   * @example en
   */
  locale: string;

  /** `null` for an account that never had a password. */
  passwordChangedAt: Date | null;

  createdAt: Date;

  pendingEmailChange: PendingEmailChangeDto | null;
}

export function meOf(session: LiveSession): MeDto {
  const { accountId, email, emailVerified, plan, locale, passwordChangedAt, createdAt, pendingEmailChange } = session;
  return { id: accountId, email, emailVerified, plan, locale, passwordChangedAt, createdAt, pendingEmailChange };
}

import { IsString } from 'class-validator';
import type { PendingEmailChange } from '@app/account';
import { SessionTokensDto } from './sessions.dto';
import { IsSignOut, type SignOut } from './sign-out';

export class StartEmailChangeDto {
  /** @example ada@new.example */
  @IsString()
  newEmail: string;

  /** @example Correct-Horse-Battery-9 */
  @IsString()
  currentPassword: string;
}

export class ConfirmEmailChangeDto {
  /**
   * The six digits that were mailed to the new address.
   * @example 042317
   */
  @IsString()
  code: string;

  /** `others` by default: the session that asks goes on with new tokens. */
  @IsSignOut()
  signOut?: SignOut;
}

export class MailedTokenDto {
  /**
   * The last part of the mailed link.
   * @example hAyuFKzOWd0-E8k5DdOrTq3yYQXPPTBOAqh07FVBGdU
   */
  @IsString()
  token: string;
}

export class PendingEmailChangeDto {
  /** @example 4e6f0a52-3f57-4b54-8c0c-0a8a4f0f7f10 */
  id: string;

  /**
   * In the one spelling that mail goes to.
   * @example ada@new.example
   */
  newEmail: string;

  /** Until when its code works. It moves when the mail with the code is sent: that is when the code's life begins. */
  expiresAt: Date;

  /** From when on another code can be asked for. */
  resendAfter: Date;
}

export class EmailChangedDto {
  /** @example ada@new.example */
  email: string;

  /** How many live sessions have ended; the one that goes on is not among them. */
  sessionsEnded: number;

  /** For the session that goes on, if one does. Every earlier token is dead. */
  tokens?: SessionTokensDto;
}

export class EmailChangeCancelledDto {
  /** Always true. */
  cancelled: boolean;
}

export class EmailChangeUndoneDto {
  /**
   * The address that is in force again.
   * @example ada@example.com
   */
  email: string;

  /** Always true: a link to set a new password was mailed to that address, and nothing else signs in. */
  passwordResetRequired: boolean;
}

export function pendingEmailChange({
  id,
  newEmail,
  expiresAt,
  resendAfter,
}: PendingEmailChange): PendingEmailChangeDto {
  return { id, newEmail, expiresAt, resendAfter };
}

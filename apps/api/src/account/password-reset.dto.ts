import { IsString } from 'class-validator';

export class RequestPasswordResetDto {
  /** @example ada@example.com */
  @IsString()
  email: string;
}

export class ConfirmPasswordResetDto {
  /**
   * The last part of the mailed link.
   * @example hAyuFKzOWd0-E8k5DdOrTq3yYQXPPTBOAqh07FVBGdU
   */
  @IsString()
  token: string;

  /**
   * See `GET /account/v1/password-policy`.
   * @example "a walk along the winter canal"
   */
  @IsString()
  newPassword: string;
}

export class PasswordChangeDisownedDto {
  /**
   * The address of the account.
   * @example ada@example.com
   */
  email: string;

  /** Always true: a link to set a new password was mailed to that address, and nothing else signs in. */
  passwordResetRequired: boolean;
}

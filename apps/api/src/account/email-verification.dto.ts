import { IsString } from 'class-validator';

export class ConfirmEmailVerificationDto {
  /**
   * The six digits that were mailed to the account's address.
   * @example 042317
   */
  @IsString()
  code: string;
}

export class EmailVerifiedDto {
  /** @example ada@example.com */
  email: string;

  /** Always true. */
  emailVerified: boolean;
}

import { IsString } from 'class-validator';
import { SessionTokensDto } from './sessions.dto';
import { IsSignOut, type SignOut } from './sign-out';

export class ChangePasswordDto {
  /** @example Correct-Horse-Battery-9 */
  @IsString()
  currentPassword: string;

  /**
   * See `GET /account/v1/password-policy`.
   * @example "a walk along the winter canal"
   */
  @IsString()
  newPassword: string;

  /** `others` by default: the session that asks goes on with new tokens. */
  @IsSignOut()
  signOut?: SignOut;
}

export class PasswordChangedDto {
  passwordChangedAt: Date;

  /** How many live sessions have ended; the one that goes on is not among them. */
  sessionsEnded: number;

  /** For the session that goes on, if one does. Every earlier token is dead. */
  tokens?: SessionTokensDto;
}

export class PasswordRuleDto {
  /**
   * What `reasons` of a `password.too-weak` problem says when the rule is broken.
   * @example common
   */
  reason: string;

  /** @example "It is not one of the passwords that attackers try first." */
  description: string;
}

export class PasswordPolicyDto {
  /**
   * In Unicode code points after NFC, as is `maxLength`.
   * @example 15
   */
  minLength: number;

  /** @example 128 */
  maxLength: number;

  rules: PasswordRuleDto[];

  /**
   * For the attribute `passwordrules` of an HTML input.
   * @example "minlength: 15; maxlength: 128; allowed: unicode;"
   */
  passwordrules: string;
}

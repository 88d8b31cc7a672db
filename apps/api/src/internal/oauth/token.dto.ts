import { IsNotEmpty, IsString } from 'class-validator';
import { IgnoresUnknownFields } from '../../http/validation.pipe';
import { IfGiven } from '../if-given';

/** RFC 6749 4.4.2; unknown parameters are ignored (3.2). */
@IgnoresUnknownFields()
export class TokenRequestDto {
  /** @example client_credentials */
  @IsString()
  @IsNotEmpty()
  grant_type: string;

  /**
   * Scopes with a space between; all that the client has when left out.
   * @example accounts:read
   */
  @IfGiven()
  @IsString()
  scope?: string;
}

/** RFC 6749 5.1 */
export class TokenDto {
  access_token: string;

  /** @example Bearer */
  token_type: 'Bearer';

  /**
   * Seconds.
   * @example 600
   */
  expires_in: number;

  /**
   * What the token is good for, with a space between.
   * @example accounts:read
   */
  scope: string;
}

import { IsString, ValidateIf } from 'class-validator';
import { IgnoresUnknownFields } from '../dialect';
import { IsFilled } from './is-filled';

@IgnoresUnknownFields()
export class UpdatePasswordDto {
  /**
   * The code that was mailed: type UPDATE_PWD_EMS with an IdToken, FORGET_PWD_EMS without one.
   * @example 123456
   */
  @IsFilled()
  @IsString()
  verify_code: string;

  /**
   * Whose password it is; only without an IdToken.
   * @example ada@example.com
   */
  @ValidateIf(({ email }: UpdatePasswordDto) => email !== undefined)
  @IsString()
  email?: string;

  /** @example Quiet-Lantern-Orbit-4 */
  @IsString()
  password: string;
}

import { IsString, ValidateIf } from 'class-validator';
import { IgnoresUnknownFields } from '../dialect';

@IgnoresUnknownFields()
export class ChangePasswordDto {
  /**
   * May be left out only when the account never had a password.
   * @example Correct-Horse-Battery-9
   */
  @ValidateIf(({ old_password }: ChangePasswordDto) => old_password !== undefined)
  @IsString()
  old_password?: string;

  /** @example Quiet-Lantern-Orbit-4 */
  @IsString()
  new_password: string;
}

import { IsString } from 'class-validator';
import { IgnoresUnknownFields } from '../dialect';

@IgnoresUnknownFields()
export class LoginDto {
  /**
   * The e-mail address of the account.
   * @example ada@example.com
   */
  @IsString()
  user_name: string;

  /** @example Correct-Horse-Battery-9 */
  @IsString()
  password: string;
}

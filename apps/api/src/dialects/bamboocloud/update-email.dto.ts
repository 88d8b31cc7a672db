import { IsString } from 'class-validator';
import { IgnoresUnknownFields } from '../dialect';
import { IsFilled } from './is-filled';

@IgnoresUnknownFields()
export class UpdateEmailDto {
  /**
   * The verification code received by the new email, asked for with type UPDATE_EMAIL_EMS.
   * @example 123456
   */
  @IsFilled()
  @IsString()
  verify_code: string;

  /**
   * The new email to be updated.
   * @example 15201657312@163.com
   */
  @IsString()
  email: string;
}

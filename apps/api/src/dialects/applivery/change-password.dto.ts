import { IsString } from 'class-validator';
import { HasCodePoints, IsCleanText } from '../dialect';

export class ChangePasswordDto {
  /**
   * Current password that the user is actively using.
   * @example CurrentSecureP@ss123
   */
  @IsString()
  @IsCleanText()
  @HasCodePoints(8, 128)
  oldPassword: string;

  /**
   * New password that replaces the current one.
   * @example NewSecureP@ssw0rd!
   */
  @IsString()
  @IsCleanText()
  @HasCodePoints(8, 128)
  newPassword: string;
}

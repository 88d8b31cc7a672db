import { IgnoresUnknownFields } from '../dialect';
import { IfGiven, IsAddress, IsPagePassword } from './body-fields';

@IgnoresUnknownFields()
export class UpdateDto {
  /**
   * New email address. In force at once, and every token of the account ends: authenticate again. The old address is
   * told and can undo the change. The current address, in any spelling, counts as absent.
   * @example yourchange@gmail.com
   */
  @IfGiven()
  @IsAddress()
  eml?: string;

  /**
   * New password: 6–30 characters with at least one letter and one digit, not the e-mail address or its local part.
   * Every token of the account ends.
   * @example Zght943!
   */
  @IfGiven()
  @IsPagePassword()
  pwd?: string;
}

import { Allow } from 'class-validator';
import { IgnoresUnknownFields } from '../dialect';

@IgnoresUnknownFields()
export class AuthDto {
  /**
   * Another member of the organisation, for its owner on the Business plan. On lower plans it is ignored, whatever it is.
   * @example your@gmail.com
   */
  @Allow()
  eml?: string;
}

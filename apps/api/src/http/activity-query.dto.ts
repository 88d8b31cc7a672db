import { Matches, ValidateIf } from 'class-validator';

export class ActivityQueryDto {
  /**
   * `next` of an earlier answer; left out, the newest come first.
   * @example "4711"
   */
  @ValidateIf((_, value) => value !== undefined)
  @Matches(/^[1-9]\d{0,17}$/)
  after?: string;
}

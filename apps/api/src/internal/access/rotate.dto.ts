import { IsInt, Max, Min } from 'class-validator';
import { IfGiven } from '../if-given';

const MAX_OVERLAP_SECONDS = 30 * 24 * 3600;

export class RotateDto {
  /**
   * For how long the old one goes on beside the new one, at most 30 days. 0, as when left out, ends it at once.
   * @example 3600
   */
  @IfGiven()
  @IsInt()
  @Min(0)
  @Max(MAX_OVERLAP_SECONDS)
  overlapSeconds?: number;
}

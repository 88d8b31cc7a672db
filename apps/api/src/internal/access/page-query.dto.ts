import { IsInt, IsString, Matches, Max, Min } from 'class-validator';
import { CREATION_CURSOR } from '@app/session';
import { IfGiven } from '../if-given';
import { WholeNumber } from '../whole-number';

export class PageQueryDto {
  /** The `next` of the page before. */
  @IfGiven()
  @IsString()
  @Matches(CREATION_CURSOR)
  after?: string;

  /** At most so many; 100 when left out. */
  @IfGiven()
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(1000)
  limit?: number;
}

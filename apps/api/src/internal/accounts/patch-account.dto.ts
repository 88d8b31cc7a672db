import { IsBoolean, IsIn, IsString } from 'class-validator';
import { type Plan, PLANS } from '@app/account';
import { type Locale, LOCALES } from '@app/contracts';
import { IsCleanText } from '../../http/clean-text';
import { HasCodePoints } from '../../http/code-points';
import { IfGiven } from '../if-given';

/** What is left out stays. There is no password here: nobody can set one for somebody else. */
export class PatchAccountDto {
  @IfGiven()
  @IsIn(PLANS)
  plan?: Plan;

  @IfGiven()
  @IsIn(LOCALES)
  locale?: Locale;

  /** True ends every session of the account at once. */
  @IfGiven()
  @IsBoolean()
  disabled?: boolean;

  @IfGiven()
  @IsString()
  @IsCleanText()
  @HasCodePoints(1, 100)
  displayName?: string;
}

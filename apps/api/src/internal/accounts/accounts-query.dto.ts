import { IsInt, IsString, Matches, Max, Min, ValidateIf } from 'class-validator';
import { OLD_PASSWORDS_CURSOR, type OldPassword } from '@app/account';
import { IfGiven } from '../if-given';
import { WholeNumber } from '../whole-number';
import { Excludes } from './excludes';

/** Either one account by its address, or the rotation report. */
export class AccountsQueryDto {
  /**
   * In any spelling.
   * @example ada@example.com
   */
  @ValidateIf(({ passwordOlderThanDays }: AccountsQueryDto) => passwordOlderThanDays === undefined)
  @IsString()
  email?: string;

  /** In place of `email`: the accounts whose password is older. */
  @IfGiven()
  @WholeNumber()
  @IsInt()
  @Min(0)
  @Max(36_500)
  @Excludes('email')
  passwordOlderThanDays?: number;

  /** The `next` of the page before. */
  @IfGiven()
  @IsString()
  @Matches(OLD_PASSWORDS_CURSOR)
  @Excludes('email')
  after?: string;

  /** At most so many accounts; 100 when left out. */
  @IfGiven()
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(1000)
  @Excludes('email')
  limit?: number;
}

export class OldPasswordDto implements OldPassword {
  /** @example 6f1c2b34-5a0e-4d0b-9d0b-7a3f4f2d9a10 */
  id: string;

  /** @example ada@example.com */
  email: string;

  passwordChangedAt: Date;

  passwordChangeRequired: boolean;

  disabled: boolean;
}

export class OldPasswordsDto {
  /** The oldest password first. */
  accounts: OldPasswordDto[];

  /** The `after` of the next page; null on the last one. */
  next: string | null;
}

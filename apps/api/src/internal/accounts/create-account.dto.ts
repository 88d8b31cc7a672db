import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsObject, IsString, ValidateNested } from 'class-validator';
import { type Plan, PLANS } from '@app/account';
import { type Locale, LOCALES } from '@app/contracts';
import { IsCleanText } from '../../http/clean-text';
import { HasCodePoints } from '../../http/code-points';
import { IfGiven } from '../if-given';
import { Excludes } from './excludes';

export class OrganisationDto {
  /** The caller's own id of the organisation. */
  @IsString()
  @IsCleanText()
  @HasCodePoints(1, 100)
  id: string;

  @IsIn(['owner', 'member'])
  role: 'owner' | 'member';
}

export class CreateAccountDto {
  /** @example ada@example.com */
  @IsString()
  email: string;

  /** 1 to 128 characters under no other policy: the caller's own sign-up decides. */
  @IfGiven()
  @IsString()
  @IsCleanText()
  @HasCodePoints(1, 128)
  password?: string;

  /** A bcrypt hash (`$2a$`, `$2b$`, `$2y$`), of a cost no higher than `BCRYPT_COST`, in place of the password. */
  @IfGiven()
  @IsString()
  @Excludes('password')
  passwordHash?: string;

  /** False when left out. */
  @IfGiven()
  @IsBoolean()
  emailVerified?: boolean;

  /** PERSONAL when left out. */
  @IfGiven()
  @IsIn(PLANS)
  plan?: Plan;

  /** The language of mails; en when left out. */
  @IfGiven()
  @IsIn(LOCALES)
  locale?: Locale;

  @IfGiven()
  @IsString()
  @IsCleanText()
  @HasCodePoints(1, 100)
  displayName?: string;

  @IfGiven()
  @IsObject()
  @ValidateNested()
  @Type(() => OrganisationDto)
  organisation?: OrganisationDto;
}

import type { OpenPurpose } from '@app/account';
import { Allow, IsIn, IsString } from 'class-validator';
import { IgnoresUnknownFields } from '../dialect';

/** What each type of code is good for. */
export const PURPOSES = {
  UPDATE_EMAIL_EMS: 'address-proof',
  UPDATE_PWD_EMS: 'password-change',
  FORGET_PWD_EMS: 'password-forgotten',
} as const satisfies Record<string, OpenPurpose>;

type CodeType = keyof typeof PURPOSES;

@IgnoresUnknownFields()
export class SendCodeDto {
  /**
   * What the code is for.
   * @example UPDATE_EMAIL_EMS
   */
  @IsIn(Object.keys(PURPOSES))
  type: CodeType;

  /**
   * The address that the code is sent to.
   * @example 15201657312@163.com
   */
  @IsString()
  email: string;

  /** Accepted and ignored. */
  @Allow()
  captcha_token?: string;
}

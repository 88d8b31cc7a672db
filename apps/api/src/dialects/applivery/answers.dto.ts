import { TokenPairDto } from './auth.dto';
import type { ProfileDto } from './profile.dto';

export class PasswordChangedDataDto {
  passwordChanged: 'OK';
}

export class PasswordChangedDto {
  /** @example true */
  status: boolean;

  data: PasswordChangedDataDto;
}

export class ProfileAnswerDto {
  /** @example true */
  status: boolean;

  data: ProfileDto;
}

export class RefreshedDto {
  /** @example true */
  status: boolean;

  data: TokenPairDto;
}

export class SignedInDataDto extends TokenPairDto {
  user: ProfileDto;
}

export class SignedInDto {
  /** @example true */
  status: boolean;

  data: SignedInDataDto;
}

export class BrokenFieldDto {
  /** Its path. */
  field: string[];
  location: 'body';
  messages: string[];
  /** The broken rules. */
  types: string[];
}

export class ErrorDataDto {
  /** With 6002: what is wrong with the body. A value is never shown. */
  errors?: BrokenFieldDto[];

  /** With 5057: why the new password is refused. */
  reasons?: string[];
}

export class ErrorDto {
  /** @example 5023 */
  code: number;

  /** @example "Incorrect old password" */
  message: string;

  data?: ErrorDataDto;
}

export class FailureDto {
  /** @example false */
  status: boolean;
  error: ErrorDto;
}

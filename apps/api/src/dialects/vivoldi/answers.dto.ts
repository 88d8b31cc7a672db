import { ApiProperty } from '@nestjs/swagger';
import { ProfileDto } from './profile.dto';

export class UpdatedDto {
  /** 0 is success, any other value an error. */
  code: 0;

  /** Empty on success. */
  message: '';

  @ApiProperty({ type: 'null' })
  result: null;
}

export class AuthenticatedDto {
  /** 0 is success, any other value an error. */
  code: 0;

  /** Empty on success. */
  message: '';

  /**
   * The access token, good for 60 seconds.
   * @example eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI2ZjFjMmIzNCJ9.c2lnbmF0dXJl
   */
  result: string;
}

export class ProfileAnswerDto {
  /** 0 is success, any other value an error. */
  code: 0;

  /** Empty on success. */
  message: '';

  result: ProfileDto;
}

/** An error, whatever the HTTP status. */
export class FailureDto {
  /**
   * Never 0.
   * @example 1102
   */
  code: number;

  /** Never empty. */
  message: string;

  @ApiProperty({ type: 'null' })
  result: null;
}

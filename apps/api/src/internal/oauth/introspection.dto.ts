import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty, IsString } from 'class-validator';
import { IgnoresUnknownFields } from '../../http/validation.pipe';

/** RFC 7662 2.1 and RFC 7009 2.1: `token_type_hint` and every other parameter change nothing. */
@IgnoresUnknownFields()
export class TokenQuestionDto {
  @IsString()
  @IsNotEmpty()
  token: string;
}

/** RFC 7662 2.2: a person's access token that is good at this moment. */
export class ActiveTokenDto {
  @ApiProperty({ type: 'boolean', enum: [true] })
  active: true;

  /** Account id: who the person is, whatever their address. */
  sub: string;

  /** The address of this moment, to show; a key to nothing. */
  email: string;
  email_verified: boolean;

  /** @example Bearer */
  token_type: 'Bearer';

  /** Session id. */
  sid: string;

  /** The application that the token was made for, when there is one. */
  client_id?: string;
  iss: string;
  aud: string;
  jti: string;

  /** Seconds since 1970, as the other times. */
  iat: number;
  exp: number;

  /** When the password was last proved. */
  auth_time: number;
}

/** Anything else: expired, ended, malformed, of another kind, or not ours. Nothing says which. */
export class InactiveTokenDto {
  @ApiProperty({ type: 'boolean', enum: [false] })
  active: false;
}

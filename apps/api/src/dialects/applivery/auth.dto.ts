import { Type } from 'class-transformer';
import { Equals, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { IsCleanText } from '../dialect';

export class LoginPayloadDto {
  /** @example ada@example.com */
  @IsString()
  email: string;

  /** @example Correct-Horse-Battery-9 */
  @IsString()
  password: string;
}

export class LoginDto {
  /** @example traditional */
  @Equals('traditional')
  provider: 'traditional';

  @IsObject()
  @ValidateNested()
  @Type(() => LoginPayloadDto)
  payload: LoginPayloadDto;

  /** Accepted, and without effect: mails are in the account's language. */
  @IsOptional()
  @IsString()
  language?: string;
}

export class RefreshDto {
  /** The access token that is being replaced. The refresh token alone is the proof. */
  @IsString()
  @IsCleanText()
  lastAccessToken: string;

  @IsString()
  @IsCleanText()
  refreshToken: string;
}

export class TokenDto {
  token: string;

  /** RFC 3339 UTC. */
  expireAt: string;
}

export class TokenPairDto {
  accessToken: TokenDto;
  refreshToken: TokenDto;
}

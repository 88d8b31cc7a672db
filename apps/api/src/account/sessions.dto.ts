import { IsIn, IsString } from 'class-validator';
import type { IssuedTokens } from '@app/session';

export class SignInDto {
  /**
   * In any spelling of the account's address.
   * @example ada@example.com
   */
  @IsString()
  email: string;

  /** @example Correct-Horse-Battery-9 */
  @IsString()
  password: string;
}

export class RefreshDto {
  /**
   * The newest one of its session. An older one ends the session.
   * @example hAyuFKzOWd0-E8k5DdOrTq3yYQXPPTBOAqh07FVBGdU
   */
  @IsString()
  refreshToken: string;
}

export class EndSessionsQueryDto {
  /** `others`: all but the one that asks. */
  @IsIn(['others', 'all'])
  scope: 'others' | 'all';
}

/** The session that tokens belong to. */
export class SessionOfTokensDto {
  /** @example 0b0f3b2e-8f0c-4c4e-9a63-2f4f0f2d6f11 */
  id: string;

  /** The session's end, however often it is refreshed. */
  expiresAt: Date;
}

export class SessionTokensDto {
  /** A JWT for `Authorization: Bearer`. */
  accessToken: string;

  /** @example Bearer */
  tokenType: 'Bearer';

  /**
   * Life of the access token in seconds.
   * @example 600
   */
  expiresIn: number;

  /**
   * Works once, for the next pair of tokens.
   * @example hAyuFKzOWd0-E8k5DdOrTq3yYQXPPTBOAqh07FVBGdU
   */
  refreshToken: string;

  session: SessionOfTokensDto;

  /** Only ever true: these tokens can do nothing but change the password. */
  passwordChangeRequired?: boolean;
}

export class ListedSessionDto {
  /** @example 0b0f3b2e-8f0c-4c4e-9a63-2f4f0f2d6f11 */
  id: string;

  /** Whether it is the one that asks. */
  current: boolean;

  createdAt: Date;

  /** Its last sign-in or refresh. */
  lastSeenAt: Date;

  expiresAt: Date;

  /**
   * What the device said of itself.
   * @example "Mozilla/5.0 (X11; Linux x86_64)"
   */
  device: string | null;

  /** @example 192.0.2.1 */
  ip: string | null;
}

export class SessionListDto {
  sessions: ListedSessionDto[];
}

/** Issued tokens as every answer of this API shows them. */
export function sessionTokens(issued: IssuedTokens): SessionTokensDto {
  return {
    accessToken: issued.accessToken,
    tokenType: 'Bearer',
    expiresIn: issued.expiresIn,
    // Every session of this API has one.
    refreshToken: issued.renewalToken as string,
    session: { id: issued.sessionId, expiresAt: issued.sessionExpiresAt },
    ...(issued.passwordChangeRequired && { passwordChangeRequired: true }),
  };
}

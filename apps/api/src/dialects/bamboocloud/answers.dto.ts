export class SignedInDto {
  /** The session's long-lived handle, which stays the same. Absent when the password has to be changed. */
  session_token?: string;

  /**
   * For how many seconds the session token lasts at most.
   * @example 2592000
   */
  expire?: number;

  /** `PASSWORD_EXPIRED`: the IdToken can do nothing but change the password. */
  status: 'SUCCESS' | 'PASSWORD_EXPIRED';

  /** A JWT (RS256), good for 10 minutes unless the service is set otherwise. */
  id_token: string;
}

export class IdTokenDto {
  session_token: string;

  /** @example 2592000 */
  expire: number;

  id_token: string;
}

/** A public RSA key (RFC 7517). */
export class JwkDto {
  kty: 'RSA';
  kid: string;
  use: 'sig';
  alg: 'RS256';
  n: string;
  e: string;
}

export class JwkSetDto {
  keys: JwkDto[];
}

export class FailureDto {
  /** @example IDAAS.SDK.PARAM.0016 */
  error_code: string;

  /**
   * In Chinese when `X-L` asks for it.
   * @example "IdToken is invalid or expired"
   */
  error_msg: string;
}

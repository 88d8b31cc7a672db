/** What every token of ours says. Times in seconds since 1970, by the database's clock. */
export interface TokenClaims {
  iss: string;
  aud: string;
  sub: string;
  iat: number;
  exp: number;
  jti: string;
}

/** Times are minted whole seconds, from the same clock that judges them. */
const CLOCK_STEP_SECONDS = 2;

export const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);

/** A text that any program, and PostgreSQL, takes as it stands. */
const PRINTABLE = /^[\x21-\x7e]+$/;

/** All of them are there, one audience among them, and each is of its type. */
export function hasClaims(claims: unknown): claims is TokenClaims {
  const { aud, sub, iat, exp, jti } = (claims ?? {}) as Record<string, unknown>;
  return (
    [aud, sub, jti].every((claim) => typeof claim === 'string' && PRINTABLE.test(claim)) &&
    [iat, exp].every(Number.isSafeInteger)
  );
}

/** `now`: the database's clock. A token from the future is as bad as an expired one. */
export function isInTime({ iat, exp }: TokenClaims, now: Date): boolean {
  const at = now.getTime() / 1000;
  return exp > at && iat <= at + CLOCK_STEP_SECONDS;
}

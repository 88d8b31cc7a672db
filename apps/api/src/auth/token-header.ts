import { decode, type JwtHeader } from 'jsonwebtoken';

/** The header of a token whose signature nobody has judged yet; undefined for what is no token. */
export function headerOf(token: string): JwtHeader | undefined {
  try {
    return decode(token, { complete: true })?.header;
  } catch {
    // `decode` throws for a payload that is no JSON, if only under `typ: JWT`: anybody can send that.
    return undefined;
  }
}

const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i;
const PRINTABLE = /^[\x21-\x7e]+$/;

export interface BasicCredentials {
  id: string;
  secret: string;
}

/** The client's id and secret from an `Authorization: Basic …` header, each form-encoded (RFC 6749 2.3.1); else `null`. */
export function basicCredentials(authorization = ''): BasicCredentials | null {
  const text = Buffer.from(BASIC.exec(authorization)?.[1] ?? '', 'base64').toString('latin1');
  const colon = text.indexOf(':');
  const [id, secret] = [decoded(text.slice(0, Math.max(0, colon))), decoded(text.slice(colon + 1))];
  return id === null || secret === null ? null : { id, secret };
}

/** `+` stays: many clients send a secret as it is, and no credential has the space that it could stand for. */
function decoded(text: string): string | null {
  try {
    const plain = text.includes('%') ? decodeURIComponent(text) : text;
    return PRINTABLE.test(plain) ? plain : null;
  } catch {
    return null;
  }
}

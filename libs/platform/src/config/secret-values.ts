import { createPrivateKey, type JsonWebKey } from 'node:crypto';
import { z } from 'zod';

/** A private RSA key that signs access tokens. */
export type SigningKey = JsonWebKey & { kid: string };
export interface PasswordPepper {
  version: number;
  key: Buffer;
}

const MIN_SECRET_BYTES = 32;
const MIN_RSA_BITS = 2048;
const SIGNING_KEYS_EXPECTED =
  'must be a JWKS in JSON of private RSA keys for RS256, each of at least 2048 bits and with its own kid';
const PEPPERS_EXPECTED = 'must be version:key pairs, comma-separated, each version once, each key ';
const SECRET_EXPECTED = 'base64url of at least 32 random bytes';

const secret = (expected: string) =>
  z
    .string()
    .regex(/^[\w-]+$/, expected)
    .transform((encoded) => Buffer.from(encoded, 'base64url'))
    .refine((bytes) => bytes.length >= MIN_SECRET_BYTES, expected);

export const codeKey = secret(`must be ${SECRET_EXPECTED}`);

/** `2:<base64url>,1:<base64url>`: the first hashes, all verify. */
export const passwordPeppers = z
  .string()
  .regex(/^\d{1,4}:[\w-]+(,\d{1,4}:[\w-]+)*$/, PEPPERS_EXPECTED + SECRET_EXPECTED)
  .transform((text) => text.split(',').map((pair) => pair.split(':')))
  .transform((pairs) => pairs.map(([version, key]) => ({ version: Number(version), key })))
  .pipe(z.array(z.object({ version: z.number(), key: secret(PEPPERS_EXPECTED + SECRET_EXPECTED) })))
  .refine((peppers) => areDistinct(peppers.map(({ version }) => version)), PEPPERS_EXPECTED + SECRET_EXPECTED);

// The members that RFC 7517 makes optional may only say what this service does with the key.
const signingKey = z
  .looseObject({
    kty: z.literal('RSA'),
    kid: z.string().min(1),
    d: z.string(),
    alg: z.literal('RS256').optional(),
    use: z.literal('sig').optional(),
  })
  .refine(isStrongPrivateKey);

const jwks = z.object({ keys: z.array(signingKey).min(1) });

/** A JWKS (RFC 7517) in JSON: the first key signs, all verify. */
export const signingKeys = z.string().transform((text, context): SigningKey[] => {
  const parsed = jwks.safeParse(jsonOf(text));
  if (parsed.success && areDistinct(parsed.data.keys.map(({ kid }) => kid))) return parsed.data.keys;
  context.addIssue({ code: 'custom', message: SIGNING_KEYS_EXPECTED });
  return z.NEVER;
});

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isStrongPrivateKey(jwk: JsonWebKey): boolean {
  try {
    const { asymmetricKeyDetails } = createPrivateKey({ key: jwk, format: 'jwk' });
    return (asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_RSA_BITS;
  } catch {
    return false;
  }
}

const areDistinct = (values: readonly unknown[]) => new Set(values).size === values.length;

import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type Mould, part, remade, signed, STRANGER } from '../support/forged-tokens';

type Attack = (mould: Mould) => string;

/** With the header's `alg` and nothing or something else than our signature behind it. */
const withAlg = (mould: Mould, alg: unknown, signature = ''): string =>
  `${part({ ...mould.header, alg })}.${part(mould.claims)}.${signature}`;

const signatureOf = ({ token }: Mould): string => token.slice(token.lastIndexOf('.') + 1);

/** HMAC with something that is public as its secret. */
function hmac(mould: Mould, secret: string | Buffer, bits = 256): string {
  const input = withAlg(mould, `HS${bits}`).slice(0, -1);
  return `${input}.${createHmac(`sha${bits}`, secret).update(input).digest('base64url')}`;
}

function rsa(mould: Mould, alg: string, hash: string): string {
  const input = withAlg(mould, alg).slice(0, -1);
  return `${input}.${sign(hash, Buffer.from(input), mould.signingKey).toString('base64url')}`;
}

function ecdsa(mould: Mould, alg: string): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const input = withAlg(mould, alg).slice(0, -1);
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' as const };
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

const pem = (key: KeyObject, type: 'spki' | 'pkcs1' = 'spki'): string => String(key.export({ type, format: 'pem' }));
const ZEROES = Buffer.alloc(64).toString('base64url');

/** [S-79] One algorithm, and a signature by our key. */
export const ALGORITHM_ATTACKS: Record<string, Attack> = {
  'alg none': (mould) => withAlg(mould, 'none'),
  'alg None': (mould) => withAlg(mould, 'None'),
  'alg nOnE': (mould) => withAlg(mould, 'nOnE'),
  'alg NONE': (mould) => withAlg(mould, 'NONE'),
  'an empty alg': (mould) => withAlg(mould, ''),
  'alg null': (mould) => withAlg(mould, null),
  'no alg': (mould) => withAlg(mould, undefined),
  'alg as a list': (mould) => remade(mould, { header: { alg: ['RS256'] } }),
  'alg as an object': (mould) => remade(mould, { header: { alg: { toString: 'RS256' } } }),
  'alg none, with our signature': (mould) => withAlg(mould, 'none', signatureOf(mould)),
  'alg in lower case': (mould) => remade(mould, { header: { alg: 'rs256' } }),
  'an empty signature': (mould) => withAlg(mould, 'RS256'),
  'no signature part': (mould) => withAlg(mould, 'RS256').slice(0, -1),
  'alg none without its last dot': (mould) => withAlg(mould, 'none').slice(0, -1),
  'HS256 by our public key as PEM': (mould) => hmac(mould, pem(mould.publicKey)),
  'HS256 by that PEM without its last newline': (mould) => hmac(mould, pem(mould.publicKey).trimEnd()),
  'HS256 by the PKCS 1 PEM': (mould) => hmac(mould, pem(mould.publicKey, 'pkcs1')),
  'HS256 by our public key as DER': (mould) => hmac(mould, mould.publicKey.export({ type: 'spki', format: 'der' })),
  'HS256 by the modulus, as bytes': (mould) => hmac(mould, Buffer.from(mould.publicJwk.n!, 'base64url')),
  'HS256 by the modulus, as text': (mould) => hmac(mould, mould.publicJwk.n!),
  'HS256 by the exponent, as bytes': (mould) => hmac(mould, Buffer.from(mould.publicJwk.e!, 'base64url')),
  'HS256 by our JWK as JSON': (mould) => hmac(mould, JSON.stringify(mould.publicJwk)),
  'HS256 by nothing': (mould) => hmac(mould, ''),
  'HS384 by our public key as PEM': (mould) => hmac(mould, pem(mould.publicKey), 384),
  'HS512 by our public key as PEM': (mould) => hmac(mould, pem(mould.publicKey), 512),
  'RS384 by our own key': (mould) => rsa(mould, 'RS384', 'sha384'),
  'RS512 by our own key': (mould) => rsa(mould, 'RS512', 'sha512'),
  'RS256 over SHA-1': (mould) => rsa(mould, 'RS256', 'sha1'),
  'ES256 by a key of its own': (mould) => ecdsa(mould, 'ES256'),
  'an ES256 signature called RS256': (mould) => ecdsa(mould, 'RS256'),
  'ES256 with r and s of zero, as DER': (mould) => withAlg(mould, 'ES256', 'MAYCAQACAQA'),
  'ES256 with r and s of zero': (mould) => withAlg(mould, 'ES256', ZEROES),
  'RS256 with an all-zero signature': (mould) => withAlg(mould, 'RS256', Buffer.alloc(256).toString('base64url')),
  'RS256 by another key': ({ header, claims }) => signed(header, claims, STRANGER.privateKey),
  'our signature under other claims': (mould) =>
    `${part(mould.header)}.${part({ ...mould.claims, jti: 'x' })}.${signatureOf(mould)}`,
  'another typ': (mould) => remade(mould, { header: { typ: 'JWT' } }),
  'no typ': (mould) => remade(mould, { header: { typ: undefined } }),
  'typ as a list': (mould) => remade(mould, { header: { typ: ['at+jwt'] } }),
};

const kid = (value: unknown, mould: Mould): string => remade(mould, { header: { kid: value } });
const ours = ({ header }: Mould): string => String(header.kid);

/** [S-80] `kid` is looked up in a fixed map and nowhere else. All but one are signed by our own key. */
export const KID_ATTACKS: Record<string, Attack> = {
  'a path': (mould) => kid('../../dev/null', mould),
  'a path to an empty file, and HS256 by it': (mould) =>
    hmac({ ...mould, header: { ...mould.header, kid: '../../../../../../dev/null' } }, ''),
  'our own behind a path': (mould) => kid(`../keys/${ours(mould)}`, mould),
  'our own behind white space': (mould) => kid(` ${ours(mould)}`, mould),
  SQL: (mould) => kid(`x' UNION SELECT 'key' --`, mould),
  'a shell command': (mould) => kid('$(touch /tmp/x)|x', mould),
  'the name __proto__': (mould) => kid('__proto__', mould),
  'the name constructor': (mould) => kid('constructor', mould),
  'the name toString': (mould) => kid('toString', mould),
  '10 kB': (mould) => kid('k'.repeat(10_000), mould),
  NUL: (mould) => kid('\0', mould),
  'our own and NUL': (mould) => kid(`${ours(mould)}\0`, mould),
  'a list with our own': (mould) => kid([ours(mould)], mould),
  'an object': (mould) => kid({ kid: ours(mould) }, mould),
  'a number': (mould) => kid(0, mould),
  true: (mould) => kid(true, mould),
  'nothing in it': (mould) => kid('', mould),
  null: (mould) => kid(null, mould),
  'no kid': (mould) => kid(undefined, mould),
};

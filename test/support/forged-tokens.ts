import {
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
  X509Certificate,
} from 'node:crypto';
import { KeyRing } from '@app/session';
import type { TestApi } from './boot-api';

type Json = Record<string, unknown>;

/** A token of ours taken apart, with what an attacker at best, or only we ourselves, have to make another. */
export interface Mould {
  /** As it was issued. */
  token: string;
  header: Json;
  claims: Json;
  signingKey: KeyObject;
  publicKey: KeyObject;
  publicJwk: JsonWebKey;
}

export function mouldOf(api: TestApi, token: string): Mould {
  const [header, claims] = token.split('.', 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
  const { signingKey, jwks } = api.app.get(KeyRing);
  const publicJwk: JsonWebKey = { ...jwks[0] };
  return { token, header, claims, signingKey, publicKey: createPublicKey(signingKey), publicJwk };
}

/** One part of a compact token. Text and bytes stay as they are, anything else becomes JSON. */
export function part(content: unknown): string {
  const bytes = typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content);
  return Buffer.from(bytes as string).toString('base64url');
}

/** RS256 whatever the header says. */
export function signed(header: unknown, claims: unknown, key: KeyObject): string {
  const input = `${part(header)}.${part(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

/** Signed by our own key: everything but what the test changes is right. */
export const remade = ({ header, claims, signingKey }: Mould, changed: { header?: Json; claims?: Json } = {}): string =>
  signed({ ...header, ...changed.header }, { ...claims, ...changed.claims }, signingKey);

/** A key that is not ours. */
export const STRANGER = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A certificate of that key, which whoever follows `x5c` would find in order. */
export function strangersCertificate(): Buffer {
  const sha256WithRsa = der(0x30, Buffer.from('06092a864886f70d01010b0500', 'hex'));
  const validity = der(0x30, der(0x17, Buffer.from('200101000000Z')), der(0x17, Buffer.from('491231235959Z')));
  const nobody = der(0x30);
  const publicKey = STRANGER.publicKey.export({ type: 'spki', format: 'der' });
  const content = der(0x30, der(0x02, Buffer.from([1])), sha256WithRsa, nobody, validity, nobody, publicKey);
  const signature = sign('sha256', content, STRANGER.privateKey);
  const certificate = der(0x30, content, sha256WithRsa, der(0x03, Buffer.from([0]), signature));
  if (!new X509Certificate(certificate).verify(STRANGER.publicKey)) throw new Error('The certificate is not one.');
  return certificate;
}

function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const size = content.length < 128 ? [content.length] : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

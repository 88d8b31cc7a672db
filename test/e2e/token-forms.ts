import { type Mould, part, remade, signed } from '../support/forged-tokens';

type Form = (mould: Mould) => string;

const parts = ({ token }: Mould): [string, string, string] => token.split('.') as [string, string, string];

/** [S-84] Everything that is said in our token and signed by us, in another form than `a.b.c`. */
export const SERIALISATIONS: Record<string, Form> = {
  'flattened JSON': (mould) => {
    const [protectedHeader, payload, signature] = parts(mould);
    return JSON.stringify({ protected: protectedHeader, payload, signature });
  },
  'general JSON': (mould) => {
    const [protectedHeader, payload, signature] = parts(mould);
    return JSON.stringify({ payload, signatures: [{ protected: protectedHeader, signature }] });
  },
  'a detached payload': (mould) => `${parts(mould)[0]}..${parts(mould)[2]}`,
  'a dot behind': ({ token }) => `${token}.`,
  'a dot before': ({ token }) => `.${token}`,
  'two dots behind': ({ token }) => `${token}..`,
  'a doubled dot': ({ token }) => token.replace('.', '..'),
  'a fourth part': ({ token }) => `${token}.${part('x')}`,
  'quotation marks': ({ token }) => `"${token}"`,
  'a comma behind': ({ token }) => `${token},`,
  'another token behind a comma': ({ token }) => `${token},${token}`,
  'percent-encoding': ({ token }) => token.replace('.', '%2E'),
  padding: ({ token }) => `${token}==`,
};

function jwe({ claims, header }: Mould, more: object): string {
  return [{ ...header, enc: 'A256GCM', ...more }, 'key', 'twelve-bytes', claims, 'sixteen-byte-tag']
    .map(part)
    .join('.');
}

const pbes2 = { alg: 'PBES2-HS256+A128KW', p2s: part('salt'), p2c: 1_000_000_000 };

/** [S-90] Nothing is decrypted: the work that these ask for would take minutes. */
export const ENCRYPTED: Record<string, Form> = {
  'PBES2 with a count of 10^9': (mould) => jwe(mould, pbes2),
  'PBES2 called RS256': (mould) => jwe(mould, { ...pbes2, alg: 'RS256' }),
  'a compressed one': (mould) => jwe(mould, { alg: 'RSA-OAEP-256', zip: 'DEF' }),
  'one by a shared key': (mould) => jwe(mould, { alg: 'dir' }),
  'PBES2 in three parts': (mould) => remade(mould, { header: pbes2 }),
};

const crit = (value: unknown, mould: Mould, more: object = {}): string =>
  remade(mould, { header: { crit: value, ...more } });

/** [S-90] What must be understood, and is not. Signed by our own key. */
export const CRITICAL_HEADERS: Record<string, Form> = {
  'an unknown crit': (mould) => crit(['x'], mould, { x: 1 }),
  'crit without its header': (mould) => crit(['x'], mould),
  'a crit that names a claim': (mould) => crit(['exp'], mould),
  'an empty crit': (mould) => crit([], mould),
  'crit as a text': (mould) => crit('x', mould),
  'crit null': (mould) => crit(null, mould),
  'an unencoded payload': (mould) => crit(['b64'], mould, { b64: false }),
  'a compressed payload': (mould) => crit(['zip'], mould, { zip: 'DEF' }),
};

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
/** The claims, or the header, as bytes that the test has changed. */
const rewritten = (text: object, change: (json: string) => string | Buffer): string | Buffer =>
  change(JSON.stringify(text));
const payload = (mould: Mould, change: (json: string) => string | Buffer): string =>
  signed(mould.header, rewritten(mould.claims, change), mould.signingKey);
const header = (mould: Mould, change: (json: string) => string | Buffer): string =>
  signed(rewritten(mould.header, change), mould.claims, mould.signingKey);

const behindBom = (json: string): Buffer => Buffer.concat([BOM, Buffer.from(json)]);
const utf16 = (json: string): Buffer => Buffer.from(json, 'utf16le');

/** [S-90] A payload or a header that is no JSON object. Signed by our own key. */
export const BROKEN_JSON: Record<string, Form> = {
  'a BOM before the header': (mould) => header(mould, behindBom),
  'a BOM before the claims': (mould) => payload(mould, behindBom),
  'claims in UTF-16': (mould) => payload(mould, utf16),
  'a list as claims': (mould) => payload(mould, (json) => `[${json}]`),
  'a text as claims': (mould) => payload(mould, (json) => JSON.stringify(json)),
  'null as claims': (mould) => payload(mould, () => 'null'),
  'true as claims': (mould) => payload(mould, () => 'true'),
  'a number as claims': (mould) => payload(mould, () => '7'),
  'no claims': (mould) => payload(mould, () => ''),
  'an empty object as claims': (mould) => payload(mould, () => '{}'),
  'half of the claims': (mould) => payload(mould, (json) => json.slice(0, -10)),
  'something behind the claims': (mould) => payload(mould, (json) => `${json}{}`),
  'a comma too many in the claims': (mould) => payload(mould, (json) => json.replace(/}$/, ',}')),
  'a comment in the claims': (mould) => payload(mould, (json) => `/**/${json}`),
  'a list as header': (mould) => header(mould, (json) => `[${json}]`),
  'null as header': (mould) => header(mould, () => 'null'),
  'an empty header': (mould) => header(mould, () => '{}'),
};

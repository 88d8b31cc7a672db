import { type Mould, signed } from '../support/forged-tokens';

type Form = (mould: Mould) => string;
type Rewrite = (json: string) => string | Buffer;

const claims = (mould: Mould, rewrite: Rewrite): string =>
  signed(mould.header, rewrite(JSON.stringify(mould.claims)), mould.signingKey);
const header = (mould: Mould, rewrite: Rewrite): string =>
  signed(rewrite(JSON.stringify(mould.header)), mould.claims, mould.signingKey);

const brokenUtf8 = (json: string): Buffer => Buffer.from(json.replace(/}$/, ',"x":"\u00ff"}'), 'latin1');
const twice =
  (name: string, value: unknown): Rewrite =>
  (json) =>
    json.replace(/^\{/, `{${JSON.stringify(name)}:${JSON.stringify(value)},`);

/** [S-90] Two readers could read these as two different tokens. Signed by our own key; the right value is the last. */
export const AMBIGUOUS_JSON: Record<string, Form> = {
  'sub twice': (mould) => claims(mould, twice('sub', 'somebody')),
  'aud twice': (mould) => claims(mould, twice('aud', 'somewhere')),
  'exp twice': (mould) => claims(mould, twice('exp', 1)),
  'sub twice, once escaped': (mould) => claims(mould, (json) => json.replace(/^\{/, '{"s\\u0075b":"somebody",')),
  'alg twice': (mould) => header(mould, twice('alg', 'none')),
  'kid twice': (mould) => header(mould, twice('kid', 'x')),
  'typ twice': (mould) => header(mould, twice('typ', 'JWT')),
  'broken UTF-8 in the claims': (mould) => claims(mould, brokenUtf8),
  'broken UTF-8 in the header': (mould) => header(mould, brokenUtf8),
};

/** [S-89] More than one token in `Authorization`, the good one first. */
export const TWO_TOKENS: Record<string, (token: string) => string> = {
  'another token behind a space': (token) => `Bearer ${token} a.b.c`,
  'itself behind a space': (token) => `Bearer ${token} ${token}`,
  'a parameter behind it': (token) => `Bearer ${token} realm="x"`,
  'something before its scheme': (token) => `x Bearer ${token}`,
};

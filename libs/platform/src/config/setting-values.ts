import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { z } from 'zod';
import { readPasswordList } from './password-list';

/** No message may hold the value. */
const text = (pattern: RegExp, expected: string) => z.string().regex(pattern, expected);

export const integer = (defaultValue: number, [min, max]: readonly [number, number]) => {
  const expected = `must be a whole number from ${min} to ${max}`;
  const inRange = z.number().min(min, expected).max(max, expected);
  return text(/^\d{1,15}$/, expected)
    .transform(Number)
    .pipe(inRange)
    .prefault(String(defaultValue));
};

export const oneOf = <const Options extends readonly [string, ...string[]]>(options: Options) =>
  z.enum(options, `must be one of ${options.join(', ')}`);

export const onOrOff = oneOf(['on', 'off']).transform((value) => value === 'on');

export const hostName = text(/^[\w.:-]+$/, 'must be an IP address or a host name');

export const mailAddress = text(
  /^(?:[^<>\r\n@]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/,
  'must be an address, or a name followed by an <address>',
);

/** A URL of one of `protocols`, without a check of the rest. */
export const urlOf = (protocols: readonly string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    abort: true,
  });

export const webUrl = urlOf(['https:', 'http:']).refine(hasNoLogin, {
  error: 'must not carry a user name or a password',
});

/** Normalised and without a trailing slash, so that a path can be put behind it. */
export const baseUrl = webUrl
  .refine((value) => !/[?#]/.test(value), { error: 'must not have a query or a fragment' })
  .transform((value) => new URL(value).href.replace(/(?<!\/)\/+$/, ''));

/** An issuer with a path would have its metadata elsewhere (RFC 8414 3.1). */
export const siteUrl = baseUrl.refine((value) => new URL(value).pathname === '/', { error: 'must not have a path' });

export const rangeUrl = webUrl.refine((value) => value.endsWith('/range/') && !/[?#]/.test(value), {
  error: 'must end in /range/ and have no query',
});

export const readableFile = z.string().refine(isReadableFile, { error: 'must be a file that this process can read' });

export const passwordList = z.string().transform((path, context) => {
  const list = readPasswordList(path);
  if (list) return list;
  const message = 'must be a readable UTF-8 text of one password a line, a million at most';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const listOf = (item: z.ZodType<string, string>) =>
  z
    .string()
    .transform((value) => value.split(',').map((entry) => entry.trim()))
    .pipe(z.array(item));

export const origins = listOf(
  z.string().refine((value) => /^https?:/.test(value) && URL.canParse(value) && new URL(value).origin === value, {
    error: 'must be a comma-separated list of origins, such as https://app.example.com',
  }),
);

export const proxies = listOf(
  z.string().refine(isProxyRange, {
    error: 'must be a comma-separated list of IP addresses, CIDR ranges, loopback, linklocal or uniquelocal',
  }),
);

function hasNoLogin(value: string): boolean {
  const { username, password } = new URL(value);
  return username === '' && password === '';
}

function isReadableFile(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

/** A prefix of 0 is refused: it would let every caller choose its own source address. */
function isProxyRange(value: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(value)) return true;
  const [address = '', prefix, ...rest] = value.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}

import { isIPv4 } from 'node:net';
import type { z } from 'zod';
import { DEVELOPMENT_BOOTSTRAP } from './bootstrap-values';
import { isPlaceholder } from './placeholder-secret';
import type { policySchema } from './policy-schema';
import type { serviceSchema } from './service-schema';
import type { SettingProblem } from './settings-error';

export type SettingValues = z.output<typeof serviceSchema> & z.output<typeof policySchema>;
/** What could be parsed so far: a rule holds its tongue about a value that is missing. */
type KnownValues = Partial<SettingValues>;

interface SettingRule extends SettingProblem {
  isBroken(values: KnownValues): boolean;
}

const TLS_OR_PROXY = 'must be a loopback address in production, unless TLS_* or TRUSTED_PROXIES is set';
const RANDOM_KEY = 'must hold random keys in production, not a pattern or the words of an example';
const MIN_SECRET_LENGTH = 32;

const RULES: readonly SettingRule[] = [
  {
    name: 'TLS_CERT_FILE',
    expected: 'must be set together with TLS_KEY_FILE',
    isBroken: (values) => !values.TLS_CERT_FILE && values.TLS_KEY_FILE !== undefined,
  },
  {
    name: 'TLS_KEY_FILE',
    expected: 'must be set together with TLS_CERT_FILE',
    isBroken: (values) => !values.TLS_KEY_FILE && values.TLS_CERT_FILE !== undefined,
  },
  {
    name: 'WORKER',
    expected: 'must be inline while DATABASE_URL is unset: the embedded database serves one process',
    isBroken: (values) => values.WORKER === 'off' && !values.DATABASE_URL,
  },
];

const PRODUCTION_RULES: readonly SettingRule[] = [
  { name: 'HOST', expected: TLS_OR_PROXY, isBroken: (values) => isExposed(values.HOST, values) },
  { name: 'INTERNAL_HOST', expected: TLS_OR_PROXY, isBroken: (values) => isExposed(values.INTERNAL_HOST, values) },
  { name: 'PUBLIC_URL', expected: 'must be https in production', isBroken: (values) => isPlainHttp(values.PUBLIC_URL) },
  {
    name: 'CHANGE_PASSWORD_URL',
    expected: 'must be https in production',
    isBroken: (values) => isPlainHttp(values.CHANGE_PASSWORD_URL),
  },
  {
    name: 'BREACH_LOOKUP_URL',
    expected: 'must be https in production',
    isBroken: (values) => isPlainHttp(values.BREACH_LOOKUP_URL),
  },
  {
    name: 'PASSWORD_PEPPERS',
    expected: RANDOM_KEY,
    isBroken: (values) => pepperKeys(values).some((key) => isPlaceholder(key)),
  },
  {
    name: 'PASSWORD_PEPPERS',
    expected: 'must have another key in each version',
    isBroken: (values) =>
      new Set(pepperKeys(values).map((key) => key.toString('hex'))).size < pepperKeys(values).length,
  },
  {
    name: 'CODE_KEY',
    expected: RANDOM_KEY,
    isBroken: ({ CODE_KEY }) => CODE_KEY !== undefined && isPlaceholder(CODE_KEY),
  },
  {
    name: 'CODE_KEY',
    expected: 'must not equal a key of PASSWORD_PEPPERS',
    isBroken: (values) => pepperKeys(values).some((key) => values.CODE_KEY?.equals(key)),
  },
  {
    name: 'BOOTSTRAP_SERVICE_CLIENT',
    expected: `must have a random secret of at least ${MIN_SECRET_LENGTH} characters in production`,
    isBroken: hasWeakClient,
  },
  {
    name: 'BOOTSTRAP_APPLICATION',
    expected: 'must not be the development value in production',
    isBroken: (values) => values.BOOTSTRAP_APPLICATION === DEVELOPMENT_BOOTSTRAP.applicationId,
  },
  {
    name: 'BOOTSTRAP_ACCOUNT',
    expected: 'must have a password of at least PASSWORD_MIN_LENGTH characters in production, not the development one',
    isBroken: hasWeakAccount,
  },
  {
    name: 'BCRYPT_COST',
    expected: 'must be at least 10 in production',
    isBroken: ({ BCRYPT_COST = 10 }) => BCRYPT_COST < 10,
  },
  {
    name: 'ACCOUNT_FAILURES',
    expected: 'must be below the hundred in a row that shut an account, in production',
    isBroken: ({ ACCOUNT_FAILURES = 1 }) => ACCOUNT_FAILURES >= 100,
  },
];

/** What several settings, or production, demand of values that are right by themselves. */
export function brokenRules(values: KnownValues): SettingProblem[] {
  const rules = values.NODE_ENV === 'production' ? [...RULES, ...PRODUCTION_RULES] : RULES;
  return rules.filter((rule) => rule.isBroken(values)).map(({ name, expected }) => ({ name, expected }));
}

function isExposed(host: string | undefined, values: KnownValues): boolean {
  if (host === undefined || values.TLS_CERT_FILE || values.TRUSTED_PROXIES) return false;
  return host !== 'localhost' && host !== '::1' && !(isIPv4(host) && host.startsWith('127.'));
}

const isPlainHttp = (url: string | undefined) => url !== undefined && new URL(url).protocol !== 'https:';
const pepperKeys = (values: KnownValues) => (values.PASSWORD_PEPPERS ?? []).map(({ key }) => key);

function hasWeakClient({ BOOTSTRAP_SERVICE_CLIENT: client }: KnownValues): boolean {
  if (client === undefined) return false;
  return client.secret.length < MIN_SECRET_LENGTH || isPlaceholder(Buffer.from(client.secret));
}

function hasWeakAccount({ BOOTSTRAP_ACCOUNT: account, PASSWORD_MIN_LENGTH = 0 }: KnownValues): boolean {
  if (account === undefined) return false;
  const isPublic = account.password === DEVELOPMENT_BOOTSTRAP.account.password;
  return isPublic || [...account.password].length < PASSWORD_MIN_LENGTH;
}

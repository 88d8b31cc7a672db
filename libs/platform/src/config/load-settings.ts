import { DEVELOPMENT_BOOTSTRAP } from './bootstrap-values';
import { type DevelopmentKeys, developmentKeys } from './development-keys';
import { checkEnvironment, type Environment } from './parse-environment';
import { policySchema } from './policy-schema';
import { serviceSchema } from './service-schema';
import { brokenRules, type SettingValues } from './setting-rules';
import { type Bootstrap, Settings } from './settings';
import { SettingsError } from './settings-error';

const settingsSchema = serviceSchema.extend(policySchema.shape);

/**
 * Reads and checks every setting. Outside production it makes the keys that are unset and keeps them in `DATA_DIR`.
 * Throws `SettingsError`, which names every missing or wrong setting.
 */
export function loadSettings(env: Environment = process.env): Settings {
  const values = checkedValues(env);
  return new Settings({
    nodeEnv: values.NODE_ENV,
    isProduction: isProduction(values),
    logLevel: values.LOG_LEVEL,
    worker: values.WORKER,
    mailFrom: values.MAIL_FROM,
    smtpUrl: values.SMTP_URL,
    databaseUrl: values.DATABASE_URL,
    dataDir: values.DATA_DIR,
    migrateAtStart: values.MIGRATE ?? !isProduction(values),
    bootstrap: bootstrapOf(values),
    ...listenersOf(values),
    ...linksOf(values),
    ...secretsOf(values),
    ...lifetimesOf(values),
    ...limitsOf(values),
  });
}

function checkedValues(env: Environment): SettingValues {
  const { values, problems } = checkEnvironment(settingsSchema, env);
  const named = new Set(problems.map(({ name }) => name));
  const all = [...problems, ...brokenRules(values).filter(({ name }) => !named.has(name))];
  if (all.length > 0) throw new SettingsError(all);
  return values as SettingValues;
}

const isProduction = (values: SettingValues) => values.NODE_ENV === 'production';

function bootstrapOf(values: SettingValues): Bootstrap {
  const given = {
    serviceClient: values.BOOTSTRAP_SERVICE_CLIENT,
    applicationId: values.BOOTSTRAP_APPLICATION,
    account: values.BOOTSTRAP_ACCOUNT,
  };
  if (isProduction(values)) return given;
  const { serviceClient, applicationId, account } = DEVELOPMENT_BOOTSTRAP;
  return {
    serviceClient: given.serviceClient ?? serviceClient,
    applicationId: given.applicationId ?? applicationId,
    account: { ...account, ...given.account },
  };
}

function listenersOf(values: SettingValues) {
  const { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile } = values;
  return {
    host: values.HOST,
    port: values.PORT,
    internalHost: values.INTERNAL_HOST,
    internalPort: values.INTERNAL_PORT,
    tls: certFile && keyFile ? { certFile, keyFile } : undefined,
    trustedProxies: values.TRUSTED_PROXIES ?? [],
    corsOrigins: values.CORS_ORIGINS ?? (isProduction(values) ? [] : ('localhost' as const)),
    explorer: values.EXPLORER,
  };
}

function linksOf(values: SettingValues) {
  const publicUrl = values.PUBLIC_URL ?? `http://localhost:${values.PORT}`;
  return {
    publicUrl,
    internalUrl: values.INTERNAL_URL ?? `http://localhost:${values.INTERNAL_PORT}`,
    changePasswordUrl: values.CHANGE_PASSWORD_URL ?? `${publicUrl}/password-reset`,
  };
}

function secretsOf(values: SettingValues) {
  const keys = keysOf(values);
  return {
    signingKeys: keys.TOKEN_SIGNING_KEYS,
    passwordPeppers: keys.PASSWORD_PEPPERS,
    codeKey: keys.CODE_KEY,
    bcryptCost: values.BCRYPT_COST,
  };
}

function keysOf(values: SettingValues): DevelopmentKeys {
  const { TOKEN_SIGNING_KEYS, PASSWORD_PEPPERS, CODE_KEY } = values;
  if (TOKEN_SIGNING_KEYS && PASSWORD_PEPPERS && CODE_KEY) return { TOKEN_SIGNING_KEYS, PASSWORD_PEPPERS, CODE_KEY };
  const kept = developmentKeys(values.DATA_DIR);
  return {
    TOKEN_SIGNING_KEYS: TOKEN_SIGNING_KEYS ?? kept.TOKEN_SIGNING_KEYS,
    PASSWORD_PEPPERS: PASSWORD_PEPPERS ?? kept.PASSWORD_PEPPERS,
    CODE_KEY: CODE_KEY ?? kept.CODE_KEY,
  };
}

function lifetimesOf(values: SettingValues) {
  return {
    accessTokenSeconds: values.ACCESS_TOKEN_SECONDS,
    sessionIdleSeconds: values.SESSION_IDLE_SECONDS,
    sessionMaxSeconds: values.SESSION_MAX_SECONDS,
    refreshGraceSeconds: values.REFRESH_GRACE_SECONDS,
    stepUpMaxAgeSeconds: values.STEP_UP_MAX_AGE_SECONDS,
    codeSeconds: values.CODE_SECONDS,
    codeTries: values.CODE_TRIES,
    codeResendSeconds: values.CODE_RESEND_SECONDS,
    undoDays: values.UNDO_DAYS,
  };
}

function limitsOf(values: SettingValues) {
  return {
    passwordMinLength: values.PASSWORD_MIN_LENGTH,
    passwordMaxAgeDays: values.PASSWORD_MAX_AGE_DAYS,
    passwordHistory: values.PASSWORD_HISTORY,
    passwordBlocklist: values.PASSWORD_BLOCKLIST_FILE,
    breachLookupUrl: values.BREACH_LOOKUP_URL,
    accountFailures: values.ACCOUNT_FAILURES,
    sourceFailures: values.SOURCE_FAILURES,
    sourceRequestsPerMinute: values.SOURCE_REQUESTS_PER_MINUTE,
    mailsPerAddressPerHour: values.MAILS_PER_ADDRESS_PER_HOUR,
  };
}

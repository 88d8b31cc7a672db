import { z } from 'zod';
import { accountLogin, applicationId, DEVELOPMENT_BOOTSTRAP as development, serviceClient } from './bootstrap-values';
import { codeKey, passwordPeppers, signingKeys } from './secret-values';
import {
  baseUrl,
  hostName,
  integer,
  mailAddress,
  oneOf,
  onOrOff,
  origins,
  proxies,
  readableFile,
  siteUrl,
  urlOf,
  webUrl,
} from './setting-values';

const port = (defaultPort: number) => integer(defaultPort, [0, 65_535]);
const requiredInProduction = true;
/** Where the service listens, what it talks to and what it signs with. `defaultText` is for the documentation. */
export const serviceSchema = z.object({
  NODE_ENV: oneOf(['development', 'test', 'production']).prefault('development').meta({
    description: 'production refuses unsafe settings and switches off the development mailbox and first credentials.',
  }),
  LOG_LEVEL: oneOf(['error', 'warn', 'info', 'debug'])
    .prefault('info')
    .meta({ description: 'The least that is logged.' }),
  HOST: hostName.prefault('127.0.0.1').meta({
    description:
      'Address of the public listener. In production one off loopback needs TLS_CERT_FILE and TLS_KEY_FILE, or TRUSTED_PROXIES.',
  }),
  PORT: port(3000).meta({ description: 'Port of the public listener; 0 takes any free one.' }),
  INTERNAL_HOST: hostName.prefault('127.0.0.1').meta({ description: 'Address of the internal listener; as HOST.' }),
  INTERNAL_PORT: port(3001).meta({ description: 'Port of the internal listener; 0 takes any free one.' }),
  DATABASE_URL: urlOf(['postgres:', 'postgresql:']).optional().meta({
    description:
      'PostgreSQL 15 or later. Across a network that others use with sslmode=verify-full, and sslrootcert of a private authority.',
    defaultText: 'embedded database in DATA_DIR',
    requiredInProduction,
  }),
  DATA_DIR: z.string().prefault('.data').meta({
    description: 'Folder of the embedded database and of the development keys.',
  }),
  MIGRATE: onOrOff.optional().meta({
    description: 'Migrate the database at start.',
    defaultText: 'development: on; production: off',
  }),
  PUBLIC_URL: siteUrl.optional().meta({
    description: 'Base of the issuer, the metadata and the mailed links, without a path; https in production.',
    defaultText: 'http://localhost:$PORT',
    requiredInProduction,
  }),
  INTERNAL_URL: baseUrl.optional().meta({
    description: 'Base URL of the internal listener.',
    defaultText: 'http://localhost:$INTERNAL_PORT',
  }),
  CHANGE_PASSWORD_URL: webUrl.optional().meta({
    description: 'Where /.well-known/change-password leads; https in production.',
    defaultText: '$PUBLIC_URL/password-reset',
  }),
  TLS_CERT_FILE: readableFile.optional().meta({ description: 'PEM certificate chain; serves TLS, with TLS_KEY_FILE.' }),
  TLS_KEY_FILE: readableFile.optional().meta({ description: 'PEM private key of TLS_CERT_FILE.' }),
  TRUSTED_PROXIES: proxies.optional().meta({
    description: 'Comma-separated addresses or CIDR ranges whose forwarding headers count.',
  }),
  CORS_ORIGINS: origins.optional().meta({
    description: 'Comma-separated origins whose pages may call the API.',
    defaultText: 'development: any localhost; production: none',
  }),
  EXPLORER: onOrOff.prefault('on').meta({ description: 'The public API explorer under /docs.' }),
  TOKEN_SIGNING_KEYS: signingKeys.optional().meta({
    description: 'JWKS of private RSA keys, at least 2048 bits; the first signs, all verify.',
    defaultText: 'generated in DATA_DIR',
    requiredInProduction,
  }),
  PASSWORD_PEPPERS: passwordPeppers.optional().meta({
    description: 'version:key pairs, keys of at least 32 bytes in base64url; the first hashes, all verify.',
    defaultText: 'generated in DATA_DIR',
    requiredInProduction,
  }),
  CODE_KEY: codeKey.optional().meta({
    description: 'Key of the HMAC of mailed codes, at least 32 bytes in base64url; no pepper may equal it.',
    defaultText: 'generated in DATA_DIR',
    requiredInProduction,
  }),
  SMTP_URL: urlOf(['smtp:', 'smtps:']).optional().meta({
    description: 'Mail server.',
    defaultText: 'development mailbox',
    requiredInProduction,
  }),
  MAIL_FROM: mailAddress.prefault('Rekey <no-reply@localhost>').meta({
    description: 'Sender of every mail. Its domain needs SPF, DKIM and DMARC records (docs/runbook.md).',
    requiredInProduction,
  }),
  BOOTSTRAP_SERVICE_CLIENT: serviceClient.optional().meta({
    description: 'id:secret of a first service client with every scope.',
    defaultText: `development: ${development.serviceClient.id}:${development.serviceClient.secret}`,
  }),
  BOOTSTRAP_APPLICATION: applicationId.optional().meta({
    description: 'Client id of a first application.',
    defaultText: `development: ${development.applicationId}`,
  }),
  BOOTSTRAP_ACCOUNT: accountLogin.optional().meta({
    description: 'email:password of a first account, verified; in development it has an API key too.',
    defaultText: `development: ${development.account.email}:${development.account.password}`,
  }),
  WORKER: oneOf(['inline', 'off']).prefault('inline').meta({
    description: 'inline: this process also delivers; off: a worker process does, which needs DATABASE_URL.',
  }),
});

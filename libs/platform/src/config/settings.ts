import type { PasswordList } from './password-list';
import type { PasswordPepper, SigningKey } from './secret-values';

/** First things that a fresh installation is given; all of them are set in development. */
export interface Bootstrap {
  readonly serviceClient?: { readonly id: string; readonly secret: string };
  readonly applicationId?: string;
  readonly account?: { readonly email: string; readonly password: string; readonly apiKey?: string };
}

/** What this process was told to be. Made by `loadSettings`; docs/configuration.md explains each one. */
export class Settings {
  readonly nodeEnv: 'development' | 'test' | 'production';
  readonly isProduction: boolean;
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug';
  readonly worker: 'inline' | 'off';

  readonly host: string;
  readonly port: number;
  readonly internalHost: string;
  readonly internalPort: number;
  /** Paths of PEM files. Undefined: plain HTTP. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** Addresses, CIDR ranges or range names whose forwarding headers count. */
  readonly trustedProxies: readonly string[];
  /** `localhost` stands for localhost, 127.0.0.1 and [::1] over http or https at any port. */
  readonly corsOrigins: readonly string[] | 'localhost';
  readonly explorer: boolean;

  /** Without a trailing slash, as is `internalUrl`. */
  readonly publicUrl: string;
  readonly internalUrl: string;
  readonly changePasswordUrl: string;

  /** Undefined: the embedded database in `dataDir`. */
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  readonly migrateAtStart: boolean;
  /** Undefined: mails go to the development mailbox. */
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  readonly bootstrap: Bootstrap;

  /** Private RSA keys, at least one; the first signs, all verify. */
  readonly signingKeys: readonly SigningKey[];
  /** At least one; the first hashes, all verify. */
  readonly passwordPeppers: readonly PasswordPepper[];
  readonly codeKey: Buffer;
  readonly bcryptCost: number;

  readonly accessTokenSeconds: number;
  readonly sessionIdleSeconds: number;
  readonly sessionMaxSeconds: number;
  readonly refreshGraceSeconds: number;
  readonly stepUpMaxAgeSeconds: number;
  readonly codeSeconds: number;
  readonly codeTries: number;
  readonly codeResendSeconds: number;
  readonly undoDays: number;

  readonly passwordMinLength: number;
  /** 0: a password never grows too old. */
  readonly passwordMaxAgeDays: number;
  readonly passwordHistory: number;
  /** The operator's own, besides the list of common passwords. */
  readonly passwordBlocklist: PasswordList | undefined;
  /** Ends in `/range/`; undefined: no password is looked up. */
  readonly breachLookupUrl: string | undefined;

  /** Wrong passwords in 15 minutes. */
  readonly accountFailures: number;
  /** Wrong passwords in 15 minutes; 0 is no limit, as it is for `sourceRequestsPerMinute`. */
  readonly sourceFailures: number;
  readonly sourceRequestsPerMinute: number;
  readonly mailsPerAddressPerHour: number;

  constructor(values: Settings) {
    Object.assign(this, values);
  }
}

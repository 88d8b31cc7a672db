import type {
  AllSessionsEnded,
  ApplicationRegistered,
  ApplicationRevoked,
  DeliveryRetried,
  InstallationRestored,
  ServiceClientCreated,
  ServiceClientRevoked,
  ServiceClientRotated,
  ServiceTokenRevoked,
} from './installation-events';
import type { Requester } from './requester';

/** Languages that mails and pages speak. */
export const LOCALES = ['en', 'zh'] as const;
export type Locale = (typeof LOCALES)[number];

/** Somebody who is told of an event. Frozen when the event is recorded. */
export interface Recipient {
  /** Canonical e-mail address. */
  address: string;
  locale: Locale;
  /** What the address is to the account once the event has happened. `earlier`: left before, with an undo link that still works, or that a deletion ends. */
  role: 'current' | 'old' | 'new' | 'earlier';
}

interface AccountEvent {
  accountId: string;
  /** The account's `credentialVersion` after the event; it only grows. */
  credentialVersion: number;
  /** Who is told. May be empty. */
  recipients: readonly Recipient[];
}

/** A new password is in force. Every session but `keepSessionId` has ended with it. */
export interface PasswordChanged extends AccountEvent {
  /** `change`: by the signed-in person; `reset`: by a mailed link; `code`: by a mailed code. */
  by: 'change' | 'reset' | 'code';
  /** The session that asked and goes on under a new id; `null` when none does. */
  keepSessionId: string | null;
  /** True when the new password is a well-known one that the surface's policy lets through. */
  commonPassword: boolean;
  /** Whether breached passwords could be looked up; absent where they are not. */
  breachLookup?: 'clear' | 'failed';
  /** API keys of the account that go on working after the change. */
  apiKeysAlive: number;
  /** Until when the mailbox can say that it was not its owner, RFC 3339; `null` when it has no link for that. */
  notMeUntil: string | null;
}

/** Something after which its reader may want another password. */
interface MayOfferReset extends AccountEvent {
  /** Whether a reset would be mailed: not to an unproved address that an older mailbox can take back, nor of a disabled account. */
  canReset: boolean;
}

/** The right password was given, at a sign-in or in a session, after as many wrong ones in a row as close the account for a while. */
export interface PasswordProvedAfterFailures extends MayOfferReset {
  /** How many tries had failed since the last one that was right; those that were under way count, right or wrong. */
  failures: number;
}

/** The mailbox has said that a new password was not its owner's. Nobody signs in until the reset that is mailed with it. */
export type PasswordChangeDisowned = MayOfferReset;

/** A new address is in force. Every session but `keepSessionId` has ended with it. */
export interface EmailChanged extends AccountEvent {
  oldEmail: string;
  newEmail: string;
  /** False when the address took effect without a proof; it is asked to verify itself. */
  emailVerified: boolean;
  keepSessionId: string | null;
  /** Until when the address that was left can undo the change, RFC 3339; `null` when it cannot (ADR 0015). */
  undoUntil: string | null;
  apiKeysAlive: number;
}

/** The old mailbox has undone a change of address. */
export interface EmailChangeUndone extends MayOfferReset {
  restoredEmail: string;
  replacedEmail: string;
}

/** A new address was asked for and waits for its code. */
export interface EmailChangeRequested extends AccountEvent {
  newEmail: string;
  /** RFC 3339. Later if the mail leaves late: the life of what it carries counts from its sending. */
  expiresAt: string;
  /** True when somebody has that address already: its owner is told so in place of a code. */
  newEmailTaken: boolean;
}

export type EmailChangeCancelled = AccountEvent;

/** Another account was refused this one's address. At most once a day. */
export type EmailWantedByAnother = AccountEvent;

/** A mailed code was asked for. The code itself is sealed in the delivery, never here. */
export interface CodeRequested {
  /** `null` when the address is not that of an account or the asker is not signed in. */
  accountId: string | null;
  purpose: CodePurpose;
  /** RFC 3339. Later if the mail leaves late: the life of what it carries counts from its sending. */
  expiresAt: string;
  recipients: readonly Recipient[];
  /** True when the code would give the asker an address that is somebody's already: the mail says so. */
  addressTaken: boolean;
}

/** What a mailed code is good for. A code of one purpose is worth nothing for another. */
export const CODE_PURPOSES = [
  'email-change',
  'email-verification',
  'address-proof',
  'password-change',
  'password-forgotten',
] as const;
export type CodePurpose = (typeof CODE_PURPOSES)[number];

/** The mailbox has proved that it is its own. Told to those whose undo links end by that, nobody else. */
export interface EmailVerified extends AccountEvent {
  email: string;
}

/** `accountId: null` and nobody to tell when the address that was given is nobody's. */
export interface PasswordResetRequested {
  accountId: string | null;
  recipients: readonly Recipient[];
  /** RFC 3339. Later if the mail leaves late: the life of what it carries counts from its sending. */
  expiresAt: string;
  /** True after an undo or a "this was not me", and when the account is enabled again since: nobody signs in until it is used. */
  onlyWayIn: boolean;
}

/** The next sign-in yields only a token that can change the password. */
export type PasswordChangeRequired = MayOfferReset;

export interface AccountCreated extends AccountEvent {
  email: string;
}
/** What a service knows of the account was changed by one; no credential was. */
export interface AccountUpdated extends AccountEvent {
  /** Names of those that changed: `plan`, `locale`, `displayName`. With none nobody is told. */
  fields: readonly string[];
}
export type AccountDisabled = AccountEvent;
export type AccountEnabled = AccountEvent;
/** Personal data is gone; what stays is a tombstone without any. Told also to each mailbox whose undo link ends by it. */
export type AccountDeleted = AccountEvent;

/** Every session of the account was ended by a service, without a change of credentials. */
export interface SessionsEnded extends MayOfferReset {
  /** How many of them were live. With none nobody is told. */
  count: number;
}

/** Its person has ended one session, all others or all, or a service has by revoking a token of it. */
export interface OwnSessionsEnded extends AccountEvent {
  count: number;
}

/** A spent refresh token was shown again: its whole family has ended. */
export interface RefreshTokenReused extends MayOfferReset {
  sessionId: string;
}

/** A program can act for the account. */
export interface ApiKeyCreated extends AccountEvent {
  apiKeyId: string;
}
/** The key is worth nothing from now on. */
export type ApiKeyRevoked = ApiKeyCreated;
/** Another key took the place of one, which goes on for an overlap. */
export interface ApiKeyRotated extends AccountEvent {
  apiKeyId: string;
  replacedApiKeyId: string;
  /** Until when the one that was replaced works, RFC 3339. */
  replacedUntil: string;
}

/**
 * Every domain event by its name. Data is plain JSON, enough for a consumer, never a secret or a hash. Once the account
 * is deleted and its person told, the addresses in its events are empty.
 */
export interface EventMap {
  'account.code-requested.v1': CodeRequested;
  'account.created.v1': AccountCreated;
  'account.deleted.v1': AccountDeleted;
  'account.disabled.v1': AccountDisabled;
  'account.email-change-cancelled.v1': EmailChangeCancelled;
  'account.email-change-requested.v1': EmailChangeRequested;
  'account.email-change-undone.v1': EmailChangeUndone;
  'account.email-changed.v1': EmailChanged;
  'account.email-verified.v1': EmailVerified;
  'account.email-wanted-by-another.v1': EmailWantedByAnother;
  'account.enabled.v1': AccountEnabled;
  'account.password-change-disowned.v1': PasswordChangeDisowned;
  'account.password-change-required.v1': PasswordChangeRequired;
  'account.password-changed.v1': PasswordChanged;
  'account.password-proved-after-failures.v1': PasswordProvedAfterFailures;
  'account.password-reset-requested.v1': PasswordResetRequested;
  'account.updated.v1': AccountUpdated;
  'api-key.created.v1': ApiKeyCreated;
  'api-key.revoked.v1': ApiKeyRevoked;
  'api-key.rotated.v1': ApiKeyRotated;
  'application.registered.v1': ApplicationRegistered;
  'application.revoked.v1': ApplicationRevoked;
  'delivery.retried.v1': DeliveryRetried;
  'installation.restored.v1': InstallationRestored;
  'service-client.created.v1': ServiceClientCreated;
  'service-client.revoked.v1': ServiceClientRevoked;
  'service-client.rotated.v1': ServiceClientRotated;
  'service-token.revoked.v1': ServiceTokenRevoked;
  'session.all-sessions-ended.v1': AllSessionsEnded;
  'session.ended.v1': OwnSessionsEnded;
  'session.refresh-token-reused.v1': RefreshTokenReused;
  'session.sessions-ended.v1': SessionsEnded;
}
export type EventName = keyof EventMap;

/** One event as consumers get it. Narrow it by `name`. */
export type DomainEvent<N extends EventName = EventName> = { [K in N]: { name: K; data: EventMap[K] } }[N];

/** What one transaction changed: the unit of the outbox. */
export interface Change {
  id: string;
  /** When the transaction began, RFC 3339, by the database's clock. */
  at: string;
  requester: Requester;
  events: readonly DomainEvent[];
}

/** What in-transaction consumers answer to the use case, by `tx.report`. */
export interface ChangeReports {
  /** How many live sessions ended. */
  sessionsEnded: number;
  /** The session that goes on in place of `keepSessionId`. */
  keptSessionId: string;
}

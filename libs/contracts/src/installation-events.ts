/** What is of no account: nobody is told of it. The event feed shows what ends sessions, and nothing else of it. */
interface InstallationEvent {
  accountId: null;
  recipients: readonly [];
}

/** Every session of every account was ended by a service. Nobody is mailed: there may be millions. */
export interface AllSessionsEnded extends InstallationEvent {
  count: number;
}

/** An application may name itself by this id, which is public. */
export interface ApplicationRegistered extends InstallationEvent {
  clientId: string;
  name: string;
}
/** Nothing may name itself by the id any more, and the sessions that were opened under it have ended with it. */
export type ApplicationRevoked = ApplicationRegistered;

/** A service may call the internal API. */
export interface ServiceClientCreated extends InstallationEvent {
  clientId: string;
  name: string;
  scopes: readonly string[];
}
/** It has another secret; the older ones go on for so many seconds. */
export interface ServiceClientRotated extends InstallationEvent {
  clientId: string;
  name: string;
  overlapSeconds: number;
}
/** Its secrets and tokens are worth nothing from now on. */
export interface ServiceClientRevoked extends InstallationEvent {
  clientId: string;
  name: string;
}

/** A service has ended one of its own access tokens. */
export interface ServiceTokenRevoked extends InstallationEvent {
  clientId: string;
  /** The token's `jti`. */
  tokenId: string;
}

/** A parked delivery is tried again, as an administrator asked. */
export interface DeliveryRetried extends InstallationEvent {
  deliveryId: string;
  consumer: string;
}

/** The database was restored from a backup, and what the backup would revive was ended. */
export interface InstallationRestored extends InstallationEvent {
  accounts: number;
  /** Accounts that nobody signs in to before a reset. */
  toBeReset: number;
  sessionsEnded: number;
  undoLinks: 'keep' | 'end';
  keys: 'keep' | 'end';
}

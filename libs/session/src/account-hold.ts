import type { Recipient } from '@app/contracts';
import type { Tx } from '@app/platform';

export interface HeldAccount {
  credentialVersion: number;
  /** Who is told of what happens to the account. */
  recipients: readonly Recipient[];
}

/** What ending somebody's sessions asks of the account's side; bound in the app. */
export abstract class AccountHold {
  /**
   * Holds the account to the end of the transaction: a change under way that keeps a session is over by then, and its
   * session is seen. @throws DomainError `account.not-found`
   */
  abstract hold(tx: Tx, accountId: string): Promise<HeldAccount>;

  /** The same, with whether a reset would be mailed: for an alert that offers one. @throws DomainError `account.not-found` */
  abstract holdToWarn(tx: Tx, accountId: string): Promise<HeldAccount & { canReset: boolean }>;
}

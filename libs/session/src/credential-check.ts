import type { Requester } from '@app/contracts';
import type { Clauses } from '@app/platform';
import type { ProvedAccount } from './open-session';

export interface ProvedPair {
  account: ProvedAccount;
  /** Ends the try as a success, in one commit with `write`, whose answer it gives. */
  commit: (write: Clauses) => Promise<unknown>;
}

/** What sign-in asks of the account's side; bound in the app. */
export abstract class CredentialCheck {
  /**
   * Counts the try, judges the pair, and says whose it is. A right one stays a try that failed until its `commit`.
   * @throws DomainError `credentials.invalid` for a wrong pair, an unknown, disabled or blocked account and a spent
   * budget alike, after the same work; `request.too-many` when the source has failed too often.
   */
  abstract check(email: string, password: string, requester: Requester): Promise<ProvedPair>;
}

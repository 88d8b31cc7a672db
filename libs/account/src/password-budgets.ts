import type { Budget, Settings } from '@app/platform';
import { networkOf } from './network-of';

const WINDOW_SECONDS = 900;
/** NIST SP 800-63B-4 3.2.2: no more than 100 failures in a row; a reset opens the account again. */
export const MAX_IN_A_ROW = 100;

/** Of an account's password, at whichever door it is tried. */
export function passwordBudget(accountId: string, settings: Settings): Budget {
  return { ...withoutHardStop(accountId, settings), maxInARow: MAX_IN_A_ROW };
}

/** Of a name that no account has. Its failures in a row would have to be remembered for ever, for all that is made up. */
export function nobodysBudget(nameHash: Buffer, settings: Settings): Budget {
  return withoutHardStop(nameHash.toString('base64url'), settings);
}

/** Of a network address, at whichever door it gives passwords; none when it is not known, or not limited. */
export function sourceBudgets(ip: string | null, { sourceFailures }: Settings): Budget[] {
  if (ip === null || sourceFailures === 0) return [];
  return [
    {
      ...{ scope: 'source', key: networkOf(ip), maxTries: sourceFailures, windowSeconds: WINDOW_SECONDS },
      pauseGrows: true,
      // One that is refused must not use up the tries of whoever it names, or is behind it.
      refusesAll: true,
    },
  ];
}

function withoutHardStop(key: string, { accountFailures }: Settings): Budget {
  return { scope: 'password', key, maxTries: accountFailures, windowSeconds: WINDOW_SECONDS, pauseGrows: true };
}

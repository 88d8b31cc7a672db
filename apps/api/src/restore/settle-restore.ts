import { Injectable } from '@nestjs/common';
import { outdateRestoredAccounts, revokeEveryApiKey } from '@app/account';
import type { EventMap, Requester } from '@app/contracts';
import { forgetSealed, type Tx, UnitOfWork } from '@app/platform';
import { endEveryone, endEverySecret } from '@app/session';
import type { RestoreChoice } from './restore-choice';

type Restored = EventMap['installation.restored.v1'];

const OPERATOR: Requester = {
  actor: { kind: 'system' },
  requestId: 'after-restore',
  ip: null,
  userAgent: null,
  device: null,
};

/** Ends, in one transaction, what a restored backup would bring back to life (ADR 0016). May be run again. */
@Injectable()
export class SettleRestore {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async execute(choice: RestoreChoice): Promise<Restored> {
    const { result } = await this.unitOfWork.run(OPERATOR, (tx) => settle(tx, choice));
    return result;
  }
}

async function settle(tx: Tx, choice: RestoreChoice): Promise<Restored> {
  const { keys, undoLinks } = choice;
  // Millions of rows may take longer than a request may.
  await tx.manager.query('SET LOCAL statement_timeout = 0');
  // Account before session: the lock order of every change.
  const counts = await outdateRestoredAccounts(tx, choice);
  if (keys === 'end') await revokeEveryApiKey(tx);
  const sessionsEnded = await endEveryone(tx);
  if (keys === 'end') await endEverySecret(tx);
  await forgetSealed(tx, undoLinks === 'keep' ? ['account.email-changed.v1'] : []);
  const restored = { accountId: null, recipients: [], ...counts, sessionsEnded, keys, undoLinks } as const;
  tx.record('installation.restored.v1', restored);
  return restored;
}

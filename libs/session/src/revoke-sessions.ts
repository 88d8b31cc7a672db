import { Injectable } from '@nestjs/common';
import type { Requester } from '@app/contracts';
import { type Tx, UnitOfWork } from '@app/platform';
import { AccountHold } from './account-hold';
import { COUNT_LIVE, endAll } from './end-sessions.consumer';

/** Ends sessions for a service, without a change of credentials. Their tokens are dead when it resolves. */
@Injectable()
export class RevokeSessions {
  constructor(
    private readonly accounts: AccountHold,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Resolves with how many live ones ended; with any, the person is told. @throws DomainError `account.not-found` */
  async ofAccount(accountId: string, requester: Requester): Promise<number> {
    const { result } = await this.unitOfWork.run(requester, async (tx) => {
      const held = await this.accounts.holdToWarn(tx, accountId);
      const count = await endAll(tx, accountId);
      const recipients = count > 0 ? held.recipients : [];
      tx.record('session.sessions-ended.v1', { accountId, ...held, recipients, count });
      return count;
    });
    return result;
  }

  /** The same for everybody, by one statement. Nobody is told. */
  async ofEverybody(requester: Requester): Promise<number> {
    const { result } = await this.unitOfWork.run(requester, async (tx) => {
      const count = await endEveryone(tx);
      tx.record('session.all-sessions-ended.v1', { accountId: null, recipients: [], count });
      return count;
    });
    return result;
  }
}

/** Resolves with how many live ones ended. */
export async function endEveryone(tx: Tx): Promise<number> {
  // Millions of rows may take longer than a request may.
  await tx.manager.query(`SET LOCAL statement_timeout = '10min'`);
  // Changes under way that keep a session are over then, and their sessions are seen. Tokens are judged meanwhile.
  await tx.manager.query('LOCK TABLE session IN SHARE ROW EXCLUSIVE MODE');
  const [row] = await tx.manager.query<{ ended: number }[]>(
    `WITH ended AS (
       UPDATE session SET ended_at = now() WHERE ended_at IS NULL RETURNING expires_at, idle_expires_at, application_id
     ) SELECT ${COUNT_LIVE} FROM ended`,
  );
  return row?.ended ?? 0;
}

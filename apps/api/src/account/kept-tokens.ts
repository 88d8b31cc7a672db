import { Injectable } from '@nestjs/common';
import type { ChangeOutcome } from '@app/account';
import { ContinueSession } from '@app/session';
import { sessionTokens, type SessionTokensDto } from './sessions.dto';

/** What a change of credentials did to the sessions, as its answer shows it. */
@Injectable()
export class KeptTokens {
  constructor(private readonly continueSession: ContinueSession) {}

  /** With tokens only when the asking session goes on. */
  async after(change: ChangeOutcome): Promise<{ sessionsEnded: number; tokens?: SessionTokensDto }> {
    const { sessionsEnded, keptSessionId } = change;
    const issued = keptSessionId === null ? null : await this.continueSession.afterChange(keptSessionId);
    return { sessionsEnded, ...(issued && { tokens: sessionTokens(issued) }) };
  }
}

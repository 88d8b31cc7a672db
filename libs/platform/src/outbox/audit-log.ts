import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { DomainEvent, Requester } from '@app/contracts';
import type { Tx } from '../database/unit-of-work';

/** What is worth a row although no event says it. */
export type AuditAction =
  | 'sign-in.succeeded'
  | 'sign-in.failed'
  | 'sign-in.refused'
  | 'password.current-wrong'
  | 'code.wrong'
  | 'session.ended'
  | 'email.unavailable-answered';

const INSERT = 'INSERT INTO audit_event (account_id, action, requester, details) VALUES ($1, $2, $3, $4)';

/** Rows are only ever added. An event's row commits with the change; a refusal's row commits by itself. */
@Injectable()
export class AuditLog {
  constructor(private readonly dataSource: DataSource) {}

  async record(tx: Tx): Promise<void> {
    for (const event of tx.events) {
      await tx.manager.query(INSERT, [event.data.accountId, event.name, JSON.stringify(tx.requester), detailsOf(event)]);
    }
  }

  /** Committed before the answer: it survives the refusal that it tells of. */
  async note(action: AuditAction, accountId: string | null, requester: Requester): Promise<void> {
    await this.dataSource.query(INSERT, [accountId, action, JSON.stringify(requester), '{}']);
  }
}

/** Addresses stay in the outbox, which is purged; the log keeps what happened. */
function detailsOf({ data }: DomainEvent): string {
  const { recipients: _recipients, accountId: _accountId, ...details } = data;
  return JSON.stringify(details);
}

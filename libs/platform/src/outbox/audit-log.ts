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
  | 'email.unavailable-answered';

const INSERT = 'INSERT INTO audit_event (account_id, action, requester, details) VALUES ($1, $2, $3, $4)';
const INSERT_ALL = `
  INSERT INTO audit_event (account_id, action, requester, details)
  SELECT account_id, action, $1, details
  FROM jsonb_to_recordset($2) AS event (account_id uuid, action text, details jsonb)`;

/** Rows are only ever added. An event's row commits with the change; a refusal's row commits by itself. */
@Injectable()
export class AuditLog {
  constructor(private readonly dataSource: DataSource) {}

  /** A row for each event, by one statement: an import has hundreds. */
  async record(tx: Tx): Promise<void> {
    const rows = tx.events.map((event) => ({
      account_id: event.data.accountId,
      action: event.name,
      details: detailsOf(event),
    }));
    await tx.manager.query(INSERT_ALL, [JSON.stringify(tx.requester), JSON.stringify(rows)]);
  }

  /** Committed before the answer: it survives the refusal that it tells of. */
  async note(action: AuditAction, accountId: string | null, requester: Requester): Promise<void> {
    await this.dataSource.query(INSERT, [accountId, action, JSON.stringify(requester), '{}']);
  }

  /** When the account's log last says so; `null` when it never does. */
  async lastTimeOf(action: AuditAction, accountId: string): Promise<Date | null> {
    const [row] = await this.dataSource.query<{ at: Date }[]>(
      'SELECT at FROM audit_event WHERE account_id = $1 AND action = $2 ORDER BY id DESC LIMIT 1',
      [accountId, action],
    );
    return row?.at ?? null;
  }
}

/** Without addresses: the log only grows, so what a deleted account wants forgotten must never get into it. */
function detailsOf({ data }: DomainEvent): object {
  const isKept = ([key]: [string, unknown]) => key !== 'accountId' && key !== 'recipients' && !/email$/i.test(key);
  return Object.fromEntries(Object.entries(data).filter(isKept));
}

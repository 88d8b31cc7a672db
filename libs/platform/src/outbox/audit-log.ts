import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { DomainEvent, Requester } from '@app/contracts';

/** What is worth a row although no event says it. What is `refused` had no try left, and was not judged. */
export type AuditAction =
  | 'sign-in.succeeded'
  | 'sign-in.failed'
  | 'sign-in.refused'
  | 'password.current-wrong'
  | 'password.current-refused'
  | 'code.wrong'
  | 'code.refused'
  | 'email.unavailable-answered'
  | 'email.refused'
  | 'service.scope-missing'
  | 'service-token.not-own';

const INSERT = 'INSERT INTO audit_event (account_id, action, requester, details) VALUES ($1, $2, $3, $4)';
/** Rows are only ever added. An event's row commits with the change (`OutboxWriter`); a refusal's commits by itself. */
@Injectable()
export class AuditLog {
  constructor(private readonly dataSource: DataSource) {}

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

/** Of each event, as `account_id`, `action`, `details`. */
export function auditRows(events: readonly DomainEvent[]): object[] {
  return events.map((event) => ({
    account_id: event.data.accountId,
    action: event.name,
    details: detailsOf(event),
  }));
}

/** Without addresses: the log only grows, so what a deleted account wants forgotten must never get into it. */
function detailsOf({ data }: DomainEvent): object {
  const isKept = ([key]: [string, unknown]) => key !== 'accountId' && key !== 'recipients' && !/email$/i.test(key);
  return Object.fromEntries(Object.entries(data).filter(isKept));
}

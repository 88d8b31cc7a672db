import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Requester } from '@app/contracts';

/** One row of the log. */
export interface AuditEntry {
  /** A whole number that grows. */
  id: string;
  at: Date;
  /** The name of an event, or of what is worth a row although no event says it. */
  action: string;
  accountId: string | null;
  requester: Requester;
  details: object;
}

export interface AuditPage {
  /** The newest first. */
  entries: AuditEntry[];
  /** Reading after it goes on behind this page; `null` when there is no more. */
  next: string | null;
}

const PAGE_ROWS = 100;

/** Reads what `AuditLog` writes. `after` is the id of the last row that was read. */
@Injectable()
export class AuditTrail {
  constructor(private readonly dataSource: DataSource) {}

  /** What was done to an account or by its person. */
  ofAccount(accountId: string, after?: string): Promise<AuditPage> {
    return this.page('account_id = $1', accountId, after);
  }

  /** What a service has done. */
  ofService(clientId: string, after?: string): Promise<AuditPage> {
    return this.page(`requester #>> '{actor,clientId}' = $1`, clientId, after);
  }

  private async page(whose: string, id: string, after: string | undefined): Promise<AuditPage> {
    const rows = await this.dataSource.query<AuditEntry[]>(
      `SELECT id, at, action, account_id AS "accountId", requester, details FROM audit_event
       WHERE ${whose} AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT ${PAGE_ROWS + 1}`,
      [id, after ?? null],
    );
    const entries = rows.slice(0, PAGE_ROWS);
    return { entries, next: rows.length > PAGE_ROWS ? (entries.at(-1)?.id ?? null) : null };
  }
}

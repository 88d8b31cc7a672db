import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Requester } from '@app/contracts';
import type { Tx } from '../database/unit-of-work';
import type { AuditAction } from '../outbox/audit-log';

/** How many tries something has, e.g. an account's password or a mailed code. */
export interface Budget {
  /** What is guessed: `password`, `source`, `code`, … */
  scope: string;
  /** Whose budget it is. */
  key: string;
  maxTries: number;
  windowSeconds: number;
  /** A hard stop after so many tries without a success; none by default. */
  maxInARow?: number;
  /** Each window that was used up makes the next pause twice as long, up to a day. Not for what strangers can use up. */
  pauseGrows?: true;
}

/** Which of the wanted budgets are spent. */
export interface Grant {
  spentScopes: readonly string[];
  /** When the last of them opens again, in whole seconds; not for a hard stop, which no time opens. */
  retryAfterSeconds: number | undefined;
}

type BudgetName = Pick<Budget, 'scope' | 'key'>;

export interface Settlement {
  /** These start anew. */
  cleared?: readonly BudgetName[];
  /** From so many failures in a row on they are not cleared: whoever has something to say of them does it with `clear`. */
  keptFrom?: number;
  /** The try that was taken of these did not fail. */
  givenBack?: readonly BudgetName[];
  /** What the audit log says of the success. */
  note?: { action: AuditAction; accountId: string; requester: Requester };
}

/**
 * Tries are counted in the database before they are judged, each by one atomic statement: parallel requests
 * through any number of replicas never judge more than `maxTries` in a window (security.md 20, 49, E11).
 */
@Injectable()
export class GuessBudget {
  constructor(private readonly dataSource: DataSource) {}

  /** Takes one try of each budget that has one left; the others are spent. */
  async take(...budgets: readonly Budget[]): Promise<Grant> {
    const [row] = await this.dataSource.query<[GrantRow]>('SELECT spent, wait FROM take_guesses($1)', [
      budgetsJson(budgets),
    ]);
    return grantOf(row);
  }

  /** After a success, by one statement. Resolves with the failures in a row of what was kept, 0 when nothing was. */
  async settle({ cleared = [], keptFrom = NO_HARD_STOP, givenBack = [], note }: Settlement): Promise<number> {
    const [{ failures }] = await this.dataSource.query<[{ failures: number }]>(SETTLE, [
      cleared.map(({ scope }) => scope),
      cleared.map(({ key }) => key),
      givenBack.map(({ scope }) => scope),
      givenBack.map(({ key }) => key),
      note?.action ?? null,
      note?.accountId ?? null,
      note ? JSON.stringify(note.requester) : null,
      keptFrom,
    ]);
    return failures;
  }

  /** It starts anew when the transaction commits. Resolves with false when somebody else has cleared it meanwhile. */
  async clear(tx: Tx, { scope, key }: BudgetName): Promise<boolean> {
    const rows = await tx.manager.query<unknown[]>(CLEAR, [scope, key]);
    return rows.length > 0;
  }
}

/** As `max_in_a_row`. */
export const NO_HARD_STOP = 2_147_483_647;

/** What `take_guesses` answers. */
export interface GrantRow {
  spent: string[];
  wait: string | null;
}

export function grantOf({ spent, wait }: GrantRow): Grant {
  return { spentScopes: spent, retryAfterSeconds: wait === null ? undefined : Math.max(1, Number(wait)) };
}

/** For `take_guesses`, the database's function, where a statement takes a try and does more. */
export function budgetsJson(budgets: readonly Budget[]): string {
  return JSON.stringify(
    budgets.map(({ scope, key, maxTries, windowSeconds, maxInARow, pauseGrows }) => ({
      ...{ scope, key, max_tries: maxTries, window_seconds: windowSeconds },
      ...{ max_in_a_row: maxInARow ?? NO_HARD_STOP, pause_grows: pauseGrows ?? false },
    })),
  );
}

const CLEAR = `
  WITH cleared AS (DELETE FROM guess_budget WHERE scope = $1 AND key = $2 RETURNING 1) SELECT * FROM cleared`;

// Locked in the order in which `take_guesses` does.
const SETTLE = `
  WITH seen AS MATERIALIZED (
    SELECT scope, key, in_a_row - 1 AS failures, (scope, key) IN (SELECT * FROM unnest($1::text[], $2::text[])) AS ends
    FROM guess_budget WHERE (scope, key) IN (SELECT * FROM unnest($1::text[] || $3::text[], $2::text[] || $4::text[]))
    ORDER BY scope, key FOR UPDATE
  ), cleared AS (
    DELETE FROM guess_budget b USING seen s
    WHERE b.scope = s.scope AND b.key = s.key AND s.ends AND s.failures < $8
  ), given_back AS (
    UPDATE guess_budget b SET tries = greatest(b.tries - 1, 0), in_a_row = greatest(b.in_a_row - 1, 0)
    FROM seen s WHERE b.scope = s.scope AND b.key = s.key AND NOT s.ends
  ), noted AS (
    INSERT INTO audit_event (action, account_id, requester, details)
    SELECT $5::text, $6::uuid, $7::jsonb, '{}' WHERE $5 IS NOT NULL
  )
  SELECT coalesce(max(failures), 0)::int AS failures FROM seen WHERE ends AND failures >= $8`;

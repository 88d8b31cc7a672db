import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Requester } from '@app/contracts';
import { type Clauses, type Given, statement } from '../database/statement';
import type { AuditAction } from '../outbox/audit-log';
import { OutboxSignal } from '../outbox/outbox-signal';
import { MESSAGE_COLUMNS, messageOf, type ToldAlone, WRITES } from '../outbox/outbox-writer';

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
  /** While it is spent nothing is taken of those that are wanted with it: no try was made. */
  refusesAll?: true;
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
  /** Recorded when so many failures in a row, or more, are cleared; it says how many they were. */
  alert?: { from: number; event: FailuresTold; requester: Requester };
  /** The try that was taken of these did not fail. */
  givenBack?: readonly BudgetName[];
  /** What the audit log says of the success. */
  note?: { action: AuditAction; accountId: string; requester: Requester };
}

/** An event with a number of failures, which the statement that counts them fills in. */
type FailuresTold = Extract<ToldAlone, { data: { failures: number } }>;

/**
 * Tries are counted in the database before they are judged, each by one atomic statement: parallel requests
 * through any number of replicas never judge more than `maxTries` in a window (security.md 20, 49, E11).
 */
@Injectable()
export class GuessBudget {
  constructor(
    private readonly dataSource: DataSource,
    private readonly signal: OutboxSignal,
  ) {}

  /** Takes one try of each budget that has one left; the others are spent. */
  async take(...budgets: readonly Budget[]): Promise<Grant> {
    const [row] = await this.dataSource.query<[GrantRow]>('SELECT spent, wait FROM take_guesses($1)', [
      budgetsJson(budgets),
    ]);
    return grantOf(row);
  }

  /**
   * After a success. All of it by one statement, with what is written beside it, whose answer it gives; so a sign-in takes
   * few. Of several together one finds the failures.
   */
  async settle(settlement: Settlement, ...beside: Clauses[]): Promise<unknown> {
    const [{ told, ...answer }] = await this.dataSource.query<[{ told: boolean }]>(
      ...statement((given) => settleBeside(settlement, beside, given)),
    );
    if (told) this.signal.raise();
    return answer;
  }

  /** A hard stop opens, a pause goes on: whoever can have this done gains no tries by it. */
  async endStreaks(budgets: readonly BudgetName[]): Promise<void> {
    await this.dataSource.query(END_STREAKS, [JSON.stringify(budgets)]);
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
    budgets.map(({ scope, key, maxTries, windowSeconds, maxInARow, pauseGrows, refusesAll }) => ({
      ...{ scope, key, max_tries: maxTries, window_seconds: windowSeconds },
      ...{ max_in_a_row: maxInARow ?? NO_HARD_STOP, pause_grows: pauseGrows ?? false },
      refuses_all: refusesAll ?? false,
    })),
  );
}

function settlementJson({ cleared = [], givenBack = [], note, alert }: Settlement): string {
  const named = (ends: boolean) => (budget: BudgetName) => ({ scope: budget.scope, key: budget.key, ends });
  return JSON.stringify({
    budgets: [...cleared.map(named(true)), ...givenBack.map(named(false))],
    note: note && { action: note.action, account_id: note.accountId, requester: note.requester },
    alert: alert && { from: alert.from, message: messageOf(alert.requester, [alert.event]) },
  });
}

// Locked in the order in which `take_guesses` does, as a settlement is.
const END_STREAKS = `
  UPDATE guess_budget b SET in_a_row = 0 FROM (
    SELECT b.scope, b.key FROM jsonb_to_recordset($1) AS n (scope text, key text)
    JOIN guess_budget b USING (scope, key) ORDER BY b.scope, b.key FOR UPDATE OF b
  ) AS seen WHERE b.scope = seen.scope AND b.key = seen.key`;

// Locked in the order in which `take_guesses` does. `told`: somebody is, of the failures.
const settleBeside = (settlement: Settlement, beside: readonly Clauses[], given: Given): string => `
  WITH ${beside.map(({ clauses }) => `${clauses(given)},`).join(' ')} asked AS MATERIALIZED (
    SELECT * FROM jsonb_to_record(${given(settlementJson(settlement))}) AS a (budgets jsonb, note jsonb, alert jsonb)
  ), seen AS MATERIALIZED (
    SELECT b.scope, b.key, b.in_a_row - 1 AS failures, n.ends
    FROM asked CROSS JOIN jsonb_to_recordset(budgets) AS n (scope text, key text, ends boolean)
    JOIN guess_budget b USING (scope, key) ORDER BY b.scope, b.key FOR UPDATE OF b
  ), cleared AS (
    DELETE FROM guess_budget b USING seen s WHERE b.scope = s.scope AND b.key = s.key AND s.ends
  ), given_back AS (
    UPDATE guess_budget b SET tries = greatest(b.tries - 1, 0), in_a_row = greatest(b.in_a_row - 1, 0)
    FROM seen s WHERE b.scope = s.scope AND b.key = s.key AND NOT s.ends
  ), noted AS (
    INSERT INTO audit_event (action, account_id, requester, details)
    SELECT n.*, '{}' FROM asked, jsonb_to_record(note) AS n (action text, account_id uuid, requester jsonb)
    WHERE note IS NOT NULL
  ), worst AS (
    SELECT to_jsonb(max(failures)) AS failures FROM seen, asked
    WHERE ends HAVING max(failures) >= min((alert ->> 'from')::int)
  ), message AS (
    SELECT m.id, m.requester, jsonb_set(m.events, '{0,data,failures}', failures) AS events, m.deliveries,
      jsonb_set(m.audit, '{0,details,failures}', failures) AS audit
    FROM worst, asked, jsonb_to_record(alert -> 'message') AS m (${MESSAGE_COLUMNS})
  ), ${WRITES}
  SELECT * FROM (SELECT EXISTS (SELECT FROM message) AS told) AS alert
  CROSS JOIN (${beside.find(({ answer }) => answer)?.answer ?? 'SELECT'}) AS answer`;

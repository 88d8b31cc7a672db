import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

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

/** Which of the wanted budgets are spent, and when the last of them opens again, in whole seconds. */
export interface Grant {
  spentScopes: readonly string[];
  retryAfterSeconds: number;
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
    const ordered = [...budgets].sort((a, b) => (a.scope + a.key < b.scope + b.key ? -1 : 1));
    const [row] = await this.dataSource.query<{ spent: string[]; wait: string | null }[]>(TAKE, [
      ordered.map((budget) => budget.scope),
      ordered.map((budget) => budget.key),
      ordered.map((budget) => budget.maxTries),
      ordered.map((budget) => budget.windowSeconds),
      ordered.map((budget) => budget.maxInARow ?? NO_HARD_STOP),
      ordered.map((budget) => budget.pauseGrows ?? false),
    ]);
    return { spentScopes: row?.spent ?? [], retryAfterSeconds: Math.max(1, Number(row?.wait ?? 1)) };
  }

  /** After a success: this budget starts anew. */
  async clear(budget: Pick<Budget, 'scope' | 'key'>): Promise<void> {
    await this.dataSource.query('DELETE FROM guess_budget WHERE scope = $1 AND key = $2', [budget.scope, budget.key]);
  }

  /** After a success: the try that was taken did not fail. */
  async giveBack(budget: Pick<Budget, 'scope' | 'key'>): Promise<void> {
    await this.dataSource.query(
      `UPDATE guess_budget SET tries = greatest(tries - 1, 0), in_a_row = greatest(in_a_row - 1, 0)
       WHERE scope = $1 AND key = $2`,
      [budget.scope, budget.key],
    );
  }
}

/** As `max_in_a_row`. */
export const NO_HARD_STOP = 2_147_483_647;
const LONGEST_PAUSE_SECONDS = 86_400;

// A row that a parallel try inserts meanwhile refuses this one without being seen by it: hence the outer join.
const TAKE = `
  WITH wanted AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::int[], $6::boolean[])
      AS w(scope, key, max_tries, window_seconds, max_in_a_row, pause_grows)
  ), taken AS (
    INSERT INTO guess_budget AS b (scope, key, max_tries, window_seconds, max_in_a_row, pause_grows, window_ends_at)
    SELECT w.*, now() + make_interval(secs => w.window_seconds) FROM wanted w
    ON CONFLICT (scope, key) DO UPDATE SET
      max_tries = EXCLUDED.max_tries, window_seconds = EXCLUDED.window_seconds,
      max_in_a_row = EXCLUDED.max_in_a_row, pause_grows = EXCLUDED.pause_grows,
      in_a_row = b.in_a_row + 1,
      tries = CASE WHEN b.window_ends_at <= now() THEN 1 ELSE b.tries + 1 END,
      lockouts = CASE WHEN b.window_ends_at <= now() AND b.tries >= b.max_tries THEN b.lockouts + 1 ELSE b.lockouts END,
      window_ends_at = CASE
        WHEN b.window_ends_at <= now() THEN EXCLUDED.window_ends_at
        WHEN b.tries + 1 >= EXCLUDED.max_tries THEN now() + make_interval(secs =>
          least(${LONGEST_PAUSE_SECONDS}, EXCLUDED.window_seconds * CASE WHEN EXCLUDED.pause_grows THEN power(2, least(b.lockouts, 20)) ELSE 1 END))
        ELSE b.window_ends_at END
    WHERE (b.window_ends_at <= now() OR b.tries < EXCLUDED.max_tries) AND b.in_a_row < EXCLUDED.max_in_a_row
    RETURNING scope, key
  )
  SELECT coalesce(array_agg(w.scope), '{}') AS spent,
    max(coalesce(ceil(extract(epoch FROM b.window_ends_at - now())), w.window_seconds)) AS wait
  FROM wanted w LEFT JOIN guess_budget b USING (scope, key)
  WHERE NOT EXISTS (SELECT 1 FROM taken t WHERE t.scope = w.scope AND t.key = w.key)`;

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { TakeGuesses1790000043000 } from './1790000043000-take-guesses';

/** A budget at its hard stop does not open with time: `take_guesses` says no seconds for it, and none when it is the only spent one. */
export class HardStop1790000049000 implements MigrationInterface {
  name = 'HardStop1790000049000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TAKE_GUESSES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION take_guesses');
    await new TakeGuesses1790000043000().up(runner);
  }
}

const LONGEST_PAUSE_SECONDS = 86_400;

// A row that a parallel try inserts meanwhile refuses this one without being seen by it: hence the outer join.
const TAKE_GUESSES = `
  CREATE OR REPLACE FUNCTION take_guesses(budgets jsonb, OUT spent text[], OUT wait numeric) LANGUAGE plpgsql AS $$
  BEGIN
    WITH wanted AS (
      SELECT * FROM jsonb_to_recordset(budgets)
        AS w(scope text, key text, max_tries int, window_seconds int, max_in_a_row int, pause_grows boolean)
    ), taken AS (
      INSERT INTO guess_budget AS b (scope, key, max_tries, window_seconds, max_in_a_row, pause_grows, window_ends_at)
      SELECT w.*, now() + make_interval(secs => w.window_seconds) FROM wanted w ORDER BY w.scope, w.key
      ON CONFLICT (scope, key) DO UPDATE SET
        max_tries = EXCLUDED.max_tries, window_seconds = EXCLUDED.window_seconds,
        max_in_a_row = EXCLUDED.max_in_a_row, pause_grows = EXCLUDED.pause_grows,
        in_a_row = b.in_a_row + 1,
        tries = CASE WHEN b.window_ends_at <= now() THEN 1 ELSE b.tries + 1 END,
        lockouts = CASE
          WHEN b.window_ends_at <= now() AND b.tries >= b.max_tries THEN b.lockouts + 1 ELSE b.lockouts END,
        window_ends_at = CASE
          WHEN b.window_ends_at <= now() THEN EXCLUDED.window_ends_at
          WHEN b.tries + 1 >= EXCLUDED.max_tries THEN now() + make_interval(secs => least(
            ${LONGEST_PAUSE_SECONDS},
            EXCLUDED.window_seconds * CASE WHEN EXCLUDED.pause_grows THEN power(2, least(b.lockouts, 20)) ELSE 1 END))
          ELSE b.window_ends_at END
      WHERE (b.window_ends_at <= now() OR b.tries < EXCLUDED.max_tries) AND b.in_a_row < EXCLUDED.max_in_a_row
      RETURNING b.scope, b.key
    )
    SELECT coalesce(array_agg(w.scope), '{}'),
      max(CASE WHEN b.in_a_row >= w.max_in_a_row THEN NULL
        ELSE coalesce(ceil(extract(epoch FROM b.window_ends_at - now())), w.window_seconds) END)
    INTO spent, wait
    FROM wanted w LEFT JOIN guess_budget b USING (scope, key)
    WHERE NOT EXISTS (SELECT 1 FROM taken t WHERE t.scope = w.scope AND t.key = w.key);
  END $$`;

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { HardStop1790000049000 } from './1790000049000-hard-stop';

/** A budget that `refuses_all` is spent for all: `take_guesses` takes nothing of those that are wanted with it, at no moment. */
export class RefusesAll1790000054000 implements MigrationInterface {
  name = 'RefusesAll1790000054000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TAKE_GUESSES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await new HardStop1790000049000().up(runner);
  }
}

const LONGEST_PAUSE_SECONDS = 86_400;

// `shut` needs no lock and moves no pause. What a parallel try spends meanwhile refuses after all was taken: then it is
// given back before anybody can see it. A row that a parallel try inserts is not seen by this one: hence the outer join.
const TAKE_GUESSES = `
  CREATE OR REPLACE FUNCTION take_guesses(budgets jsonb, OUT spent text[], OUT wait numeric) LANGUAGE plpgsql AS $$
  DECLARE is_refused boolean; taken_scopes text[];
  BEGIN
    WITH wanted AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(budgets) AS w(scope text, key text,
        max_tries int, window_seconds int, max_in_a_row int, pause_grows boolean, refuses_all boolean)
    ), shut AS MATERIALIZED (
      SELECT w.scope, w.key FROM wanted w JOIN guess_budget b USING (scope, key)
      WHERE w.refuses_all AND b.window_ends_at > now() AND b.tries >= w.max_tries
    ), taken AS (
      INSERT INTO guess_budget AS b (scope, key, max_tries, window_seconds, max_in_a_row, pause_grows, window_ends_at)
      SELECT w.scope, w.key, w.max_tries, w.window_seconds, w.max_in_a_row, w.pause_grows,
        now() + make_interval(secs => w.window_seconds)
      FROM wanted w WHERE NOT EXISTS (SELECT FROM shut) ORDER BY w.scope, w.key
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
    ), refused AS (
      SELECT * FROM wanted w WHERE NOT EXISTS (SELECT FROM taken t WHERE t.scope = w.scope AND t.key = w.key)
        AND (NOT EXISTS (SELECT FROM shut) OR EXISTS (SELECT FROM shut s WHERE s.scope = w.scope AND s.key = w.key))
    )
    SELECT coalesce(array_agg(w.scope), '{}'),
      max(CASE WHEN b.in_a_row >= w.max_in_a_row THEN NULL
        ELSE coalesce(ceil(extract(epoch FROM b.window_ends_at - now())), w.window_seconds) END),
      coalesce(bool_or(w.refuses_all), false), (SELECT array_agg(scope) FROM taken)
    INTO spent, wait, is_refused, taken_scopes
    FROM refused w LEFT JOIN guess_budget b USING (scope, key);
    IF is_refused THEN
      UPDATE guess_budget b SET tries = greatest(b.tries - 1, 0), in_a_row = greatest(b.in_a_row - 1, 0)
      FROM jsonb_to_recordset(budgets) AS w(scope text, key text)
      WHERE b.scope = w.scope AND b.key = w.key AND w.scope = ANY(taken_scopes);
    END IF;
  END $$`;

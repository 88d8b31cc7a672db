import pg from 'pg';
import { eventually } from '../../support/processes.mjs';

/** Any number that nothing else in the database locks. */
const GATE = 4_711;

const FUNCTION = `
  CREATE OR REPLACE FUNCTION stop_here() RETURNS trigger LANGUAGE plpgsql
  AS 'BEGIN PERFORM pg_advisory_xact_lock(${GATE}); RETURN coalesce(NEW, OLD); END'`;

/**
 * Whatever reaches one of `points` (as a trigger says when: `AFTER UPDATE ON account`) stands still there. `reached(n)`
 * resolves once `n` do; `lose()` ends their connections, as when the machine of the service is gone, and opens the way.
 */
export async function stopAt(database, points) {
  const gate = new pg.Client({ connectionString: database.url });
  await gate.connect();
  await gate.query(`SELECT pg_advisory_lock(${GATE})`);
  await gate.query(FUNCTION);
  for (const [n, point] of points.entries()) {
    await gate.query(`CREATE TRIGGER stop_${n} ${point} EXECUTE FUNCTION stop_here()`);
  }
  return standstill(gate, async () => {
    for (const [n, point] of points.entries()) {
      await gate.query(`DROP TRIGGER stop_${n} ON ${/ ON (\w+)/.exec(point)[1]}`);
    }
  });
}

/** The same for whatever so much as reads one of the tables. */
export async function stopReaders(database, tables) {
  const gate = new pg.Client({ connectionString: database.url });
  await gate.connect();
  await gate.query(`BEGIN; LOCK TABLE ${tables.join(', ')} IN ACCESS EXCLUSIVE MODE`);
  return standstill(gate, () => gate.query('ROLLBACK'));
}

function standstill(gate, open) {
  const count = async () => {
    // Inside a transaction PostgreSQL goes on showing the connections that there were at the first look.
    await gate.query('SELECT pg_stat_clear_snapshot()');
    return (await gate.query(WAITING)).rows[0].count;
  };
  return {
    reached: (n) => eventually(async () => (await count()) === n, `${n} that stand still`, 3),
    async lose() {
      await gate.query(LOSE);
      await eventually(async () => (await count()) === 0, 'end of those that stood still');
      await open();
      await gate.end();
    },
  };
}

const WAITING = `SELECT count(*)::int AS count FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'rekey' AND wait_event_type = 'Lock'`;
const LOSE = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'rekey'`;

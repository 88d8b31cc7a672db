// One version replaces another while people go on: a migration that is cut off, two that meet, and an older process on a newer schema.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import pg from 'pg';
import { ROOT } from '../support/api.mjs';
import { signedIn } from '../support/people.mjs';
import { newDatabase } from '../support/postgres.mjs';
import { eventually, run, start, stop } from '../support/processes.mjs';
import { startReplica, startReplicas } from '../support/replicas.mjs';
import { FLOWS } from './support/flows.mjs';
import { expectDone, prepared } from './support/outcomes.mjs';

const MIGRATE = [process.execPath, [join(ROOT, 'dist/apps/api/src/migrate.js')]];
const GATE = 4_712;

test('[K13] a migration that is killed half way leaves all of each step or nothing, and one that waits beside it goes on', async (t) => {
  const [database, reference] = [await newDatabase(), await newDatabase()];
  t.after(() => Promise.all([database.drop(), reference.drop()]));
  const { code, stdout } = await run(...migrating(reference));
  assert.equal(code, 0);
  const steps = await appliedTo(reference);
  assert.match(stdout, new RegExp(`^migrated: ${steps.join(', ')}\n$`));

  const gate = await gateAtSecondStep(database);
  const killed = start(...migrating(database));
  await gate.reached(1);
  const waiting = start(...migrating(database));
  await gate.reached(2);
  assert.deepEqual(await appliedTo(database), steps.slice(0, 1));
  await stop(killed, 'SIGKILL');
  await gate.open();

  const ended = await waiting.ended;
  assert.equal(ended.code, 0, ended.stderr);
  assert.equal(ended.stdout, `migrated: ${steps.slice(1).join(', ')}\n`);
  assert.deepEqual(await appliedTo(database), steps);
  assert.deepEqual(await database.query(SCHEMA), await reference.query(SCHEMA));
});

test('[K13] [I1] [I2] [I3] [I5] an older process serves on while the schema becomes a newer one, and takes no newer row for more than it knows', async (t) => {
  const { database, env, replicas } = await startReplicas(t, 1);
  const [replica] = replicas;
  const all = await prepared({ database, replica }, Object.keys(FLOWS));
  const tables = await database.query(TABLES);
  for (const { name } of tables) await database.query(`ALTER TABLE ${name} ADD COLUMN of_tomorrow text DEFAULT 'x'`);
  await database.query(`INSERT INTO migrations (timestamp, name) VALUES (9990000000000, 'OfTomorrow9990000000000')`);

  for (const { flow, person } of all) {
    const { status, text } = await flow.act(replica, person);
    assert.equal(Math.floor(status / 100), 2, text);
  }
  for (const each of all) await expectDone({ database, replica }, each);

  const [{ person }] = all;
  person.password = person.next;
  await database.query(`UPDATE account SET password_hash = replace(password_hash, 'p1:', 'p99:') WHERE id = $1`, [
    person.id,
  ]);
  const another = await startReplica(env);
  t.after(() => stop(another, 'SIGKILL'));
  for (const each of [replica, another]) {
    const { email, password } = person;
    assert.equal((await each.ask('POST', '/account/v1/sessions', { body: { email, password } })).status, 401);
    await signedIn(each, all.at(-1).person);
  }
});

const migrating = ({ url }) => [MIGRATE[0], MIGRATE[1], { env: { MIGRATION_DATABASE_URL: url } }];

const appliedTo = async (database) =>
  (await database.query('SELECT name FROM migrations ORDER BY id')).map(({ name }) => name);

/** The first step makes tables, the second is the first that alters one. */
async function gateAtSecondStep(database) {
  const gate = new pg.Client({ connectionString: database.url });
  await gate.connect();
  await gate.query(`SELECT pg_advisory_lock(${GATE})`);
  await gate.query(
    `CREATE FUNCTION stop_here() RETURNS event_trigger LANGUAGE plpgsql
       AS 'BEGIN PERFORM pg_advisory_xact_lock(${GATE}); END';
     CREATE EVENT TRIGGER stop_here ON ddl_command_end WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION stop_here()`,
  );
  return {
    reached: (count) =>
      eventually(async () => (await gate.query(WAITING)).rowCount === count, `${count} migrations that stand still`),
    async open() {
      await gate.query(`SELECT pg_advisory_unlock(${GATE})`);
      await gate.end();
    },
  };
}

const WAITING = `SELECT 1 FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'rekey' AND wait_event = 'advisory'`;
const TABLES = `SELECT table_name AS name FROM information_schema.tables
  WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> 'migrations'`;
const SCHEMA = `
  SELECT table_name || '.' || column_name || ' ' || data_type || is_nullable || coalesce(column_default, '') AS part
    FROM information_schema.columns WHERE table_schema = 'public'
  UNION SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
  ORDER BY 1`;

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { newAddress, serviceToken } from '../support/people.mjs';
import { eventually, stop } from '../support/processes.mjs';
import { startReplica, startReplicas } from '../support/replicas.mjs';
import { answersIn, importLines, openImport } from './support/imports.mjs';
import { stopAt } from './support/stops.mjs';

/** All of them, those that are answered before the replica is killed, and those that are one transaction. */
const [LINES, ANSWERED, BATCH] = [1000, 200, 200];
const HASH = `$2b$04$${'.'.repeat(53)}`;

/** Where the replica is killed, and whether so many accounts may stand then. */
const POINTS = {
  '[K2] after the accounts of a batch': {
    stopThere: (database) => stopAt(database, ['AFTER INSERT ON account']),
    maySurvive: (count) => count === ANSWERED,
  },
  '[K4] after their log and outbox, before the commit': {
    stopThere: (database) => stopAt(database, ['AFTER INSERT ON outbox_message']),
    maySurvive: (count) => count === ANSWERED,
  },
  '[K7] after the commit, its answer unread': {
    stopThere: batchUnread,
    maySurvive: (count) => count >= ANSWERED + BATCH,
  },
};

for (const [point, { stopThere, maySurvive }] of Object.entries(POINTS)) {
  test(`${point} [I4] [I5] [I10] a killed replica's import is sent again to another: what was answered stands, and each account and its event is there once`, async (t) => {
    const { database, env, replicas } = await startReplicas(t, 1);
    const [killed] = replicas;
    const token = await serviceToken(killed);
    const before = await countAll(database);
    const lines = Array.from(
      { length: LINES },
      () => `${JSON.stringify({ email: newAddress(), passwordHash: HASH })}\n`,
    );

    const { outgoing, told } = await importSome(killed, token, lines.slice(0, ANSWERED));
    const gate = await stopThere(database);
    outgoing.write(lines.slice(ANSWERED).join(''));
    await gate.reached(1);
    await stop(killed, 'SIGKILL');
    await gate.lose();

    const another = await startReplica(env);
    t.after(() => stop(another, 'SIGKILL'));
    const answers = await importLines(another, token, lines);
    const { created, exists } = answers.pop();
    t.diagnostic(`${exists} accounts stood`);
    assert.equal(created + exists, LINES);
    assert.ok(maySurvive(exists));
    const idsOf = (each) => each.map(({ id }) => id);
    assert.deepEqual(idsOf(told), idsOf(answers.slice(0, ANSWERED)));
    const { accounts, events, audited } = await countAll(database);
    assert.deepEqual(
      [accounts - before.accounts, events - before.events, audited - before.audited],
      [LINES, LINES, LINES],
    );
  });
}

/** The beginning of an import that goes on, once it was answered; the answers to the rest are left unread. */
async function importSome(replica, token, lines) {
  const outgoing = openImport(replica, token).on('error', () => undefined);
  outgoing.write(lines.join(''));
  const [answer] = await once(outgoing, 'response');
  let said = '';
  answer.setEncoding('utf8').on('error', () => undefined);
  answer.on('data', (chunk) => (said += chunk));
  await eventually(() => answersIn(said).length === lines.length, 'answer to every line');
  answer.pause();
  return { outgoing, told: answersIn(said) };
}

/** The end of a transaction after now, which nobody needs to be freed from. */
async function batchUnread(database) {
  const { accounts } = await countAll(database);
  const isDone = async () => (await countAll(database)).accounts > accounts;
  return { reached: () => eventually(isDone, 'batch that nobody has read'), lose: async () => undefined };
}

/** How many accounts there are, and how often it was told and written down that one was created. */
async function countAll(database) {
  const [counts] = await database.query(
    `SELECT
       (SELECT count(*)::int FROM account) AS accounts,
       (SELECT count(*)::int FROM outbox_message, jsonb_array_elements(events) e
        WHERE e ->> 'name' = 'account.created.v1') AS events,
       (SELECT count(*)::int FROM audit_event WHERE action = 'account.created.v1') AS audited`,
  );
  return counts;
}

// The process is killed at each point of each way to change an account: what it leaves is all or nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keptAlive } from '../support/kept-alive.mjs';
import { stop } from '../support/processes.mjs';
import { startReplica, startReplicas } from '../support/replicas.mjs';
import { FLOWS } from './support/flows.mjs';
import { expectDone, expectUndone, prepared } from './support/outcomes.mjs';
import { startCutter } from './support/proxy.mjs';
import { stopAt, stopReaders } from './support/stops.mjs';

const NAMES = Object.keys(FLOWS);
const [PASSWORD, EMAIL, UNDO, RESET, REFRESH, LOGOUT, SIGN_IN] = NAMES;
const READ_FIRST = ['account', 'session', 'refresh_token', 'reset_token', 'undo_token'];

/** Where the process stands still, who gets there, and whose try is counted by then: a right password clears its own. */
const POINTS = {
  '[K0] before any read': {
    names: NAMES,
    counted: [],
    stopThere: (database) => stopReaders(database, READ_FIRST),
  },
  '[K1] after the check, before anything is written': {
    names: NAMES,
    stopThere: (database) =>
      stopAt(database, [
        // A password that was proved right clears its budget.
        'BEFORE DELETE ON guess_budget',
        ...['account', 'session', 'refresh_token'].map((table) => `BEFORE UPDATE ON ${table}`),
      ]),
    counted: [PASSWORD, EMAIL, RESET, SIGN_IN],
  },
  '[K2] after the credential': {
    names: [PASSWORD, EMAIL, UNDO, RESET, REFRESH, SIGN_IN],
    // A sign-in's better hash commits together with the end of its try.
    counted: [EMAIL, RESET, SIGN_IN],
    stopThere: (database) => stopAt(database, ['AFTER UPDATE ON account', 'AFTER UPDATE ON refresh_token']),
  },
  '[K3] after the sessions': {
    names: [PASSWORD, EMAIL, UNDO, RESET, REFRESH, LOGOUT],
    counted: [EMAIL, RESET],
    stopThere: (database) => stopAt(database, ['AFTER UPDATE ON session']),
  },
  '[K4] after log and outbox, before the commit': {
    names: [PASSWORD, EMAIL, UNDO, RESET, LOGOUT],
    counted: [EMAIL, RESET],
    stopThere: (database) => stopAt(database, ['AFTER INSERT ON outbox_message FOR EACH ROW']),
  },
};

test('[K0] [K1] [K2] [K3] [K4] [I1] [I2] [I3] [I4] [I5] [I6] [I7] [I10] a process that is killed before its commit has changed nothing, and a retry does it', async (t) => {
  const installation = await newInstallation(t);
  for (const [point, { names, stopThere, counted }] of Object.entries(POINTS)) {
    await t.test(point, async () => {
      const all = await prepared(installation, names);
      const gate = await stopThere(installation.database);
      const answers = [];
      for (const { flow, person } of all) {
        answers.push(statusOrNone(flow.act(installation.replica, person)));
        await gate.reached(answers.length);
      }
      await installation.killAndStartAnew(() => gate.lose());
      assert.deepEqual(new Set(await Promise.all(answers)), new Set(['none']));

      const tries = await Promise.all(all.map(({ person }) => triesOf(installation, person)));
      assert.deepEqual(
        tries,
        names.map((name) => (counted.includes(name) ? 1 : 0)),
      );
      for (const each of all) await expectUndone(installation, each);
      for (const { flow, person } of all) {
        const { status, text } = await flow.act(installation.replica, person);
        assert.equal(Math.floor(status / 100), 2, text);
      }
      for (const each of all) await expectDone(installation, each);
    });
  }
});

test('[K7] [K8] [I1] [I2] [I3] [I4] [I5] [I7] whose answer is lost, all of it or half, and then the process, is done once', async (t) => {
  const installation = await newInstallation(t);
  const all = [...(await prepared(installation, NAMES)), ...(await prepared(installation, NAMES))];
  for (const [share, people] of [
    [0, all.slice(0, NAMES.length)],
    [1 / 2, all.slice(NAMES.length)],
  ]) {
    const cut = await startCutter(installation.replica.port, share);
    t.after(() => cut.close());
    const { ask } = keptAlive(cut.port, people.length);
    const answers = people.map(({ flow, person }) => statusOrNone(flow.act({ ask }, person)));
    assert.deepEqual(new Set(await Promise.all(answers)), new Set(['none']));
  }
  await installation.killAndStartAnew();
  for (const each of all) await expectDone(installation, each);
  for (const { name, flow, person } of all) {
    assert.deepEqual([name, (await flow.act(installation.replica, person)).status], [name, flow.again]);
  }
  for (const each of all) await expectDone(installation, each);
});

const statusOrNone = (answer) =>
  answer.then(
    ({ status }) => status,
    () => 'none',
  );

/** A database with one process, which can be killed. */
async function newInstallation(t) {
  const { database, env, replicas } = await startReplicas(t, 1);
  const installation = {
    database,
    replica: replicas[0],
    async killAndStartAnew(meanwhile = async () => undefined) {
      await stop(installation.replica, 'SIGKILL');
      await meanwhile();
      // What it was about to deliver need not wait for the end of its lease.
      await database.query(`UPDATE outbox_delivery SET available_at = now() WHERE status = 'due'`);
      installation.replica = await startReplica(env, { earlier: installation.replica });
    },
  };
  t.after(() => stop(installation.replica, 'SIGKILL'));
  return installation;
}

/** Without the mails that were asked for before the change. */
async function triesOf({ database }, { id }) {
  const [{ tries }] = await database.query(
    `SELECT coalesce(sum(tries), 0)::int AS tries FROM guess_budget WHERE key LIKE '%' || $1 AND scope <> 'mails-of-account'`,
    [id],
  );
  return tries;
}

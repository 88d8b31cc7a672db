import assert from 'node:assert/strict';
import { newPeople } from '../../support/people.mjs';
import { eventually } from '../../support/processes.mjs';
import { FLOWS } from './flows.mjs';

/** A person for each flow, with what the database says of it. */
export async function prepared(installation, names) {
  const people = await newPeople(installation.replica, names.length);
  const all = names.map((name, n) => ({ name, flow: FLOWS[name], person: people[n] }));
  await Promise.all(all.map(({ flow, person }) => flow.prepare(installation.replica, person, installation.database)));
  for (const each of all) each.facts = await factsOf(installation, each);
  return all;
}

export async function expectUndone(installation, { name, flow, person, facts }) {
  const { replica, database } = installation;
  assert.deepEqual([name, await flow.stateOf(replica, person, database)], [name, flow.before]);
  assert.deepEqual([name, await factsOf(installation, { person })], [name, facts]);
}

/** Once: with one more row in the log, and one more mail to the old address. */
export async function expectDone(installation, { name, flow, person, facts }) {
  const { replica, database } = installation;
  assert.deepEqual([name, await flow.stateOf(replica, person, database)], [name, flow.after]);
  const more = flow.tells ? 1 : 0;
  const expected = { changes: facts.changes + more, version: facts.version + more, alerts: facts.alerts + more };
  assert.deepEqual([name, await factsOf(installation, { person })], [name, expected]);
}

/** Once all mails are out: changes in the log, the account's version, and the mails to its first address. */
async function factsOf({ database }, { person }) {
  await eventually(async () => (await database.query(DUE)).length === 0, 'empty outbox');
  const [facts] = await database.query(FACTS, [person.id, person.email]);
  return facts;
}

const DUE = `SELECT 1 FROM outbox_delivery WHERE status = 'due'`;
const FACTS = `SELECT credential_version AS version,
    (SELECT count(*)::int FROM audit_event WHERE account_id = $1 AND action ~ '(changed|undone)') AS changes,
    (SELECT count(*)::int FROM mailbox_message WHERE recipient = $2) AS alerts
  FROM account WHERE id = $1`;

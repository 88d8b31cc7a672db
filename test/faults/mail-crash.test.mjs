// A mail that was sent and is not marked so, when the process or the network is lost, is sent again as the same mail.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expected, newAddress, newPeople, signedIn } from '../support/people.mjs';
import { eventually, stop } from '../support/processes.mjs';
import { startReplica, startReplicas } from '../support/replicas.mjs';
import { startSmtpSink } from '../support/smtp-sink.mjs';
import { stopAt } from './support/stops.mjs';

test('[K10] [K11] [I5] [I6] [I10] a mail that was accepted, and not marked when all was lost, comes once more with its id and code', async (t) => {
  const mails = await startSmtpSink();
  t.after(() => mails.close());
  const settings = { SMTP_URL: `smtp://127.0.0.1:${mails.port}`, MAIL_FROM: 'rekey@example.org' };
  const { database, env, replicas } = await startReplicas(t, 1, { settings });
  const person = await whoWantsToMove(replicas[0]);
  const gate = await stopAt(database, [
    `BEFORE UPDATE ON outbox_delivery FOR EACH ROW WHEN (NEW.status = 'done' AND NEW.target = '${person.newEmail}')`,
    `AFTER UPDATE ON outbox_delivery FOR EACH ROW WHEN (NEW.status = 'done' AND NEW.target = '${person.email}')`,
  ]);
  await askForAddress(replicas[0], person);
  await gate.reached(2);
  await stop(replicas[0], 'SIGKILL');
  await gate.lose();
  assert.equal(mails.received.length, 2);

  await makeDue(database);
  const replica = await startReplica(env, { earlier: replicas[0] });
  t.after(() => stop(replica, 'SIGKILL'));
  await expectSameTwice({ database, mails, replica }, person);

  // Without a crash: the server has the mails, and its word for that is lost.
  const other = await whoWantsToMove(replica);
  mails.hangsUp = true;
  await askForAddress(replica, other);
  await eventually(async () => (await database.query(FAILED)).length === 2, 'failed deliveries');
  mails.hangsUp = false;
  await makeDue(database);
  await expectSameTwice({ database, mails, replica }, other);
});

async function whoWantsToMove(replica) {
  const [person] = await newPeople(replica, 1);
  return { ...person, newEmail: newAddress(), token: (await signedIn(replica, person)).accessToken };
}

/** A code goes to the new address, a warning to the old one. */
async function askForAddress(replica, { token, newEmail, password }) {
  const body = { newEmail, currentPassword: password };
  expected(await replica.ask('POST', '/account/v1/me/email-change', { token, body }), 202);
}

/** Each mail twice, and nothing left in the outbox; the code that stands in it works. */
async function expectSameTwice({ database, mails, replica }, { email, newEmail, token }) {
  await eventually(async () => (await database.query(UNFINISHED)).length === 0, 'empty outbox');
  for (const [address, secret] of [
    [email, /email-change\/cancel\/([\w-]+)/],
    [newEmail, /^Your code: (\d{6})/m],
  ]) {
    const raws = mails.received.filter(({ to }) => to.includes(address)).map(({ raw }) => raw.replaceAll('=\r\n', ''));
    const [first, ...again] = raws.map((raw) => [/^Message-ID:\s+(\S+)/im, secret].map((part) => part.exec(raw)[1]));
    assert.deepEqual(again, [first]);
    if (address === newEmail) {
      const body = { code: first[1] };
      expected(await replica.ask('POST', '/account/v1/me/email-change/confirm', { token, body }), 200);
    }
  }
}

/** In place of waiting for the end of leases and pauses. */
const makeDue = (database) => database.query(`UPDATE outbox_delivery SET available_at = now() WHERE status = 'due'`);
const UNFINISHED = `SELECT 1 FROM outbox_delivery WHERE status <> 'done' OR sealed IS NOT NULL`;
const FAILED = `SELECT 1 FROM outbox_delivery WHERE status = 'due' AND last_error IS NOT NULL`;

// Guesses that come all at once, through two processes and every door: few of them are judged.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expected, mailed, me, newAddress, newPeople, signedIn } from '../support/people.mjs';
import { startReplicas } from '../support/replicas.mjs';
import { DEVICE } from './support/doors.mjs';

const [GUESSES, JUDGED] = [200, 5];

/** Where a person signs in. */
const DOORS = [
  (replica, { email, password }) => replica.ask('POST', '/account/v1/sessions', { body: { email, password } }),
  (replica, { email, password }) =>
    replica.ask('POST', '/api/v2/sdk/login', { headers: DEVICE, body: { user_name: email, password } }),
  (replica, { email, password }) =>
    replica.ask('POST', '/v1/auth/login', { body: { provider: 'traditional', payload: { email, password } } }),
];

test(`[S-20] [S-33] [S-49] of ${GUESSES} guesses at once through two processes at most ${JUDGED} are judged`, async (t) => {
  const settings = { ACCOUNT_FAILURES: JUDGED };
  const { database, replicas } = await startReplicas(t, 2, { settings, connections: GUESSES / 2 });
  const [ada, bob] = await newPeople(replicas[0], 2);

  await t.test('at a password, by all doors; then the right one is refused', async () => {
    await all((n) => DOORS[n % 3](replicas[n % 2], { ...ada, password: `wrong guess number ${n}` }));
    const { 'sign-in.failed': judged, ...others } = await actionsOf(database, ada);
    assert.ok(judged >= 1 && judged <= JUDGED, `${judged} were judged`);
    // Where too many wait for a hash, one is refused before it is judged, and is in no log.
    assert.deepEqual(Object.keys(others), ['account.created.v1', 'sign-in.refused']);
    for (const signIn of DOORS) for (const replica of replicas) assert.equal(isOpen(await signIn(replica, ada)), false);
  });

  await t.test('at a code; then the right one is refused', async () => {
    const { accessToken: token } = await signedIn(replicas[0], bob);
    const body = { newEmail: newAddress(), currentPassword: bob.password };
    expected(await replicas[0].ask('POST', '/account/v1/me/email-change', { token, body }), 202);
    const right = await mailed(replicas[0], body.newEmail, /\b(\d{6})\b/);
    const codeOfAnswer = async (replica, code) =>
      (await replica.ask('POST', '/account/v1/me/email-change/confirm', { token, body: { code } })).body.code;

    const answers = await all((n) => codeOfAnswer(replicas[n % 2], otherThan(right, n)));
    assert.deepEqual(new Set(answers), new Set(['code.invalid']));
    const { 'code.wrong': judged, 'code.refused': refused } = await actionsOf(database, bob);
    assert.deepEqual([judged, refused], [JUDGED, GUESSES - JUDGED]);
    for (const replica of replicas) assert.equal(await codeOfAnswer(replica, right), 'code.invalid');
    assert.equal((await me(replicas[0], token)).body.email, bob.email);
  });
});

/** All are on their way before the first is answered. */
const all = (ask) => Promise.all(Array.from({ length: GUESSES }, (_, n) => ask(n)));

const isOpen = ({ status, body }) => status < 300 && body.status !== false;

const otherThan = (code, n) => String((Number(code) + 1 + n) % 1_000_000).padStart(6, '0');

/** How often the log says what of somebody. */
async function actionsOf(database, { id }) {
  const rows = await database.query(
    'SELECT action, count(*)::int FROM audit_event WHERE account_id = $1 GROUP BY 1 ORDER BY 1',
    [id],
  );
  return Object.fromEntries(rows.map(({ action, count }) => [action, count]));
}

// Guesses that come all at once, through two processes and every door: few of them are judged.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changePassword, expected, mailed, me, newAddress, newPeople, signedIn } from '../support/people.mjs';
import { startReplicas } from '../support/replicas.mjs';
import { DEVICE } from './support/doors.mjs';

const [GUESSES, JUDGED] = [200, 5];

/** Where a person signs in. */
const SIGN_INS = [
  (replica, { email, password }) => replica.ask('POST', '/account/v1/sessions', { body: { email, password } }),
  (replica, { email, password }) =>
    replica.ask('POST', '/api/v2/sdk/login', { headers: DEVICE, body: { user_name: email, password } }),
  (replica, { email, password }) =>
    replica.ask('POST', '/v1/auth/login', { body: { provider: 'traditional', payload: { email, password } } }),
];

const NEW_PASSWORD = 'Another-passphrase-9';

/** Where somebody who is signed in proves the current password. */
const PROOFS = [
  (replica, { token, password }) => changePassword(replica, token, password, NEW_PASSWORD),
  (replica, { token, password: currentPassword }) =>
    replica.ask('POST', '/account/v1/me/email-change', { token, body: { newEmail: newAddress(), currentPassword } }),
  (replica, { token, password: old_password }) =>
    replica.ask('POST', '/api/v2/sdk/pwd/change', {
      ...{ token, headers: DEVICE },
      body: { old_password, new_password: NEW_PASSWORD },
    }),
  (replica, { token, password: oldPassword }) =>
    replica.ask('POST', '/v1/users/profile/change-password', {
      token,
      body: { oldPassword, newPassword: NEW_PASSWORD },
    }),
];
const DOORS = [...SIGN_INS, ...PROOFS];
const doorOf = (n) => DOORS[n % DOORS.length];

test(`[S-20] [S-33] [S-49] of ${GUESSES} guesses at once through two processes at most ${JUDGED} are judged`, async (t) => {
  const settings = { ACCOUNT_FAILURES: JUDGED };
  const { database, replicas } = await startReplicas(t, 2, { settings, connections: GUESSES / 2 });
  const [ada, bob, eve, dan] = await newPeople(replicas[0], 4);

  await t.test('at a password, by all doors of a sign-in; then the right one is refused', async () => {
    await all((n) => SIGN_INS[n % 3](replicas[n % 2], { ...ada, password: `wrong guess number ${n}` }));
    const { 'sign-in.failed': judged, ...others } = await actionsOf(database, ada);
    assert.ok(judged >= 1 && judged <= JUDGED, `${judged} were judged`);
    // Where too many wait for a hash, one is refused before it is judged, and is in no log.
    assert.deepEqual(Object.keys(others), ['account.created.v1', 'sign-in.refused']);
    for (const door of SIGN_INS) for (const replica of replicas) assert.equal(isOpen(await door(replica, ada)), false);
  });

  await t.test('at a current password, by each door that asks for it and by those of a sign-in together', async () => {
    const { accessToken: token } = await signedIn(replicas[0], eve);
    await all((n) => doorOf(n)(replicas[n % 2], { ...eve, token, password: `wrong guess number ${n}` }));
    const logged = await actionsOf(database, eve);
    const judged = (logged['sign-in.failed'] ?? 0) + (logged['password.current-wrong'] ?? 0);
    assert.ok(judged >= 1 && judged <= JUDGED, `${judged} were judged`);
    const asked = Array.from({ length: GUESSES }, (_, n) => doorOf(n)).filter((door) => PROOFS.includes(door)).length;
    assert.ok(logged['password.current-refused'] >= asked - JUDGED, 'a door does not count');
    for (const door of DOORS) {
      for (const replica of replicas) assert.equal(isOpen(await door(replica, { ...eve, token })), false);
    }
    assert.equal((await me(replicas[0], token)).body.email, eve.email);
  });

  await t.test('at a current password by the contract that asks for none', async () => {
    const { accessToken } = await signedIn(replicas[0], dan);
    const answers = await all(async (n) => {
      const request = { headers: { 'X-Access-Token': accessToken }, body: { pwd: dan.password } };
      return (await replicas[n % 2].ask('PUT', '/api/user/v1/update', request)).body.code;
    });
    const judged = answers.filter((code) => code === 2103).length;
    assert.ok(judged >= 1 && judged <= JUDGED, `answered: ${answers}`);
    assert.ok(answers.includes(4291), `answered: ${answers}`);
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

import {
  changePassword,
  expected,
  mailed,
  me,
  newAddress,
  newPassword,
  refresh,
  signedIn,
} from '../../support/people.mjs';

/** As another system stored it. */
const IMPORTED = {
  password: 'imported passphrase',
  hash: '$2b$04$FVbPA1NJjLGZ5KbcEzFkc.NUxTWDm3KlA.APXTp4r2Kyy/nIanNv2',
};
const ROOT = '/account/v1';

const statusOfSignIn = async (replica, email, password) =>
  (await replica.ask('POST', `${ROOT}/sessions`, { body: { email, password } })).status;

const statusOfMe = async (replica, { tokens }) => (await me(replica, tokens.accessToken)).status;

async function signInFirst(replica, person) {
  person.tokens = await signedIn(replica, person);
}

/** Asks for a new address, whose code is `person.code` then. */
async function askForAddress(replica, person) {
  await signInFirst(replica, person);
  person.newEmail = newAddress();
  const body = { newEmail: person.newEmail, currentPassword: person.password };
  const answer = await replica.ask('POST', `${ROOT}/me/email-change`, { token: person.tokens.accessToken, body });
  expected(answer, 202);
  person.code = await mailed(replica, person.newEmail, /\b(\d{6})\b/);
}

const confirm = (replica, { tokens, code }) =>
  replica.ask('POST', `${ROOT}/me/email-change/confirm`, { token: tokens.accessToken, body: { code } });

/**
 * Each way to change an account or a session: `prepare` a person, `act`, and `stateOf` what has become of it, which is
 * `before` or `after` and never anything between. `again`: how the same request is answered once it is done. `tells`:
 * whether it is a change of the credentials, with an alert.
 */
export const FLOWS = {
  'change of password': {
    tells: true,
    async prepare(replica, person) {
      Object.assign(person, { tokens: await signedIn(replica, person), next: newPassword() });
    },
    act: (replica, { tokens, password, next }) => changePassword(replica, tokens.accessToken, password, next),
    stateOf: passwordState,
    before: { old: 201, new: 401, token: 200 },
    after: { old: 401, new: 201, token: 401 },
    again: 401,
  },

  'change of e-mail': {
    tells: true,
    prepare: askForAddress,
    act: confirm,
    stateOf: addressState,
    before: { old: 201, new: 401, token: 200 },
    after: { old: 401, new: 201, token: 401 },
    again: 401,
  },

  undo: {
    tells: true,
    async prepare(replica, person) {
      await askForAddress(replica, person);
      person.tokens = expected(await confirm(replica, person), 200).tokens;
      person.link = await mailed(replica, person.email, /\/email-change\/undo\/([\w-]+)/);
    },
    act: (replica, { link }) => replica.ask('POST', `${ROOT}/email-change/undo`, { body: { token: link } }),
    stateOf: addressState,
    before: { old: 401, new: 201, token: 200 },
    // Nobody signs in before a reset by the old mailbox.
    after: { old: 401, new: 401, token: 401 },
    again: 422,
  },

  reset: {
    tells: true,
    async prepare(replica, person) {
      Object.assign(person, { tokens: await signedIn(replica, person), next: newPassword() });
      expected(await replica.ask('POST', `${ROOT}/password-reset`, { body: { email: person.email } }), 202);
      person.link = await mailed(replica, person.email, /\/password-reset\/([\w-]+)/);
    },
    act: (replica, { link, next }) =>
      replica.ask('POST', `${ROOT}/password-reset/confirm`, { body: { token: link, newPassword: next } }),
    stateOf: passwordState,
    before: { old: 201, new: 401, token: 200 },
    after: { old: 401, new: 201, token: 401 },
    again: 422,
  },

  refresh: {
    prepare: signInFirst,
    act: (replica, { tokens }) => refresh(replica, tokens),
    stateOf: async (replica, person, database) => ({
      token: await statusOfMe(replica, person),
      leaves: await refreshTokens(database, person, 'spent_at IS NULL'),
      spent: await refreshTokens(database, person, 'spent_at IS NOT NULL'),
    }),
    before: { token: 200, leaves: 1, spent: 0 },
    after: { token: 200, leaves: 1, spent: 1 },
    again: 200,
  },

  logout: {
    prepare: signInFirst,
    act: (replica, { tokens }) => replica.ask('DELETE', `${ROOT}/sessions/current`, { token: tokens.accessToken }),
    stateOf: async (replica, person) => ({ token: await statusOfMe(replica, person) }),
    before: { token: 200 },
    after: { token: 401 },
    again: 204,
  },

  'sign-in with an imported hash': {
    async prepare(_, person, database) {
      person.password = IMPORTED.password;
      await database.query('UPDATE account SET password_hash = $2 WHERE id = $1', [person.id, `raw:${IMPORTED.hash}`]);
    },
    act: (replica, { email, password }) => replica.ask('POST', `${ROOT}/sessions`, { body: { email, password } }),
    stateOf: async (_, { id }, database) => {
      const form = `SELECT split_part(password_hash, ':', 1) AS form FROM account WHERE id = $1`;
      return (await database.query(form, [id]))[0];
    },
    before: { form: 'raw' },
    after: { form: 'p1' },
    again: 201,
  },
};

async function passwordState(replica, person) {
  return {
    new: await statusOfSignIn(replica, person.email, person.next),
    old: await statusOfSignIn(replica, person.email, person.password),
    token: await statusOfMe(replica, person),
  };
}

async function addressState(replica, person) {
  return {
    old: await statusOfSignIn(replica, person.email, person.password),
    new: await statusOfSignIn(replica, person.newEmail, person.password),
    token: await statusOfMe(replica, person),
  };
}

async function refreshTokens(database, { tokens }, which) {
  const [{ count }] = await database.query(
    `SELECT count(*)::int AS count FROM refresh_token WHERE session_id = $1 AND ${which}`,
    [tokens.session.id],
  );
  return count;
}

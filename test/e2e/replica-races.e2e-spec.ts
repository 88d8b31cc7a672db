import { bootApi, type TestApi } from '../support/boot-api';
import { databaseKind } from '../support/database';
import { anAccount, aSession } from '../support/factories';
import { bearer, type HttpAnswer } from '../support/http-client';
import { bootReplica } from '../support/replica';
import { introspect } from '../support/surfaces';
import * as native from './native-driver';
import { address } from './undo-driver';

const { ROOT, STRONG_PASSWORD } = native;
// The embedded database has one session: less can meet there.
const ROUNDS = databaseKind === 'postgres' ? 15 : 3;
const CODE_TRIES = 5;

let a: TestApi;
let b: TestApi;
beforeAll(async () => {
  const settings = { codeResendSeconds: 0, mailsPerAddressPerHour: 1000, codeTries: CODE_TRIES };
  a = await bootApi(settings);
  b = await bootReplica(a, settings);
});
afterAll(async () => {
  await b.close();
  await a.close();
});

/** Each round with people of its own, and the two replicas the other way round. */
async function rounds(play: (one: TestApi, other: TestApi, round: number) => Promise<void>): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) await (round % 2 === 0 ? play(a, b, round) : play(b, a, round));
}

/** None is a failure of ours. */
function statusesOf(answers: readonly HttpAnswer[]): number[] {
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status >= 500)).toEqual([]);
  return statuses;
}

const times = <T>(count: number, ask: (n: number) => Promise<T>): Promise<T>[] =>
  Array.from({ length: count }, (_, n) => ask(n));

async function aPersonWhoMoves() {
  const account = await anAccount(a);
  const headers = bearer((await aSession(a, account)).accessToken);
  const newEmail = `new-${account.email}`;
  expect((await native.startEmailChange(a, headers, newEmail)).status).toBe(202);
  return { account, headers, newEmail };
}

const wrongCodes = (right: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => String((Number(right) + n + 1) % 1_000_000).padStart(6, '0'));

it('[R6] [I1] [I2] [I3] [I5] of a change of password and a confirmed address exactly one happens, as a whole', () =>
  rounds(async (one, other) => {
    const { account, headers, newEmail } = await aPersonWhoMoves();
    const elsewhere = bearer((await aSession(a, account)).accessToken);
    const code = await native.codeTo(a, newEmail);
    const answers = await Promise.all([
      native.changePassword(one, elsewhere, { signOut: 'everywhere' }),
      native.confirmEmailChange(other, headers, code, 'everywhere'),
    ]);
    const won = statusesOf(answers).map((status) => status === 200);
    expect(won.filter(Boolean)).toHaveLength(1);
    const email = won[1] ? newEmail : account.email;
    const password = won[0] ? STRONG_PASSWORD : account.password;
    const signIns = [account.email, newEmail].flatMap((each) =>
      [account.password, STRONG_PASSWORD].map((word) => ({ email: each, password: word })),
    );
    for (const credentials of signIns) {
      const isRight = credentials.email === email && credentials.password === password;
      expect((await native.trySignIn(one, credentials)).status).toBe(isRight ? 201 : 401);
    }
    for (const old of [headers, elsewhere]) expect((await one.http.get(`${ROOT}/me`, old)).status).toBe(401);
    expect(await changesLogged(account.id)).toBe(1);
    const alerts = (await a.mailsTo(account.email)).filter(({ subject }) => /changed/.test(subject));
    expect(alerts).toHaveLength(1);
    expect((await native.confirmEmailChange(other, headers, code)).status).toBe(401);
  }));

/** How many changes of its password or address the log holds. */
async function changesLogged(accountId: string): Promise<number> {
  const [row] = await a.dataSource.query<{ count: number }[]>(
    `SELECT count(*)::int AS count FROM audit_event WHERE account_id = $1
     AND action IN ('account.password-changed.v1', 'account.email-changed.v1')`,
    [accountId],
  );
  return row?.count ?? 0;
}

it('[S-55] [R11] [I4] of four who prove one address at once exactly one gets it, and the others keep all they had', () =>
  rounds(async (one, other) => {
    const newEmail = address('wanted');
    const people = [];
    for (let n = 0; n < 4; n++) {
      const account = await anAccount(a);
      const headers = bearer((await aSession(a, account)).accessToken);
      await native.startEmailChange(a, headers, newEmail);
      people.push({ account, headers, code: await native.codeTo(a, newEmail) });
    }
    const answers = await Promise.all(
      people.map(({ headers, code }, n) =>
        native.confirmEmailChange(n % 2 === 0 ? one : other, headers, code, 'everywhere'),
      ),
    );
    expect(statusesOf(answers).filter((status) => status === 200)).toHaveLength(1);
    for (const [n, { account, headers }] of people.entries()) {
      const hasWon = answers[n]?.status === 200;
      if (!hasWon) expect(['email.unavailable', 'code.invalid']).toContain(answers[n]?.body.code);
      expect((await one.http.get(`${ROOT}/me`, headers)).status).toBe(hasWon ? 401 : 200);
      expect(await changesLogged(account.id)).toBe(hasWon ? 1 : 0);
      const signIn = await native.trySignIn(other, { ...account, email: hasWon ? newEmail : account.email });
      expect((await native.me(one, signIn.body)).body.id).toBe(account.id);
    }
  }));

it('[R13] [I2] two accounts that ask for each other’s address both keep their own', () =>
  rounds(async (one, other) => {
    const [first, second] = [await anAccount(a), await anAccount(a)];
    const move = async (api: TestApi, account: typeof first, eml: string): Promise<HttpAnswer> => {
      const { accessToken } = await aSession(a, account);
      return api.http.put('/api/user/v1/update', { eml }, { 'X-Access-Token': accessToken });
    };
    const answers = await Promise.all([move(one, first, second.email), move(other, second, first.email)]);
    statusesOf(answers);
    expect(new Set(answers.map(({ body }) => body.code)).size).toBe(1);
    for (const { body } of answers) expect(body.code).not.toBe(0);
    for (const account of [first, second]) expect((await native.trySignIn(one, account)).status).toBe(201);
  }));

it(`[R15] [I6] of guesses that meet resends ${CODE_TRIES} are judged, and the newest code is good while one is left`, () =>
  rounds(async (one, other, round) => {
    const { account, headers, newEmail } = await aPersonWhoMoves();
    const guesses = round % 3 === 0 ? CODE_TRIES - 1 : CODE_TRIES + 3;
    const wrong = wrongCodes(await native.codeTo(a, newEmail), guesses);
    const resend = (n: number) =>
      (n % 2 === 0 ? one : other).http.post(`${ROOT}/me/email-change/resend`, undefined, headers);
    const answers = await Promise.all([
      ...wrong.map((code, n) => native.confirmEmailChange(n % 2 === 0 ? other : one, headers, code)),
      ...times(3, resend),
    ]);
    expect(statusesOf(answers.slice(0, guesses))).toEqual(wrong.map(() => 422));
    // Mails that wait together come in any order: the last one is asked for by itself.
    await a.drain();
    expect((await resend(0)).status).toBe(202);
    const isOver = guesses >= CODE_TRIES;
    const right = await native.codeTo(a, newEmail);
    expect((await native.confirmEmailChange(one, headers, right, 'everywhere')).status).toBe(isOver ? 422 : 200);
    expect((await native.trySignIn(one, { ...account, email: newEmail })).status).toBe(isOver ? 401 : 201);
  }));

it('[R18] [I8] from the answer to a logout on no introspection on any replica says active', () =>
  rounds(async (one, other) => {
    const { accessToken } = await aSession(a, await anAccount(a));
    const isActive = async (api: TestApi): Promise<boolean> => (await introspect(api, accessToken)).body.active;
    expect(await isActive(other)).toBe(true);
    const saidAfter: boolean[] = [];
    let isOut = false;
    const stream = async (api: TestApi): Promise<void> => {
      while (saidAfter.length < 12) {
        const isAfter = isOut;
        const active = await isActive(api);
        if (isAfter) saidAfter.push(active);
      }
    };
    const streams = [one, other, one, other].map(stream);
    const loggedOut = await one.http.delete(`${ROOT}/sessions/current`, bearer(accessToken));
    isOut = true;
    await Promise.all(streams);
    expect(loggedOut.status).toBe(204);
    expect(saidAfter).toEqual(saidAfter.map(() => false));
  }));

it('[R19] [I1] of many links that were asked for while one was used the newest works at most, once', () =>
  rounds(async (one, other) => {
    const account = await anAccount(a);
    const ask = (api: TestApi) => api.http.post(`${ROOT}/password-reset`, { email: account.email });
    await ask(a);
    const earlier = await native.tokenTo(a, account.email, '/password-reset');
    const reset = (api: TestApi, token: string, newPassword: string) =>
      api.http.post(`${ROOT}/password-reset/confirm`, { token, newPassword });
    const [used, ...asked] = await Promise.all([
      reset(one, earlier, STRONG_PASSWORD),
      ...times(10, (n) => ask(n % 2 === 0 ? other : one)),
    ]);
    expect(statusesOf(asked)).toEqual(asked.map(() => 202));
    statusesOf([used]);
    const links = (await a.mailsTo(account.email)).flatMap(
      ({ text }) => /\/password-reset\/([\w-]+)$/m.exec(text)?.[1] ?? [],
    );
    expect(links.length).toBeGreaterThan(10);
    const tried: HttpAnswer[] = [];
    for (const [n, link] of links.entries()) tried.push(await reset(other, link, `${STRONG_PASSWORD} number ${n}`));
    const winner = statusesOf(tried).indexOf(204);
    expect(tried.filter(({ status }) => status === 204).length).toBeLessThanOrEqual(1);
    const last = used.status === 204 ? STRONG_PASSWORD : account.password;
    const password = winner < 0 ? last : `${STRONG_PASSWORD} number ${winner}`;
    expect((await native.trySignIn(one, { ...account, password })).status).toBe(201);
    for (const old of [account.password, STRONG_PASSWORD].filter((word) => word !== password)) {
      expect((await native.trySignIn(one, { ...account, password: old })).status).toBe(401);
    }
  }));

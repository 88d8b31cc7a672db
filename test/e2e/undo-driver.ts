import { randomUUID } from 'node:crypto';
import type { TestApi } from '../support/boot-api';
import { aSession, anAccount, type TestAccount } from '../support/factories';
import { bearer, type HttpAnswer } from '../support/http-client';
import { RENEWAL_DOORS, TOKEN_DOORS, type Tokens } from '../support/surfaces';
import { codeTo, confirmEmailChange, ROOT, startEmailChange, tokenTo } from './native-driver';

export const UNDO_PAGE = '/email-change/undo';

/** The address of a mailbox, by whose it is. */
export const address = (name: string) => `${name}-${randomUUID().slice(0, 8)}@example.org`;

export const undo = (api: TestApi, token: string): Promise<HttpAnswer> =>
  api.http.post(`${ROOT}${UNDO_PAGE}`, { token });

/** By the newest link that a mailbox has. */
export const undoFrom = async (api: TestApi, mailbox: string): Promise<HttpAnswer> =>
  undo(api, await tokenTo(api, mailbox, UNDO_PAGE));

export async function emailOf(api: TestApi, { id }: TestAccount): Promise<string> {
  return (await api.dataSource.query('SELECT email FROM account WHERE id = $1', [id]))[0].email;
}

export const sessionOf = async (api: TestApi, account: TestAccount) => (await aSession(api, account)).accessToken;

/** A change by the code that is mailed to the new address. */
export async function prove(api: TestApi, account: TestAccount, email: string): Promise<TestAccount> {
  const headers = bearer(await sessionOf(api, account));
  await startEmailChange(api, headers, email);
  expect((await confirmEmailChange(api, headers, await codeTo(api, email))).status).toBe(200);
  await api.drain();
  return { ...account, email };
}

/** A change by the contract that asks for no code. */
export async function put(api: TestApi, account: TestAccount, email: string): Promise<TestAccount> {
  expect(await codeOfPut(api, account, email)).toBe(0);
  await api.drain();
  return { ...account, email };
}

export async function codeOfPut(api: TestApi, account: TestAccount, eml: string): Promise<number> {
  const headers = { 'X-Access-Token': await sessionOf(api, account) };
  return (await api.http.put('/api/user/v1/update', { eml }, headers)).body.code;
}

/** A thief has the account under another address; `token` is in the owner's mailbox. */
export async function aTheft(api: TestApi) {
  const account = await anAccount(api);
  const thief = await put(api, account, address('thief'));
  return { account, thief, token: await tokenTo(api, account.email, UNDO_PAGE) };
}

export async function expectNothingGood(api: TestApi, tokens: Omit<Tokens, 'all'>): Promise<void> {
  for (const [door, accepts] of Object.entries(TOKEN_DOORS)) {
    expect([door, await accepts(api, tokens.access)]).toEqual([door, false]);
  }
  for (const [door, renews] of Object.entries(RENEWAL_DOORS)) {
    expect([door, await renews(api, tokens)]).toEqual([door, false]);
  }
}

/** How many turns of the event loop pass until there is an answer, or `most`. */
async function turnsUntil(answer: Promise<unknown>, most: number): Promise<number> {
  let isThere = false;
  const end = () => void (isThere = true);
  answer.then(end, end);
  let passed = 0;
  for (; !isThere && passed < most; passed++) await new Promise(setImmediate);
  return passed;
}

/** Waits for the whole of the first answer, to learn how long it takes, and each time for a longer part of one. */
export function longerEachTime(times: number): (answer: Promise<unknown>) => Promise<void> {
  let [round, whole] = [0, Infinity];
  return async (answer) => {
    const passed = await turnsUntil(answer, round === 0 ? Infinity : (whole * round) / times);
    if (round++ === 0) whole = passed;
  };
}

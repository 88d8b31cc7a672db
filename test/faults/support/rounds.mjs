import { introspected, me, refresh, refreshed, signedIn } from '../../support/people.mjs';
import { DEEDS } from './deeds.mjs';

/** How often what was answered with which status, e.g. `{old: {401: 12}}`. */
export function newTally() {
  const counts = {};
  const count = (what, status) => {
    counts[what] ??= {};
    counts[what][status] = (counts[what][status] ?? 0) + 1;
  };
  return {
    counts,
    count,
    answer: async (what, answer) => count(what, (await answer).status),
    verdict: async (what, answer) => count(what, verdictOf(await answer)),
  };
}

/** `live`, or letter by letter what a service is told of a token that is not. */
function verdictOf({ status, text, body }) {
  if (status !== 200) return status;
  return body.active ? 'live' : text;
}

/** What happens in a person's n-th turn: always a new password, and something else now and then. */
export function deedsOf(turn) {
  const others = { 3: 'logout', 8: 'revoke', 13: 'email' };
  return ['password', others[turn % 20]].filter(Boolean);
}

/**
 * One deed on one replica. Whatever is asked once its answer is there must refuse all older tokens and take the newest,
 * on every replica. What was sent before may go either way.
 */
export async function round(person, deed, { replicas, service, tally, turn }) {
  const at = (offset) => replicas[(turn + offset) % replicas.length];
  const older = await olderTokens(person, at, turn);
  const deedDone = DEEDS[deed](at(0), person, service);
  const askMeanwhile = () => tally.answer('under way', me(at(1), older[0]));
  const underWay = turn % 16 === 0 ? askUntil(deedDone, askMeanwhile) : askMeanwhile();
  const kept = await deedDone;
  const judged = [
    ...replicas.flatMap((replica) => older.map((token) => tally.answer('old', me(replica, token)))),
    ...replicas.map((replica) => tally.verdict('old introspected', introspected(replica, older.at(-1)))),
    tally.answer('old refresh', refresh(at(1), person.tokens)),
  ];
  person.tokens = kept ?? (await signedIn(at(1), person));
  for (const replica of replicas) {
    judged.push(tally.answer('new', me(replica, person.tokens.accessToken)));
    judged.push(tally.verdict('new introspected', introspected(replica, person.tokens.accessToken)));
  }
  await Promise.all([...judged, underWay]);
  tally.count('deeds', deed);
}

/** One request after another: a result that somebody kept would be fresh when the answer comes. */
async function askUntil(deedDone, ask) {
  let isDone = false;
  const end = () => (isDone = true);
  deedDone.then(end, end);
  while (!isDone) await ask();
}

/** The access tokens that a person has: of this session, now and then of before its last refresh, and of another one. */
async function olderTokens(person, at, turn) {
  const tokens = [person.tokens.accessToken];
  if (turn % 5 === 1) {
    person.tokens = await refreshed(at(1), person.tokens);
    tokens.push(person.tokens.accessToken);
  }
  if (turn % 5 === 2) tokens.push((await signedIn(at(1), person)).accessToken);
  return tokens;
}

import fc from 'fast-check';
import { bootApi, type TestApi } from '../support/boot-api';
import { bearer, type HeaderMap, type HttpAnswer } from '../support/http-client';
import { CODE_TRIES, EmailChangeModel, type ModelSession } from './email-change-model';
import * as native from './native-driver';
import { address, undo, UNDO_PAGE } from './undo-driver';

const { ROOT } = native;
const PENDING = `${ROOT}/me/email-change`;
const RUNS = 100;
/** Below that of Jest, which says no seed. */
const TIME_LIMIT_MS = 30_000;
const LONGEST_RUN = 30;
/** Shorter than any session idles. */
const LONGEST_STORY_DAYS = 13;

let api: TestApi;
beforeAll(async () => {
  api = await bootApi({ codeResendSeconds: 0, accountFailures: 99 });
});
afterAll(() => api.close());

type Command = fc.AsyncCommand<EmailChangeModel, undefined>;
type Caller = Pick<ModelSession, 'live'> & { headers: HeaderMap };
/** Sends one thing, expects what the model says of it, and moves the model on. */
type Step = (model: EmailChangeModel, pick: number, caller: Caller) => Promise<HttpAnswer>;

const met = new Set<string>();

type Possible = (model: Readonly<EmailChangeModel>) => boolean;

/** Weighed against the others. */
function command(weight: number, name: string, possible: Possible = () => true) {
  const arbitrary: fc.Arbitrary<Command> = fc.tuple(fc.nat(9), fc.nat(9)).map(([who, pick]) => ({
    check: possible,
    run: async (model) => {
      const { tokens, live } = sessionOf(model, who);
      const answer = await STEPS[name]!(model, pick, { live, headers: bearer(tokens.accessToken) });
      met.add(`${name} ${answer.status}`);
      // Mails that wait together come in any order.
      await api.drain();
      await expectAsModelled(model);
    },
    toString: () => `${name}(${who}, ${pick})`,
  }));
  return { weight, arbitrary };
}

/** Mostly one that is live, if any is. */
function sessionOf({ sessions, liveSessions }: EmailChangeModel, who: number): ModelSession {
  const among = who < 9 && liveSessions.length > 0 ? liveSessions : sessions;
  return among[who % among.length]!;
}

/** Mostly the newest. */
const oneOf = (values: readonly string[], pick: number): string =>
  values.at(pick < 7 ? -1 : pick % values.length) ?? 'none yet';

function expectAnswer(answer: HttpAnswer, status: number, code?: string): HttpAnswer {
  expect([answer.status, answer.body?.code]).toEqual([status, code]);
  return answer;
}

const signOutOf = (pick: number) => (pick < 8 ? 'others' : 'everywhere');

/** What anybody may do next, in any order, with whatever they were given at any time. */
const STEPS: Record<string, Step> = {
  start: async (model, _pick, { live, headers }) => {
    const newEmail = address('next');
    const answer = await native.startEmailChange(api, headers, newEmail, model.password);
    if (!live) return expectAnswer(answer, 401, 'access-token.invalid');
    const cancelToken = await native.tokenTo(api, model.email, '/email-change/cancel');
    model.ask({ newEmail, code: await native.codeTo(api, newEmail), cancelToken });
    return expectAnswer(answer, 202);
  },
  resend: async (model, _pick, { live, headers }) => {
    const answer = await api.http.post(`${PENDING}/resend`, undefined, headers);
    if (!live) return expectAnswer(answer, 401, 'access-token.invalid');
    if (!model.pending) return expectAnswer(answer, 404, 'email-change.not-pending');
    model.resend(await native.codeTo(api, model.pending.newEmail));
    return expectAnswer(answer, 202);
  },
  'confirm by a mailed code': (model, pick, caller) => confirm(model, oneOf(model.codes, pick), pick, caller),
  'confirm by wrong codes': async (model, pick, caller) => {
    const wrong = native.wrongCode(model.pending?.code ?? '0');
    for (let left = pick < 5 ? 0 : CODE_TRIES - 1; left > 0; left--) await confirm(model, wrong, pick, caller);
    return confirm(model, wrong, pick, caller);
  },
  cancel: async (model, _pick, { live, headers }) => {
    const answer = await api.http.delete(PENDING, headers);
    if (!live) return expectAnswer(answer, 401, 'access-token.invalid');
    if (!model.pending) return expectAnswer(answer, 404, 'email-change.not-pending');
    model.pending = null;
    return expectAnswer(answer, 204);
  },
  'cancel by link': async (model, pick) => {
    const token = oneOf(model.cancelTokens, pick);
    const answer = await api.http.post(`${ROOT}/email-change/cancel`, { token });
    if (token !== model.pending?.cancelToken) return expectAnswer(answer, 422, 'link.invalid');
    model.pending = null;
    return expectAnswer(answer, 200);
  },
  undo: async (model, pick) => {
    const token = oneOf(model.undoTokens, pick);
    const answer = await undo(api, token);
    const email = model.undo(token);
    if (email === undefined) return expectAnswer(answer, 422, 'link.invalid');
    expect(answer.body).toEqual({ email, passwordResetRequired: true });
    return answer;
  },
  'change password': async (model, pick, { live, headers }) => {
    const newPassword = `${native.STRONG_PASSWORD} number ${model.passwords.length}`;
    const wanted = { currentPassword: model.password, newPassword, signOut: signOutOf(pick) };
    const answer = await native.changePassword(api, headers, wanted);
    if (!live) return expectAnswer(answer, 401, 'access-token.invalid');
    model.changePassword(newPassword, answer.body.tokens);
    return expectAnswer(answer, 200);
  },
  reset: async (model) => {
    await api.http.post(`${ROOT}/password-reset`, { email: model.email });
    const token = await native.tokenTo(api, model.email, '/password-reset');
    const newPassword = `${native.STRONG_PASSWORD} number ${model.passwords.length}`;
    model.reset(newPassword);
    return expectAnswer(await api.http.post(`${ROOT}/password-reset/confirm`, { token, newPassword }), 204);
  },
  'sign in': async (model, pick) => {
    const isBoth = pick < 5;
    const email = isBoth ? model.email : oneOf(model.emails, pick);
    const password = isBoth ? model.password : oneOf(model.passwords, pick + 1);
    const answer = await native.trySignIn(api, { email, password });
    const isRight = email === model.email && password === model.password && !model.mustReset;
    if (!isRight) return expectAnswer(answer, 401, 'credentials.invalid');
    model.signIn(answer.body);
    return expectAnswer(answer, 201);
  },
};

async function confirm(model: EmailChangeModel, code: string, pick: number, caller: Caller): Promise<HttpAnswer> {
  const { live, headers } = caller;
  const signOut = signOutOf(pick);
  const answer = await native.confirmEmailChange(api, headers, code, signOut);
  if (!live) return expectAnswer(answer, 401, 'access-token.invalid');
  const newEmail = model.pending?.newEmail;
  if (newEmail === undefined || !model.takesCode(code)) return expectAnswer(answer, 422, 'code.invalid');
  const sessionsEnded = model.liveSessions.length - (signOut === 'others' ? 1 : 0);
  expect(answer.body).toMatchObject({ email: newEmail, sessionsEnded });
  model.move(newEmail, await native.tokenTo(api, model.email, UNDO_PAGE), answer.body.tokens);
  return answer;
}

/** Codes and pending changes end, and after eight days the undo links of before. */
const waiting: fc.Arbitrary<Command> = fc.constantFrom(1, 8).map((days) => ({
  check: (model) => model.day + days <= LONGEST_STORY_DAYS,
  run: async (model) => {
    await api.age(`${days} days`);
    model.wait(days);
    await expectAsModelled(model);
  },
  toString: () => `wait ${days} days`,
}));

/** Weighed so that often a change is pending, and somebody signed in. */
const COMMANDS = fc.oneof(
  command(6, 'start'),
  command(2, 'resend'),
  command(6, 'confirm by a mailed code', ({ pending }) => pending !== null),
  command(2, 'confirm by a mailed code'),
  command(5, 'confirm by wrong codes', ({ pending }) => pending !== null),
  command(2, 'cancel'),
  command(2, 'cancel by link', ({ cancelTokens }) => cancelTokens.length > 0),
  command(3, 'undo', ({ undoTokens }) => undoTokens.length > 0),
  command(2, 'change password'),
  command(6, 'reset', ({ mustReset }) => mustReset),
  command(1, 'reset'),
  command(6, 'sign in', ({ liveSessions }) => liveSessions.length === 0),
  command(2, 'sign in'),
  { weight: 1, arbitrary: waiting },
);

/** Of every token that was ever given, and of what a live one shows. */
async function expectAsModelled(model: EmailChangeModel): Promise<void> {
  const pending = model.pending ? { newEmail: model.pending.newEmail } : null;
  const shown = model.sessions.map(({ live }) => (live ? { email: model.email, pending } : 'refused'));
  const answers = await Promise.all(model.sessions.map(({ tokens }) => native.me(api, tokens)));
  const seen = answers.map(({ status, body }) => {
    if (status === 401) return 'refused';
    return { email: body.email, pending: body.pendingEmailChange && { newEmail: body.pendingEmailChange.newEmail } };
  });
  expect(seen).toEqual(shown);
}

async function aStory(): Promise<{ model: EmailChangeModel; real: undefined }> {
  const { account, tokens } = await native.aPerson(api);
  return { model: new EmailChangeModel(account.email, account.password, tokens), real: undefined };
}

describe('a change of the address', () => {
  it('[S-69] [S-50] [S-66] [L-2] goes as its model does, whatever is done in whatever order', async () => {
    const stories = fc.commands([COMMANDS], { maxCommands: LONGEST_RUN, size: 'max' });
    const property = fc.asyncProperty(stories, async (story) => fc.asyncModelRun(aStory, story));
    await fc.assert(property, { numRuns: RUNS, interruptAfterTimeLimit: TIME_LIMIT_MS });
    // Stories in which no address ever changes would show little.
    expect(met).toContain('confirm by a mailed code 200');
  });
});

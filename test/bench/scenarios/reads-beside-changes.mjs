import { setTimeout as pause } from 'node:timers/promises';
import { runDriver } from '../processes.mjs';
import { interleaved } from '../rounds.mjs';

const CONNECTIONS = 10;
const READS_PER_SECOND = 100;
/** The changes begin before the reads and end after them. */
const LEAD_SECONDS = 2;

/** How long reads wait while all `changers` change their passwords without a pause; milliseconds. */
export async function measureReadsBesideChanges({ rekey, betterAuth }, readers, changers, sizes) {
  const measure = (party, role) => async () => {
    const requests = readers[role].map(party.readOf);
    const { p99, accounts } = await readBesideChanges(party, requests, changers[role], sizes.besideSeconds);
    changers[role] = accounts;
    return p99;
  };
  const { ours, theirs, samples } = await interleaved(sizes.rounds, {
    ours: measure(rekey, 'rekey'),
    theirs: measure(betterAuth, 'betterAuth'),
  });
  const what = `p99 of ${READS_PER_SECOND} reads/s beside ${changers.rekey.length} clients that change passwords`;
  return [
    {
      ...{ what, figure: ours, unit: ' ms', samples },
      ...{ peer: 'Better Auth', limit: theirs, ratio: ours / theirs, target: { atMost: 0.2 } },
    },
  ];
}

async function readBesideChanges({ name, url }, requests, accounts, seconds) {
  const loop = { party: name, url, action: 'changePassword', accounts, seconds: seconds + LEAD_SECONDS };
  const changing = runDriver('./drivers/loops.mjs', loop);
  const read = { url, requests, connections: CONNECTIONS, perSecond: READS_PER_SECOND, seconds };
  const reading = pause(LEAD_SECONDS * 1000).then(() => runDriver('./drivers/paced-reads.mjs', read));
  const [{ p99 }, { perSecond, accounts: after }] = await Promise.all([reading, changing]);
  if (perSecond === 0) throw new Error(`${name} changed no password.`);
  return { p99, accounts: after };
}

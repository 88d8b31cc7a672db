import { availableParallelism } from 'node:os';
import { runDriver } from '../processes.mjs';
import { interleaved } from '../rounds.mjs';
import { DEFAULT_BCRYPT_COST } from '../sizes.mjs';

/** Enough to keep all cores hashing while some clients wait for the database. */
const CLIENTS_PER_CORE = 4;
/** A change verifies the old password and hashes the new one. */
const HASHES_A_CHANGE = 2;

/**
 * Changes of passwords and sign-ins beside what bcrypt alone can do on this machine at `cost`; nothing else runs. The
 * cost that the service has unless told otherwise is the one with a target (ADR 0018).
 */
export async function measureHashing({ rekey }, changers, { rounds, hashSeconds: seconds }, cost) {
  let accounts = changers.rekey.slice(0, CLIENTS_PER_CORE * availableParallelism());
  const loop = async (action) => {
    const job = { party: rekey.name, url: rekey.url, action, accounts, seconds };
    const { perSecond, accounts: after } = await runDriver('./drivers/loops.mjs', job);
    accounts = after;
    return perSecond;
  };
  // Compiled code, for which the few requests a second that hashing allows would take a while; and hashes of this cost.
  await loop('changePassword');
  const { raw, change, signIn, samples } = await interleaved(rounds, {
    raw: () => runDriver('./drivers/raw-hashes.mjs', { cost, seconds }),
    change: () => loop('changePassword'),
    signIn: () => loop('signIn'),
  });
  changers.rekey.splice(0, accounts.length, ...accounts);
  const target = cost === DEFAULT_BCRYPT_COST && { atLeast: 0.95 };
  return [
    row(`change of password, cost ${cost}`, change, {
      peer: 'bcrypt alone ÷ 2',
      limit: raw / HASHES_A_CHANGE,
      samples,
      target,
    }),
    row(`sign-in, cost ${cost}`, signIn, { peer: 'bcrypt alone', limit: raw, samples, target }),
  ];
}

const row = (what, figure, { limit, ...beside }) => ({
  ...{ what, figure, unit: '/s', limit, ratio: figure / limit },
  ...beside,
});

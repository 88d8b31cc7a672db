import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import { PASSWORD } from '../sizes.mjs';
import { onJob } from './job.mjs';

/** Hashes/s of bcrypt and nothing else, with one always running on each core. */
onJob(async ({ cost, seconds }) => {
  const start = performance.now();
  const end = start + seconds * 1000;
  let hashes = 0;
  const repeat = async () => {
    for (; performance.now() < end; hashes++) await bcrypt.hash(PASSWORD, cost);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, repeat));
  // The last ones end after `end`, so the time is what it really took.
  return (hashes * 1000) / (performance.now() - start);
});

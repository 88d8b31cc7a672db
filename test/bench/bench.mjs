// Measures Rekey beside its peers and its limits, all in one run, and exits with 1 when a target is missed.
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { isMissed, tableOf } from './report.mjs';
import { measureHashing } from './scenarios/hashing.mjs';
import { measureReadsBesideChanges } from './scenarios/reads-beside-changes.mjs';
import { measureReads } from './scenarios/reads.mjs';
import { BCRYPT_COST, DEFAULT_BCRYPT_COST, FULL, QUICK } from './sizes.mjs';
import { setStage } from './stage.mjs';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean' }, json: { type: 'string' } } });
const sizes = options.quick ? QUICK : FULL;
const start = performance.now();
const cleanUps = [];

// An interrupt reaches the children too: what waits for them fails, and the clean-up below runs.
process.on('SIGINT', () => undefined);

try {
  report(await measure());
} finally {
  for (const cleanUp of cleanUps) await cleanUp().catch(console.error);
}

async function measure() {
  say('import, accounts, sessions');
  const { parties, service, readers, changers, importRow } = await setStage(sizes, cleanUps);
  say('reads');
  const reads = await measureReads(parties, readers, sizes);
  say('hashing');
  const hashing = await measureHashing(parties, changers, sizes, BCRYPT_COST);
  say('reads beside changes');
  const beside = await measureReadsBesideChanges(parties, readers, changers, sizes);
  say('hashing at the default cost');
  await service.stop();
  const another = await parties.rekey.start({ BCRYPT_COST: String(DEFAULT_BCRYPT_COST) });
  cleanUps.unshift(another.stop);
  const dearer = await measureHashing(
    parties,
    changers,
    { ...sizes, hashSeconds: sizes.dearHashSeconds },
    DEFAULT_BCRYPT_COST,
  );
  return [...reads, ...hashing, ...dearer, ...beside, importRow];
}

function report(rows) {
  const machine = `Node ${process.versions.node}, ${availableParallelism()} cores (${cpus()[0]?.model.trim()})`;
  say(`done. ${machine}; medians of ${sizes.rounds}; bcrypt cost ${BCRYPT_COST} but where said\n`);
  console.log(`${tableOf(rows)}\n`);
  if (options.quick) console.log('QUICK: short samples on small tables. Not a result.');
  if (options.json) writeFileSync(options.json, JSON.stringify({ machine, sizes, rows }, null, 2));
  const missed = rows.filter(isMissed);
  if (missed.length > 0) console.log(`Missed: ${missed.length} of ${rows.length} targets.`);
  process.exitCode = missed.length > 0 ? 1 : 0;
}

function say(step) {
  console.log(`${Math.round((performance.now() - start) / 1000)} s: ${step}`);
}

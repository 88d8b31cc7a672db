import { requireAnswers } from '../accounts.mjs';
import { runDriver } from '../processes.mjs';
import { interleaved } from '../rounds.mjs';

const FEW = 10;
const MIDDLE = 50;
const CROWDS = [MIDDLE, 200];

/** Guarded reads beside the bare route and Better Auth; then introspection beside guarded reads. */
export async function measureReads({ rekey, bare, least, betterAuth }, readers, sizes) {
  const reading = {
    bare: await loadOf(bare.url, readers.rekey.map(bare.readOf), '@example.com', sizes),
    rekey: await loadOf(rekey.url, readers.rekey.map(rekey.readOf), '@example.com', sizes),
    betterAuth: await loadOf(betterAuth.url, readers.betterAuth.map(betterAuth.readOf), '@example.com', sizes),
  };
  const asking = { ...reading, least: await loadOf(least.url, readers.rekey.map(bare.readOf), '@example.com', sizes) };
  for (const load of Object.values(asking)) await load(MIDDLE);
  const alone = await interleaved(sizes.rounds, withConnections(asking, 1));
  const rows = [...readRows(1, alone, { atLeast: targetAlone(alone) }), leastRow(alone)];
  for (const connections of [FEW, ...CROWDS]) {
    const figures = await interleaved(sizes.rounds, withConnections(reading, connections));
    const isCrowd = CROWDS.includes(connections);
    rows.push(...readRows(connections, figures, isCrowd && { atLeast: 0.9 }, isCrowd && { atLeast: 8 }));
  }
  const requests = readers.rekey.map(rekey.introspectionOf);
  const introspection = await loadOf(rekey.internalUrl, requests, '"active":true', sizes);
  await introspection(MIDDLE);
  const figures = await interleaved(sizes.rounds, withConnections({ introspection, read: reading.rekey }, MIDDLE));
  return [...rows, introspectionRow(figures)];
}

/** A load on `url` of so many connections, once each request has been seen to be answered well. */
async function loadOf(url, requests, text, { readSeconds: seconds }) {
  await requireAnswers(url, requests, text);
  return (connections) => runDriver('./drivers/load.mjs', { url, requests, connections, seconds });
}

const withConnections = (loads, connections) =>
  Object.fromEntries(Object.entries(loads).map(([name, load]) => [name, () => load(connections)]));

/** Half of the bare route, but no more than nine tenths of what any question to the database leaves of it (ADR 0018). */
const targetAlone = ({ least, bare }) => Math.min(0.5, (0.9 * least) / bare);

function readRows(connections, { bare, rekey, betterAuth, samples }, besideBare, besidePeer) {
  const row = { what: `guarded read, ${connections} connections`, figure: rekey, unit: '/s', samples };
  return [
    { ...row, peer: 'bare route', limit: bare, ratio: rekey / bare, target: besideBare },
    { ...row, peer: 'Better Auth get-session', limit: betterAuth, ratio: rekey / betterAuth, target: besidePeer },
  ];
}

/** What one round trip to the database leaves of the bare route, whatever is asked. */
function leastRow({ least, bare, samples }) {
  const what = 'the bare route with a `SELECT 1`, 1 connection';
  return {
    ...{ what, figure: least, unit: '/s', samples },
    ...{ peer: 'bare route', limit: bare, ratio: least / bare },
  };
}

function introspectionRow({ introspection, read, samples }) {
  const what = `introspection, ${MIDDLE} connections`;
  const ratio = introspection / read;
  return {
    ...{ what, figure: introspection, unit: '/s', samples },
    ...{ peer: 'guarded read', limit: read, ratio, target: { atLeast: 0.8 } },
  };
}

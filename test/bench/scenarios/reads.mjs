import { requireAnswers } from '../accounts.mjs';
import { runDriver } from '../processes.mjs';
import { interleaved } from '../rounds.mjs';

const CONNECTIONS = [1, 10, 50, 200];
const MIDDLE = 50;

/** Guarded reads beside the bare route and Better Auth; then introspection beside guarded reads. */
export async function measureReads({ rekey, bare, least, betterAuth }, readers, sizes) {
  const reading = {
    bare: await loadOf(bare.url, readers.rekey.map(bare.readOf), '@example.com', sizes),
    rekey: await loadOf(rekey.url, readers.rekey.map(rekey.readOf), '@example.com', sizes),
    betterAuth: await loadOf(betterAuth.url, readers.betterAuth.map(betterAuth.readOf), '@example.com', sizes),
  };
  for (const load of Object.values(reading)) await load(MIDDLE);
  const rows = [];
  for (const connections of CONNECTIONS) {
    const figures = await interleaved(sizes.rounds, withConnections(reading, connections));
    rows.push(...readRows(connections, figures));
  }
  const leastLoad = await loadOf(least.url, readers.rekey.map(bare.readOf), '@example.com', sizes);
  await leastLoad(MIDDLE);
  rows.push(leastRow(await interleaved(sizes.rounds, withConnections({ least: leastLoad, bare: reading.bare }, 1))));
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

function readRows(connections, { bare, rekey, betterAuth, samples }) {
  const row = { what: `guarded read, ${connections} connections`, figure: rekey, unit: '/s', samples };
  const crowded = connections >= MIDDLE;
  const bareTarget = crowded ? { atLeast: 0.9 } : connections === 1 ? { atLeast: 0.5 } : undefined;
  return [
    { ...row, peer: 'bare route', limit: bare, ratio: rekey / bare, target: bareTarget },
    {
      ...row,
      peer: 'Better Auth get-session',
      limit: betterAuth,
      ratio: rekey / betterAuth,
      target: crowded ? { atLeast: 8 } : undefined,
    },
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

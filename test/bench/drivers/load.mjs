import autocannon from 'autocannon';
import { onJob } from './job.mjs';

const MIN_SHARE = 10;

/** As many requests as `connections` can make in `seconds`, of `requests` by turns. Resolves to requests/s. */
onJob(async ({ url, requests, connections, seconds }) => {
  let clients = 0;
  // Each asks for others: connections that asked about one session together would make the work less.
  const setupClient = (client) => client.setRequests(shareOf(requests, clients++, connections));
  const load = autocannon({ url, requests: requests.slice(0, 1), connections, duration: seconds, setupClient });
  // Its own duration counts the preparation of all those requests.
  let [answers, first, last] = [0, 0, 0];
  load.on('response', () => {
    last = performance.now();
    if (answers++ === 0) first = last;
  });
  requireNoFailure(url, await load);
  return ((answers - 1) * 1000) / (last - first);
});

/**
 * Together all of them; not each all of them, which autocannon would take seconds to prepare. No two begin with the
 * same, and as all go on in step, seldom two ask about the same at once.
 */
function shareOf(requests, client, connections) {
  const size = Math.max(MIN_SHARE, Math.ceil(requests.length / connections));
  const before = client * size;
  const start = before + Math.floor(before / requests.length);
  return Array.from({ length: size }, (_, n) => requests[(start + n) % requests.length]);
}

function requireNoFailure(url, { non2xx, errors, timeouts, statusCodeStats }) {
  if (non2xx + errors === 0) return;
  throw new Error(`${url}: ${errors} errors, ${timeouts} of them time-outs; ${JSON.stringify(statusCodeStats)}`);
}

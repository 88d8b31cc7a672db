import autocannon from 'autocannon';
import { onJob } from './job.mjs';

/** As many requests as `connections` can make in `seconds`, of `requests` in turn. Resolves to requests/s. */
onJob(async ({ url, requests, connections, seconds }) => {
  let clients = 0;
  // Each begins elsewhere: connections that asked about one session together would make the work less.
  const setupClient = (client) => {
    const start = (clients++ * 37) % requests.length;
    client.setRequests([...requests.slice(start), ...requests.slice(0, start)]);
  };
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

function requireNoFailure(url, { non2xx, errors, timeouts, statusCodeStats }) {
  if (non2xx + errors === 0) return;
  throw new Error(`${url}: ${errors} errors, ${timeouts} of them time-outs; ${JSON.stringify(statusCodeStats)}`);
}

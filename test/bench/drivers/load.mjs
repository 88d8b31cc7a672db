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
  const result = await autocannon({ url, requests, connections, duration: seconds, setupClient });
  const failures = result.non2xx + result.errors + result.timeouts;
  if (failures > 0) throw new Error(`${failures} requests to ${url} failed.`);
  return result['2xx'] / result.duration;
});

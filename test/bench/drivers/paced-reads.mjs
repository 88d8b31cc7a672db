import { Agent, get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { onJob } from './job.mjs';

/**
 * `perSecond` reads, evenly spaced, over at most `connections`. Resolves to milliseconds. A wait counts from when the
 * read was due: one that is late because those before it were slow is slow itself (no coordinated omission).
 */
onJob(async ({ url, requests, connections, perSecond, seconds }) => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const start = performance.now();
  const reads = [];
  for (let n = 0; n < perSecond * seconds; n++) {
    const due = start + (n * 1000) / perSecond;
    await pause(Math.max(0, due - performance.now()));
    reads.push(read(url, requests[n % requests.length], agent).then(() => performance.now() - due));
  }
  const waits = (await Promise.all(reads)).sort((a, b) => a - b);
  agent.destroy();
  return { p50: waits[Math.floor(waits.length * 0.5)], p99: waits[Math.floor(waits.length * 0.99)] };
});

function read(url, { path, headers }, agent) {
  return new Promise((resolve, reject) => {
    get(url + path, { agent, headers }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`A read was answered with ${answer.statusCode}.`));
      answer.resume().once('end', resolve).once('error', reject);
    }).once('error', reject);
  });
}

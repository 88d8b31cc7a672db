import { once } from 'node:events';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { emailOf } from '../sizes.mjs';
import { onJob } from './job.mjs';

/** Imports accounts that bring their hash, over one request whose answers are read meanwhile. */
onJob(async ({ url, token, accounts, passwordHash }) => {
  const start = performance.now();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' };
  const sent = request(`${url}/internal/v1/accounts/import`, { method: 'POST', headers });
  const sending = pipeline(Readable.from(chunks(accounts, passwordHash)), sent);
  const [answer] = await once(sent, 'response');
  let last;
  for await (const line of createInterface({ input: answer })) last = line;
  await sending;
  if (JSON.parse(last).created !== accounts) throw new Error(`The import ended with ${last}`);
  return { seconds: (performance.now() - start) / 1000 };
});

function* chunks(accounts, passwordHash) {
  const CHUNK = 500;
  for (let first = 0; first < accounts; first += CHUNK) {
    const numbers = Array.from({ length: Math.min(CHUNK, accounts - first) }, (_, n) => first + n);
    yield numbers.map((n) => `${JSON.stringify({ email: emailOf(n), emailVerified: true, passwordHash })}\n`).join('');
  }
}

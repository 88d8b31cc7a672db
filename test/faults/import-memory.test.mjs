import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { serviceToken } from '../support/people.mjs';
import { startReplicas } from '../support/replicas.mjs';

/** Long, and refused: what a line costs is then its way through the process, not its statements. */
const LINE = `${JSON.stringify({ email: 'x'.repeat(15_000) })}\n`;
const MEGABYTE = 1e6;

test('an import takes no more memory the longer it is', async (t) => {
  const [replica] = (await startReplicas(t, 1)).replicas;
  const token = await serviceToken(replica);
  const peakAfter = async (lines) => {
    assert.deepEqual(await importLines(replica, token, lines), { lines, created: 0, exists: 0, refused: lines });
    return peakMemory(replica.child);
  };
  const [short, long] = [await peakAfter(1000), await peakAfter(5000)];
  const sent = 5000 * LINE.length;
  t.diagnostic(`${short / MEGABYTE} MB, then ${long / MEGABYTE} MB, of which ${sent / MEGABYTE} MB were sent`);
  assert.ok(long - short < sent / 4);
});

/** What the last line of the answer says. */
async function importLines({ internalPort }, token, count) {
  const outgoing = request(`http://127.0.0.1:${internalPort}/internal/v1/accounts/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
  });
  Readable.from(Array(count).fill(LINE)).pipe(outgoing);
  const [answer] = await once(outgoing, 'response');
  return JSON.parse((await text(answer)).trimEnd().split('\n').at(-1));
}

/** The most that a process ever had, in bytes: the kernel's high-water mark. */
function peakMemory({ pid }) {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(kibibytes) * 1024;
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { newAddress, serviceToken } from '../support/people.mjs';
import { startReplicas } from '../support/replicas.mjs';
import { importLines } from './support/imports.mjs';

const MEGABYTE = 1e6;

const FLOWERS = '\u{1f33b}'.repeat(100);
const DOMAIN = `${`${'a'.repeat(60)}.`.repeat(3)}example.org`;
const HASH = `$2b$04$${'.'.repeat(53)}`;

const IMPORTS = {
  // Long: what a line costs is then its way through the process, not its statements.
  refused: { few: 1000, many: 5000, newLine: () => ({ email: 'x'.repeat(15_000) }) },
  created: {
    few: 2000,
    many: 10_000,
    newLine: () => ({
      email: newAddress().replace('example.org', DOMAIN),
      passwordHash: HASH,
      displayName: FLOWERS,
      organisation: { id: FLOWERS, role: 'member' },
    }),
    // V8 lets what statements leave behind lie for long. Each collection takes all of it here: what still grows is kept.
    flags: ['--gc-global'],
  },
};

for (const [status, { few, many, newLine, flags }] of Object.entries(IMPORTS)) {
  test(`an import takes no more memory the longer it is, all its lines ${status}`, async (t) => {
    const [replica] = (await startReplicas(t, 1, { flags })).replicas;
    const token = await serviceToken(replica);
    const peakAfter = async (count) => {
      const lines = Array.from({ length: count }, () => `${JSON.stringify(newLine())}\n`);
      const counts = { lines: count, created: 0, exists: 0, refused: 0, [status]: count };
      assert.deepEqual((await importLines(replica, token, lines)).at(-1), counts);
      return { peak: peakMemory(replica.child), sent: Buffer.byteLength(lines.join('')) };
    };
    // What is made once, by whichever import comes first, is no part of it.
    await peakAfter(few);
    const [short, long] = [await peakAfter(few), await peakAfter(many)];
    const [before, after, sent] = [short.peak, long.peak, long.sent].map((bytes) => bytes / MEGABYTE);
    t.diagnostic(`${before} MB, then ${after} MB, of which ${sent} MB were sent`);
    assert.ok(after - before < sent / 4);
  });
}

/** The most that a process ever had, in bytes: the kernel's high-water mark. */
function peakMemory({ pid }) {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(kibibytes) * 1024;
}

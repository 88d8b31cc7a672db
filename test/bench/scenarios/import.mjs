import { readFileSync } from 'node:fs';

const MAX_MEGABYTES = 300;

/** Memory of a process that has just started, and does nothing but import. */
export async function measureImport(rekey, { accounts }, passwordHash) {
  const service = await rekey.start();
  try {
    const { seconds } = await rekey.importAccounts(accounts, passwordHash);
    const peak = peakMegabytes(service.pid);
    return {
      what: `peak memory, import of ${accounts.toLocaleString('en')} accounts (${Math.round(seconds)} s)`,
      ...{ figure: peak, unit: ' MB', samples: { megabytes: [peak], seconds: [seconds] } },
      ...{ peer: 'limit', limit: MAX_MEGABYTES, ratio: peak / MAX_MEGABYTES, target: { atMost: 1 } },
    };
  } finally {
    await service.stop();
  }
}

/** The most that a process ever had: the kernel's high-water mark. */
function peakMegabytes(pid) {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return (Number(kibibytes) * 1024) / 1e6;
}

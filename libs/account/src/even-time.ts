import { setTimeout as sleep } from 'node:timers/promises';

/** Several times what the work takes while the machine has nothing else to do. */
const AT_LEAST_MS = 50;

/**
 * Ends, well or badly, no sooner than a fixed time after its start: a row more, for an address that is somebody's, does
 * not show in the time of the answer.
 */
export async function inEvenTime<T>(work: () => Promise<T>): Promise<T> {
  const end = sleep(AT_LEAST_MS);
  try {
    return await work();
  } finally {
    await end;
  }
}

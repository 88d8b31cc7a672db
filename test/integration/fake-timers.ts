const CLOCKS = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
] as const;
const TIMERS = ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const;

/** These stand still; the database's driver and everybody else go on. */
export function fakeOnly(...fakes: (typeof TIMERS)[number][]): void {
  jest.useFakeTimers({ doNotFake: [...CLOCKS, ...TIMERS.filter((timer) => !fakes.includes(timer))] });
}

export async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setImmediate(resolve));
}

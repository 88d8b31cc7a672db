import { inEvenTime } from './even-time';

describe('work in even time', () => {
  const timeOf = async (work: () => Promise<unknown>): Promise<number> => {
    const start = performance.now();
    await inEvenTime(work).catch(() => undefined);
    return performance.now() - start;
  };

  it('[S-22] ends no sooner when it was quick, whether it succeeds or fails', async () => {
    // A timer may fire up to a millisecond early.
    expect(await timeOf(() => Promise.resolve())).toBeGreaterThan(48);
    expect(await timeOf(() => Promise.reject(new Error('no')))).toBeGreaterThan(48);
  });

  it('gives what the work gave', async () => {
    await expect(inEvenTime(() => Promise.resolve('done'))).resolves.toBe('done');
    await expect(inEvenTime(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});

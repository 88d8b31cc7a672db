import { setImmediate } from 'node:timers/promises';
import { HashingPool, hashingSlots } from './hashing-pool';

/** Work that ends when the test says so. */
class Gate {
  readonly started: number[] = [];
  private readonly ends: (() => void)[] = [];

  work = (id: number) => (): Promise<number> => {
    this.started.push(id);
    return new Promise((resolve) => this.ends.push(() => resolve(id)));
  };

  async endFirst(): Promise<void> {
    this.ends.shift()?.();
    await setImmediate();
  }
}

describe('HashingPool', () => {
  it('[S-14] runs no more at once than it has slots, in the order of asking', async () => {
    const gate = new Gate();
    const pool = new HashingPool(2);
    const results = [1, 2, 3].map((id) => pool.run(gate.work(id)));
    await setImmediate();
    expect(gate.started).toEqual([1, 2]);
    await gate.endFirst();
    expect(gate.started).toEqual([1, 2, 3]);
    results.push(pool.run(gate.work(4)));
    await setImmediate();
    expect(gate.started).toEqual([1, 2, 3]);
    for (let left = 0; left < 3; left++) await gate.endFirst();
    await expect(Promise.all(results)).resolves.toEqual([1, 2, 3, 4]);
  });

  it('[S-14] refuses the 65th that would wait, before its work begins', async () => {
    const gate = new Gate();
    const pool = new HashingPool(1);
    const waiting = Array.from({ length: 65 }, (_, id) => pool.run(gate.work(id)));
    await expect(pool.run(gate.work(99))).rejects.toMatchObject({
      code: 'service.busy',
      details: { retryAfterSeconds: 1 },
    });
    for (let left = 0; left < 65; left++) await gate.endFirst();
    expect(gate.started).not.toContain(99);
    await expect(Promise.all(waiting)).resolves.toHaveLength(65);
  });

  it('[S-14] runs patient work after everybody else, and refuses none of it', async () => {
    const gate = new Gate();
    const pool = new HashingPool(1);
    const patient = Array.from({ length: 100 }, (_, id) => pool.runWhenIdle(gate.work(1000 + id)));
    const waiting = [1, 2].map((id) => pool.run(gate.work(id)));
    for (let left = 0; left < 102; left++) await gate.endFirst();
    await expect(Promise.all([...patient, ...waiting])).resolves.toHaveLength(102);
    expect(gate.started.slice(0, 4)).toEqual([1000, 1, 2, 1001]);
  });

  it('[S-14] says to retry when the queue will have drained at the pace of the last work', async () => {
    const clock = jest.spyOn(performance, 'now').mockReturnValueOnce(1000).mockReturnValueOnce(1500);
    const gate = new Gate();
    const pool = new HashingPool(2);
    await pool.run(() => Promise.resolve());
    const waiting = Array.from({ length: 66 }, (_, id) => pool.run(gate.work(id)));
    await expect(pool.run(gate.work(99))).rejects.toMatchObject({ details: { retryAfterSeconds: 16 } });
    clock.mockRestore();
    for (let left = 0; left < 66; left++) await gate.endFirst();
    await Promise.all(waiting);
  });

  it('[S-14] gives the slot of failed work to the next', async () => {
    const pool = new HashingPool(1);
    const failed = pool.run(() => Promise.reject(new Error('broken')));
    const next = pool.run(() => Promise.resolve('done'));
    await expect(failed).rejects.toThrow('broken');
    await expect(next).resolves.toBe('done');
    await expect(pool.run(() => Promise.resolve('again'))).resolves.toBe('again');
  });
});

describe('hashingSlots', () => {
  it.each([
    [2, undefined, 2],
    [8, undefined, 2],
    [8, '16', 8],
    [16, '8', 6],
    [1, '16', 1],
    [4, '2', 1],
    [4, 'many', 2],
  ])('[S-14] leaves two libuv threads free: %i cores and UV_THREADPOOL_SIZE %s give %i', (cores, threads, slots) => {
    expect(hashingSlots(cores, threads)).toBe(slots);
  });
});

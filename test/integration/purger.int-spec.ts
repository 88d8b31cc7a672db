import { EventFeed, Purger } from '@app/platform';
import { bootApi, type TestApi } from '../support/boot-api';

describe('a process that purges', () => {
  let api: TestApi;
  let purger: Purger;
  let start: jest.SpyInstance;

  beforeEach(async () => {
    start = jest.spyOn(Purger.prototype, 'start');
    api = await bootApi();
    purger = api.app.get(Purger);
  });
  afterEach(async () => {
    jest.useRealTimers();
    jest.restoreAllMocks();
    await api.close();
  });

  /** The driver of the database goes on. */
  function stopTimers(): void {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'Date'] });
  }

  it('begins after a minute, goes on each hour, and leaves no timer behind [I10]', async () => {
    const purge = jest.spyOn(purger, 'purge').mockResolvedValue();
    stopTimers();
    purger.start();
    await jest.advanceTimersByTimeAsync(59_000);
    expect(purge).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1000);
    expect(purge).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(3_600_000);
    expect(purge).toHaveBeenCalledTimes(2);
    await purger.beforeApplicationShutdown();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ends with the statement that is under way, and begins no other', async () => {
    let endStatement = () => {};
    jest.spyOn(api.app.get(EventFeed), 'placeAll').mockResolvedValue();
    const query = jest.spyOn(api.dataSource, 'query').mockImplementation(async () => {
      await new Promise<void>((resolve) => (endStatement = resolve));
      return [[], 1];
    });
    stopTimers();
    purger.start();
    await jest.advanceTimersByTimeAsync(60_000);
    const order: string[] = [];
    const stopped = purger.beforeApplicationShutdown().then(() => order.push('stopped'));
    await new Promise((resolve) => setImmediate(resolve));
    order.push('statement ended');
    endStatement();
    await stopped;
    expect(order).toEqual(['statement ended', 'stopped']);
    expect(query).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is the one that delivers', async () => {
    expect(start).not.toHaveBeenCalled();
    await (await bootApi({ worker: 'inline' })).close();
    expect(start).toHaveBeenCalledTimes(1);
  });
});

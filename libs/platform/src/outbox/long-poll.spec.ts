import { getEventListeners } from 'node:events';
import { LongPoll } from './long-poll';
import { OutboxSignal } from './outbox-signal';

class CountedSignal extends OutboxSignal {
  listening = 0;

  override onRaise(listener: () => void): () => void {
    const stop = super.onRaise(listener);
    this.listening++;
    return () => {
      this.listening--;
      stop();
    };
  }
}

describe('a long poll', () => {
  let signal: CountedSignal;
  let client: AbortController;
  beforeEach(() => {
    jest.useFakeTimers();
    signal = new CountedSignal();
    client = new AbortController();
  });
  afterEach(() => jest.useRealTimers());

  const start = (seconds = 30) => new LongPoll(signal, seconds, [client.signal]);

  it('is worth a look at once when a change was signalled during the look before, and once for many', async () => {
    const poll = start();
    signal.raise();
    signal.raise();
    expect(await poll.isWorthALook()).toBe(true);
    const next = poll.isWorthALook();
    client.abort();
    expect(await next).toBe(false);
  });

  it('is worth a look again each second', async () => {
    const poll = start();
    for (let second = 1; second <= 3; second++) {
      const look = poll.isWorthALook();
      jest.advanceTimersByTime(1000);
      expect(await look).toBe(true);
    }
    poll.end();
  });

  it('is over when its time is', async () => {
    const look = start(0).isWorthALook();
    jest.advanceTimersByTime(0);
    expect(await look).toBe(false);
  });

  it('is over before it begins for a client that has left', async () => {
    client.abort();
    expect(await start().isWorthALook()).toBe(false);
  });

  it.each<[string, (poll: LongPoll) => void]>([
    ['ended', (poll) => poll.end()],
    ['left by its client', () => client.abort()],
    ['out of time', () => jest.advanceTimersByTime(30_000)],
  ])('leaves no timer and no listener behind when it is %s [I10]', (_how, finish) => {
    const poll = start();
    expect([jest.getTimerCount(), signal.listening]).toEqual([2, 1]);
    finish(poll);
    expect([jest.getTimerCount(), signal.listening]).toEqual([0, 0]);
    expect(getEventListeners(client.signal, 'abort')).toEqual([]);
  });
});

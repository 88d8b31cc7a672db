import { OutboxSignal } from './outbox-signal';

describe('the outbox signal', () => {
  it('is heard by each listener until it stops listening', () => {
    const signal = new OutboxSignal();
    const [deliverer, reader] = [jest.fn(), jest.fn()];
    signal.onRaise(deliverer);
    const stop = signal.onRaise(reader);
    signal.raise();
    stop();
    signal.raise();
    expect([deliverer.mock.calls.length, reader.mock.calls.length]).toEqual([2, 1]);
  });
});

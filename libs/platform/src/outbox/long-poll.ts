import type { OutboxSignal } from './outbox-signal';

const POLL_MS = 1000;

/** When a reader that found nothing should look again. Starts at once, so that nothing slips past the first look. */
export class LongPoll {
  private isDue = false;
  private isOver = false;
  private wake: () => void = () => undefined;
  private readonly cleanUps: (() => void)[] = [];

  /** Ends after `seconds`, or when one of `ends` is aborted. */
  constructor(signal: OutboxSignal, seconds: number, ends: readonly AbortSignal[]) {
    const poll = setInterval(() => this.ring(), POLL_MS);
    const deadline = setTimeout(() => this.end(), seconds * 1000);
    this.cleanUps.push(
      signal.onRaise(() => this.ring()),
      () => clearInterval(poll),
      () => clearTimeout(deadline),
    );
    for (const end of ends) this.endWith(end);
  }

  /** True: look again, this process has committed something, or another one may have. False: it is over. */
  async isWorthALook(): Promise<boolean> {
    if (!this.isDue && !this.isOver) await new Promise<void>((resolve) => (this.wake = resolve));
    this.isDue = false;
    return !this.isOver;
  }

  end(): void {
    this.isOver = true;
    for (const cleanUp of this.cleanUps.splice(0)) cleanUp();
    this.wake();
  }

  private ring(): void {
    this.isDue = true;
    this.wake();
  }

  private endWith(signal: AbortSignal): void {
    const end = () => this.end();
    signal.addEventListener('abort', end);
    this.cleanUps.push(() => signal.removeEventListener('abort', end));
    if (signal.aborted) this.end();
  }
}

import { availableParallelism } from 'node:os';
import { DomainError } from '@app/contracts';

const MAX_WAITING = 64;
const DEFAULT_UV_THREADS = 4;

/**
 * Bounds the hashing of this process. bcrypt runs on libuv's threads, which file reads and DNS look-ups need too:
 * two of them always stay free, and no more hashes run at once than there are cores.
 */
export class HashingPool {
  private readonly waiting: (() => void)[] = [];
  private readonly patient: (() => void)[] = [];
  private running = 0;
  private lastMilliseconds = 0;

  constructor(private readonly slots = hashingSlots(availableParallelism(), process.env.UV_THREADPOOL_SIZE)) {}

  /**
   * Runs `work` when a slot is free, first come first served.
   * @throws DomainError `service.busy`, before any work, when 64 are waiting already.
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.slots) this.running++;
    else await this.turn();
    return this.perform(work);
  }

  /** Runs `work` once nobody of `run` waits any more. Never refuses: the caller bounds how many it sends. */
  async runWhenIdle<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.slots) this.running++;
    else await new Promise<void>((resolve) => this.patient.push(resolve));
    return this.perform(work);
  }

  private async perform<T>(work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.lastMilliseconds = performance.now() - start;
      this.release();
    }
  }

  private turn(): Promise<void> {
    if (this.waiting.length >= MAX_WAITING) throw this.busy();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private release(): void {
    const next = this.waiting.shift() ?? this.patient.shift();
    // The slot goes to the one that waited longest; freed for a moment, a newcomer could overtake.
    if (next) next();
    else this.running--;
  }

  private busy(): DomainError {
    const queueMilliseconds = (this.waiting.length * this.lastMilliseconds) / this.slots;
    return new DomainError('service.busy', { retryAfterSeconds: Math.max(1, Math.ceil(queueMilliseconds / 1000)) });
  }
}

/** How many hashes may run at once, beside `uvThreads` (the text of UV_THREADPOOL_SIZE) shared with everything else. */
export function hashingSlots(cores: number, uvThreads: string | undefined): number {
  const threads = Number(uvThreads) || DEFAULT_UV_THREADS;
  return Math.max(1, Math.min(cores, threads - 2));
}

import { Injectable } from '@nestjs/common';

/** Says within this process that a change has committed. Other processes find the rows by polling. */
@Injectable()
export class OutboxSignal {
  private readonly listeners = new Set<() => void>();

  /** Until what it returns is called. */
  onRaise(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  raise(): void {
    for (const listener of this.listeners) listener();
  }
}

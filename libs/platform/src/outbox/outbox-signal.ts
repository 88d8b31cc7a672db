import { Injectable } from '@nestjs/common';

/** Wakes this process's deliverer when a change has committed. Other processes find the rows by polling. */
@Injectable()
export class OutboxSignal {
  private wake: () => void = () => undefined;

  onRaise(wake: () => void): void {
    this.wake = wake;
  }

  raise(): void {
    this.wake();
  }
}

import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Change, DomainEvent, EventsOf, PasswordChanged } from '@app/contracts';
import { AfterCommit, type Delivery, InTransaction, type Tx } from '@app/platform';

/** Every consumer there is, as a test wants it: each note says who was called, and a hook can do or throw something. */
@Injectable()
export class TestConsumers {
  notes: string[];
  inTransaction: (consumer: string, event: DomainEvent, tx: Tx) => Promise<void>;
  afterCommit: (change: Change, delivery: Delivery) => Promise<void>;

  constructor() {
    this.forget();
  }

  /** As if nothing had been heard and nothing wished. */
  forget(): void {
    this.notes = [];
    this.inTransaction = () => Promise.resolve();
    this.afterCommit = () => Promise.resolve();
  }

  @InTransaction('session.check-asker')
  checkAsker(event: DomainEvent<EventsOf<'session.check-asker'>>, tx: Tx): Promise<void> {
    return this.note('session.check-asker', event, tx);
  }

  @InTransaction('session.end-sessions')
  endSessions(event: DomainEvent<EventsOf<'session.end-sessions'>>, tx: Tx): Promise<void> {
    return this.note('session.end-sessions', event, tx);
  }

  @InTransaction('account.renew-links')
  renewLinks(event: DomainEvent<EventsOf<'account.renew-links'>>, tx: Tx): Promise<void> {
    return this.note('account.renew-links', event, tx);
  }

  @InTransaction('account.void-proofs')
  voidProofs(event: DomainEvent<EventsOf<'account.void-proofs'>>, tx: Tx): Promise<void> {
    return this.note('account.void-proofs', event, tx);
  }

  @AfterCommit('notifications.send-mail')
  async sendMail(change: Change, delivery: Delivery): Promise<void> {
    await this.afterCommit(change, delivery);
    this.notes.push(`notifications.send-mail ${delivery.target}`);
  }

  private async note(consumer: string, event: DomainEvent, tx: Tx): Promise<void> {
    this.notes.push(`${consumer} ${event.name}`);
    await this.inTransaction(consumer, event, tx);
  }
}

/** What a change of a password records, with somebody to tell. */
export function aPasswordChange(...addresses: string[]): PasswordChanged {
  return {
    accountId: randomUUID(),
    credentialVersion: 2,
    recipients: addresses.map((address) => ({ address, locale: 'en', role: 'current' })),
    by: 'change',
    keepSessionId: null,
    commonPassword: false,
    apiKeysAlive: 0,
    notMeUntil: null,
  };
}

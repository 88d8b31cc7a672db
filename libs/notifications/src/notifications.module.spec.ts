import { Global, Module } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import type { Change } from '@app/contracts';
import { EventDispatcher, Settings } from '@app/platform';
import { changeOf, OLD, resetRequested } from './mail-examples';
import { MailboxMailer } from './mailbox.mailer';
import { type Mail, Mailer } from './mailer';
import { NotificationsModule } from './notifications.module';
import type { SecretLife } from './secret-life';
import { SmtpMailer } from './smtp.mailer';

const CHANGE: Change = {
  id: 'c-1',
  at: '2026-11-21T23:05:07.123Z',
  requester: { actor: { kind: 'system' }, requestId: 'r-1', ip: null, userAgent: null, device: null },
  events: [
    {
      name: 'account.disabled.v1',
      data: {
        accountId: 'a-1',
        credentialVersion: 2,
        recipients: [{ address: 'ada@example.com', locale: 'en', role: 'current' }],
      },
    },
  ],
};

const ALERT = { id: 'd-1', target: 'ada@example.com', attempts: 1, secret: null };
const END = new Date('2026-11-22T02:15:00.000Z');
const begun: unknown[] = [];

class HandsOutEnd implements SecretLife {
  begin(secret: unknown): Promise<Date> {
    begun.push(secret);
    return Promise.resolve(END);
  }
}

function moduleWith(smtpUrl: string | undefined): TestingModuleBuilder {
  const settings = {
    smtpUrl,
    isProduction: false,
    publicUrl: 'https://accounts.example',
    mailFrom: 'no-reply@accounts.example',
  };

  @Global()
  @Module({
    providers: [{ provide: Settings, useValue: settings }, { provide: DataSource, useValue: {} }, EventDispatcher],
    exports: [Settings, DataSource],
  })
  class Surroundings {}

  return Test.createTestingModule({
    imports: [EventEmitterModule.forRoot(), Surroundings, NotificationsModule.forRoot(HandsOutEnd)],
  });
}

describe('the notifications module', () => {
  it('delivers to the development mailbox when no mail server is set', async () => {
    const module = await moduleWith(undefined).compile();
    expect(module.get(Mailer)).toBeInstanceOf(MailboxMailer);
  });

  it('delivers by SMTP when a mail server is set', async () => {
    const module = await moduleWith('smtp://127.0.0.1:1').compile();
    expect(module.get(Mailer)).toBeInstanceOf(SmtpMailer);
    await module.close();
  });

  it('[S-114] hears a committed change and sends the mail of that delivery, or fails with its mailer', async () => {
    const sent: Mail[] = [];
    const mailer: Mailer = {
      send: (mail) => (sent.push(mail) > 1 ? Promise.reject(new Error('the mail server is gone')) : Promise.resolve()),
    };
    const module = await moduleWith(undefined).overrideProvider(Mailer).useValue(mailer).compile();
    await module.init();
    const deliver = () => module.get(EventDispatcher).dispatchAfterCommit('notifications.send-mail', CHANGE, ALERT);

    await deliver();
    expect(sent).toMatchObject([
      { to: 'ada@example.com', from: 'no-reply@accounts.example', subject: 'Your account was disabled' },
    ]);
    await expect(deliver()).rejects.toThrow('the mail server is gone');
    await module.close();
  });

  it('[S-118] begins the life of a code or link before each attempt to send it, and says in the mail when it ends', async () => {
    const mailed: [text: string, begunBefore: number][] = [];
    const mailer: Mailer = { send: ({ text }) => Promise.resolve(void mailed.push([text, begun.length])) };
    const module = await moduleWith(undefined).overrideProvider(Mailer).useValue(mailer).compile();
    await module.init();
    const change = changeOf([resetRequested()]);
    const delivery = { id: 'd-1', target: OLD, attempts: 1, secret: { resetToken: 'reset-token' } };
    for (let attempt = 0; attempt < 2; attempt++) {
      await module.get(EventDispatcher).dispatchAfterCommit('notifications.send-mail', change, delivery);
    }
    expect(begun).toEqual([delivery.secret, delivery.secret]);
    const text = expect.stringContaining('until 2026-11-22 02:15 UTC') as string;
    expect(mailed).toEqual([
      [text, 1],
      [text, 2],
    ]);
    await module.close();
  });
});

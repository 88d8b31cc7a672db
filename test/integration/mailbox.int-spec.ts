import { Mailbox, MailboxMessage, NOTIFICATION_ENTITIES } from '@app/notifications';
import { MailboxMailer } from '../../libs/notifications/src/mailbox.mailer';
import type { Mail } from '../../libs/notifications/src/mailer';
import { openTestDatabase, type TestDatabase } from '../support/database';

const mail = (n: number, to = 'ada@example.com'): Mail => ({
  messageId: `<${n}@accounts.example>`,
  to,
  from: 'no-reply@accounts.example',
  subject: `Mail ${n}`,
  text: `text ${n} 中文`,
  html: `<p>${n}</p>`,
  language: 'en',
  headers: { 'Auto-Submitted': 'auto-generated' },
});

describe('the development mailbox', () => {
  let database: TestDatabase;
  let mailer: MailboxMailer;
  let mailbox: Mailbox;

  beforeAll(async () => {
    database = await openTestDatabase(NOTIFICATION_ENTITIES);
    mailer = new MailboxMailer(database.dataSource);
    mailbox = new Mailbox(database.dataSource);
  });
  afterAll(() => database.close());
  beforeEach(() => mailbox.clear());

  it('keeps a message as it was sent, with its Message-ID', async () => {
    await mailer.send(mail(1));
    const [message] = await mailbox.list();
    expect(message).toBeInstanceOf(MailboxMessage);
    expect(message).toMatchObject({
      to: 'ada@example.com',
      from: 'no-reply@accounts.example',
      subject: 'Mail 1',
      text: 'text 1 中文',
      html: '<p>1</p>',
      headers: { 'Auto-Submitted': 'auto-generated', 'Message-ID': '<1@accounts.example>' },
      sentAt: expect.any(Date) as Date,
    });
  });

  it('[S-114] holds a message once that is delivered twice', async () => {
    await mailer.send(mail(1));
    await mailer.send({ ...mail(1), text: 'again' });
    const messages = await mailbox.list();
    expect(messages.map(({ text }) => text)).toEqual(['text 1 中文']);
  });

  it('lists no more than the newest 200', async () => {
    for (let n = 1; n <= 201; n++) await mailer.send(mail(n));
    const messages = await mailbox.list();
    expect([messages.length, messages.at(0)?.subject, messages.at(-1)?.subject]).toEqual([200, 'Mail 201', 'Mail 2']);
  });

  it('lists the newest first, all or those to one address', async () => {
    await mailer.send(mail(1));
    await mailer.send(mail(2, 'bob@example.com'));
    await mailer.send(mail(3));
    const subjects = async (to?: string): Promise<string[]> => (await mailbox.list(to)).map(({ subject }) => subject);
    await expect(subjects()).resolves.toEqual(['Mail 3', 'Mail 2', 'Mail 1']);
    await expect(subjects('ada@example.com')).resolves.toEqual(['Mail 3', 'Mail 1']);
    await expect(subjects('nobody@example.com')).resolves.toEqual([]);
  });

  it('is empty once it is cleared', async () => {
    await mailer.send(mail(1));
    await mailbox.clear();
    await expect(mailbox.list()).resolves.toEqual([]);
  });
});

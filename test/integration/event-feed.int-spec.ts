import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import type { DomainEvent } from '@app/contracts';
import { createDataSource } from '../../libs/platform/src/database/data-source';
import { EventFeed } from '../../libs/platform/src/outbox/event-feed';
import { OutboxSignal } from '../../libs/platform/src/outbox/outbox-signal';
import { databaseKind, embeddedImage, openTestDatabase, type TestDatabase } from '../support/database';
import { TEST_REQUESTER } from '../support/factories';
import { begun, changesOf, eventOf, NOBODY_LEAVES, readAll, readPage, write } from './feed-changes';

describe('the event feed', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let signal: OutboxSignal;
  let feed: EventFeed;

  beforeAll(async () => {
    database = await openTestDatabase([]);
    dataSource = database.dataSource;
  });
  beforeEach(async () => {
    await dataSource.query('DELETE FROM outbox_message');
    signal = new OutboxSignal();
    feed = new EventFeed(dataSource, signal);
  });
  afterAll(() => database.close());

  const read = (after?: string, limit?: number) => readPage(feed, after, limit);
  const open = () => begun(dataSource);

  it('begins with a cursor from which everything that comes is read', async () => {
    const { events, next } = await read();
    expect(events).toEqual([]);
    const id = await write(dataSource);
    expect(changesOf((await read(next)).events)).toEqual([id]);
  });

  it('shows each event of a change in its order, and goes on in the midst of a change', async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    const id = await write(
      dataSource,
      [1, 2, 3].map((version) => eventOf(first, version)),
    );
    const other = await write(dataSource, [eventOf(second)]);
    const page = await read(undefined, 2);
    const rest = await read(page.next, 2);
    expect([...page.events, ...rest.events].map((event) => event.id)).toEqual([
      `${id}.0`,
      `${id}.1`,
      `${id}.2`,
      `${other}.0`,
    ]);
    expect(page.events.map(({ data }) => data)).toEqual([
      { accountId: first, credentialVersion: 1 },
      { accountId: first, credentialVersion: 2 },
    ]);
    expect((await read(page.events[0]?.cursor)).events).toHaveLength(3);
  });

  it('leaves out what nobody’s account did, recipients, and what only mails need', async () => {
    const accountId = randomUUID();
    const forNobody: DomainEvent = {
      name: 'account.password-reset-requested.v1',
      data: { accountId: null, recipients: [], expiresAt: '2030-01-01T00:00:00Z', onlyWayIn: false },
    };
    const changed: DomainEvent = {
      name: 'account.password-changed.v1',
      data: {
        accountId,
        credentialVersion: 2,
        recipients: [{ address: 'ada@example.com', locale: 'en', role: 'current' }],
        by: 'change',
        keepSessionId: null,
        commonPassword: true,
        apiKeysAlive: 0,
        notMeUntil: null,
      },
    };
    await write(dataSource, [forNobody]);
    const id = await write(dataSource, [forNobody, changed]);
    const { events } = await read();
    expect(events).toEqual([
      {
        id: `${id}.1`,
        cursor: expect.any(String),
        at: expect.any(Date),
        name: 'account.password-changed.v1',
        actor: TEST_REQUESTER.actor,
        cause: { requestId: TEST_REQUESTER.requestId },
        data: { accountId, credentialVersion: 2, by: 'change', keepSessionId: null, apiKeysAlive: 0 },
      },
    ]);
  });

  it('shows what ended sessions of many accounts without naming them', async () => {
    const nobodys = { accountId: null, recipients: [] as const };
    const application = { clientId: 'mobile', name: 'Mobile app' };
    const id = await write(dataSource, [
      { name: 'application.registered.v1', data: { ...nobodys, ...application } },
      { name: 'application.revoked.v1', data: { ...nobodys, ...application } },
    ]);
    await write(dataSource, [{ name: 'application.registered.v1', data: { ...nobodys, ...application } }]);
    const other = await write(dataSource, [{ name: 'session.all-sessions-ended.v1', data: { ...nobodys, count: 7 } }]);
    const { events } = await read();
    expect(events.map((event) => [event.id, event.name, event.data])).toEqual([
      [`${id}.1`, 'application.revoked.v1', { accountId: null, ...application }],
      [`${other}.0`, 'session.all-sessions-ended.v1', { accountId: null, count: 7 }],
    ]);
  });

  it('never shows a change that was rolled back [L-12]', async () => {
    const runner = await open();
    await write(runner);
    await runner.rollbackTransaction();
    await runner.release();
    const id = await write(dataSource);
    expect(changesOf(await readAll(feed))).toEqual([id]);
  });

  it('reads a history of any length, oldest first', async () => {
    const history = `INSERT INTO outbox_message (id, requester, events)
      SELECT gen_random_uuid(), $1, $2 FROM generate_series(1, 1200) RETURNING id`;
    const written = await dataSource.query<{ id: string }[]>(history, [
      JSON.stringify(TEST_REQUESTER),
      JSON.stringify([eventOf(randomUUID())]),
    ]);
    const seen: string[] = [];
    for (let page = await read(undefined, 500); page.events.length > 0; page = await read(page.next, 500)) {
      seen.push(...changesOf(page.events));
    }
    expect(seen).toEqual(written.map(({ id }) => id));
  });

  it('finds an event behind thousands that are of nobody’s account', async () => {
    const events = JSON.stringify([{ name: 'account.code-requested.v1', data: { accountId: null, recipients: [] } }]);
    await dataSource.query(
      `INSERT INTO outbox_message (id, requester, events) SELECT gen_random_uuid(), $1, $2 FROM generate_series(1, 2500)`,
      [JSON.stringify(TEST_REQUESTER), events],
    );
    const id = await write(dataSource);
    expect(changesOf((await read()).events)).toEqual([id]);
  });

  it('goes on after a restart where it was', async () => {
    const dataDir = databaseKind === 'embedded' ? mkdtempSync(join(tmpdir(), 'rekey-feed-')) : undefined;
    const start = () =>
      createDataSource({
        url: database.url,
        dataDir,
        template: dataDir === undefined ? undefined : image(),
        entities: [],
      });
    let image: () => Blob | undefined = embeddedImage;
    const before = await start();
    await write(before);
    const { next } = await new EventFeed(before, signal).read({ limit: 1, waitSeconds: 0 }, NOBODY_LEAVES);
    const unread = await write(before);
    await before.destroy();

    image = () => undefined;
    const after = await start();
    expect(changesOf(await readAll(new EventFeed(after, signal), next))).toEqual([unread]);
    await after.destroy();
    if (dataDir !== undefined) rmSync(dataDir, { recursive: true });
  });

  describe('refuses a cursor', () => {
    const forged = (text: string) => Buffer.from(text).toString('base64url');
    it.each([
      ['that is empty', ''],
      ['that is no base64url', '*'],
      ['of other content', forged('hello')],
      ['without a change', forged('1.0.')],
      ['with a sign', forged(`-1.0.${randomUUID()}`)],
      ['with a number that no database holds', forged(`99999999999999999999.0.${randomUUID()}`)],
      ['with an injection', forged(`1.0.${randomUUID()}'; DROP TABLE account`)],
      ['in another spelling', `${forged(`1.0.${randomUUID()}`)}=`],
    ])('%s', async (_what, after) => {
      await expect(read(after)).rejects.toMatchObject({ code: 'event-cursor.invalid' });
    });

    it('of a change that is not there', async () => {
      await write(dataSource);
      await expect(read(forged(`1.0.${randomUUID()}`))).rejects.toMatchObject({ code: 'event-cursor.gone' });
    });

    it('whose change was purged, but not one behind which nothing is missing', async () => {
      await write(dataSource);
      const purged = await read();
      const kept = await write(dataSource);
      const { next } = await read(purged.next);
      await dataSource.query('DELETE FROM outbox_message WHERE id <> $1', [kept]);
      await expect(read(purged.next)).rejects.toMatchObject({ code: 'event-cursor.gone' });
      const id = await write(dataSource);
      expect(changesOf((await read(next)).events)).toEqual([id]);
    });
  });
});

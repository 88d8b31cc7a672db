import { randomUUID } from 'node:crypto';
import { UnitOfWork } from '@app/platform';
import { bootPlatform, type TestPlatform } from '../support/boot-platform';
import { databaseKind } from '../support/database';
import { TEST_REQUESTER } from '../support/factories';
import { aPasswordChange, TestConsumers } from '../support/test-consumers';

const ADA = 'ada@example.com';

describe('a unit of work', () => {
  let platform: TestPlatform;
  let consumers: TestConsumers;
  let unitOfWork: UnitOfWork;

  beforeAll(async () => {
    platform = await bootPlatform([TestConsumers]);
    consumers = platform.module.get(TestConsumers);
    unitOfWork = platform.module.get(UnitOfWork);
  });
  afterAll(() => platform.close());
  beforeEach(async () => {
    consumers.forget();
    await platform.empty();
  });

  const changePassword = () =>
    unitOfWork.run(TEST_REQUESTER, (tx) =>
      Promise.resolve(tx.record('account.password-changed.v1', aPasswordChange(ADA))),
    );
  const register = (name: string) => `INSERT INTO application (client_id, name) VALUES ('${randomUUID()}', '${name}')`;
  const count = async (table: string): Promise<number> => {
    const [row] = await platform.dataSource.query<[{ n: number }]>(`SELECT count(*)::int AS n FROM ${table}`);
    return row.n;
  };
  const rowsLeft = async () => ({
    application: await count('application'),
    audit_event: await count('audit_event'),
    outbox_message: await count('outbox_message'),
    outbox_delivery: await count('outbox_delivery'),
  });
  const NOTHING = { application: 0, audit_event: 0, outbox_message: 0, outbox_delivery: 0 };

  it('calls the consumers of an event in the order of their names, which is the lock order', async () => {
    await changePassword();
    expect(consumers.notes).toEqual([
      'account.void-proofs account.password-changed.v1',
      'session.check-asker account.password-changed.v1',
      'session.end-sessions account.password-changed.v1',
    ]);
  });

  it('calls one consumer after another, never two at once', async () => {
    let running = 0;
    let mostAtOnce = 0;
    consumers.inTransaction = async (_consumer, _event, tx) => {
      mostAtOnce = Math.max(mostAtOnce, ++running);
      await tx.manager.query('SELECT 1');
      running--;
    };
    await changePassword();
    expect(mostAtOnce).toBe(1);
  });

  it('dispatches what a consumer records, too', async () => {
    consumers.inTransaction = (consumer, event, tx) => {
      if (consumer === 'account.void-proofs' && event.name === 'account.password-changed.v1') {
        tx.record('account.disabled.v1', { ...aPasswordChange(ADA) });
      }
      return Promise.resolve();
    };
    await changePassword();
    expect(consumers.notes.slice(3)).toEqual([
      'account.void-proofs account.disabled.v1',
      'session.end-sessions account.disabled.v1',
    ]);
    const [{ events }] = await platform.dataSource.query<[{ events: { name: string }[] }]>(
      'SELECT events FROM outbox_message',
    );
    expect(events.map(({ name }) => name)).toEqual(['account.password-changed.v1', 'account.disabled.v1']);
  });

  it('gives back what the work returns and what the consumers report', async () => {
    consumers.inTransaction = (_consumer, _event, tx) => Promise.resolve(tx.report('sessionsEnded', 3));
    const outcome = await unitOfWork.run(TEST_REQUESTER, (tx) => {
      tx.record('account.password-changed.v1', aPasswordChange());
      return Promise.resolve('done');
    });
    expect(outcome).toEqual({ result: 'done', reports: { sessionsEnded: 3 } });
  });

  it('writes one audit row an event, one message a change and one delivery an address', async () => {
    await unitOfWork.run(TEST_REQUESTER, async (tx) => {
      await tx.manager.query(register('kept'));
      tx.record('account.password-changed.v1', aPasswordChange(ADA));
      tx.record('account.disabled.v1', aPasswordChange(ADA, 'bob@example.com'));
    });
    expect(await rowsLeft()).toEqual({ application: 1, audit_event: 2, outbox_message: 1, outbox_delivery: 2 });
  });

  it('writes nothing beside its work when nothing was recorded', async () => {
    await unitOfWork.run(TEST_REQUESTER, (tx) => tx.manager.query(register('kept')));
    expect(await rowsLeft()).toEqual({ ...NOTHING, application: 1 });
  });

  it('[S-34] leaves nothing behind when the work throws', async () => {
    const running = unitOfWork.run(TEST_REQUESTER, async (tx) => {
      await tx.manager.query(register('lost'));
      tx.record('account.password-changed.v1', aPasswordChange(ADA));
      throw new Error('changed my mind');
    });
    await expect(running).rejects.toThrow('changed my mind');
    expect(await rowsLeft()).toEqual(NOTHING);
  });

  it.each(['account.void-proofs', 'session.check-asker', 'session.end-sessions'])(
    '[S-34] leaves nothing behind when the consumer %s throws',
    async (failing) => {
      consumers.inTransaction = async (consumer, _event, tx) => {
        await tx.manager.query(register('lost'));
        if (consumer === failing) throw new Error('no');
      };
      await expect(changePassword()).rejects.toThrow('no');
      expect(await rowsLeft()).toEqual(NOTHING);
    },
  );

  it('[S-34] leaves nothing behind when the outbox cannot be written', async () => {
    await platform.dataSource.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk full'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON outbox_delivery EXECUTE FUNCTION refuse();`);
    consumers.inTransaction = (_consumer, _event, tx) => tx.manager.query(register('lost'));
    await expect(changePassword()).rejects.toThrow('disk full');
    await platform.dataSource.query('DROP FUNCTION refuse CASCADE');
    expect(await rowsLeft()).toEqual(NOTHING);
  });

  it('[S-34] leaves nothing behind when the commit fails', async () => {
    await platform.dataSource.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk full'; END $$;
      CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON application DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION refuse();`);
    consumers.inTransaction = (_consumer, _event, tx) => tx.manager.query(register('lost'));
    await expect(changePassword()).rejects.toThrow('disk full');
    await platform.dataSource.query('DROP FUNCTION refuse CASCADE');
    expect(await rowsLeft()).toEqual(NOTHING);
  });

  if (databaseKind === 'embedded') {
    it('refuses to run inside another, which would wait for its own connection', async () => {
      await expect(unitOfWork.run(TEST_REQUESTER, changePassword)).rejects.toThrow('use tx');
      expect(await rowsLeft()).toEqual(NOTHING);
    });
  }

  it('runs again after one that failed', async () => {
    await expect(unitOfWork.run(TEST_REQUESTER, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await changePassword();
    expect(await count('outbox_message')).toBe(1);
  });
});

describe('a unit of work whose consumers are not there', () => {
  it('fails loudly, and commits nothing', async () => {
    const platform = await bootPlatform([]);
    const running = platform.module.get(UnitOfWork).run(TEST_REQUESTER, (tx) => {
      tx.record('account.password-changed.v1', aPasswordChange(ADA));
      return Promise.resolve();
    });
    await expect(running).rejects.toThrow('The consumer account.void-proofs has no handlers; it needs exactly one.');
    expect(await platform.dataSource.query('SELECT * FROM outbox_message')).toEqual([]);
    await platform.close();
  });
});

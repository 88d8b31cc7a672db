import { Logger } from '@nestjs/common';
import { ManageAccount } from '@app/account';
import { Purger } from '@app/platform';
import { aPerson, changePassword, me } from '../e2e/native-driver';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, TEST_REQUESTER } from '../support/factories';
import { openAsServiceRole } from '../support/service-role';

const ANONYMOUS = { ...TEST_REQUESTER, actor: { kind: 'anonymous' } } as const;

describe('the service under the role that compose.yaml gives it', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi({}, undefined, openAsServiceRole);
  });
  afterAll(() => api.close());

  it('[S-134] changes a password, with its row in the log and its alert', async () => {
    const { account, tokens, headers } = await aPerson(api);
    expect((await changePassword(api, headers)).status).toBe(200);
    expect((await me(api, tokens)).status).toBe(401);
    expect(await api.mailsTo(account.email)).toHaveLength(1);
    expect(await logOf(account.id)).toContainEqual(expect.objectContaining({ action: 'account.password-changed.v1' }));
  });

  it('[S-134] erases what the log says of a deleted person, and nothing else of it', async () => {
    const account = await anAccount(api);
    await api.app.get(ManageAccount).delete(account.id, ANONYMOUS);
    const before = await logOf(account.id);
    expect(before.at(-1)?.requester).toMatchObject({ ip: '192.0.2.1' });
    await api.drain();
    const requester = { ...ANONYMOUS, ip: null, userAgent: null, device: null };
    expect(await logOf(account.id)).toEqual([...before.slice(0, -1), { ...before.at(-1), requester }]);
  });

  it('[S-135] removes what is over', async () => {
    const errors = jest.spyOn(Logger.prototype, 'error');
    await api.dataSource.query(
      `INSERT INTO idempotency_key (scope, key_hash, fingerprint, lease, locked_until, created_at)
       VALUES ('test', '', '', gen_random_uuid(), now(), now() - interval '25 hours')`,
    );
    await api.app.get(Purger).purge();
    expect(await api.dataSource.query(`SELECT 1 FROM idempotency_key WHERE scope = 'test'`)).toEqual([]);
    expect(errors).not.toHaveBeenCalled();
    errors.mockRestore();
  });

  it.each([
    `UPDATE audit_event SET action = 'x'`,
    `UPDATE audit_event SET at = now()`,
    'UPDATE audit_event SET account_id = NULL',
    `UPDATE audit_event SET details = '{}'`,
    'DELETE FROM audit_event',
    'TRUNCATE audit_event',
  ])('[S-134] cannot alter the log: %s', async (statement) => {
    await expect(api.dataSource.query(statement)).rejects.toThrow('permission denied for table audit_event');
  });

  it.each([
    ['CREATE TABLE mine (id int)', 'permission denied for schema public'],
    ['ALTER TABLE audit_event DISABLE TRIGGER ALL', 'must be owner'],
    ['DROP TABLE audit_event', 'must be owner'],
  ])('[S-137] cannot change the schema: %s', async (statement, refusal) => {
    await expect(api.dataSource.query(statement)).rejects.toThrow(refusal);
  });

  function logOf(accountId: string): Promise<{ action: string; requester: object }[]> {
    return api.dataSource.query('SELECT * FROM audit_event WHERE account_id = $1 ORDER BY id', [accountId]);
  }
});

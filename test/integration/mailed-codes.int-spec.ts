import { randomUUID } from 'node:crypto';
import { type Tx, UnitOfWork } from '@app/platform';
import { AccountRepository } from '../../libs/account/src/account.repository';
import { type CodeBinding, MailedCodes } from '../../libs/account/src/mailed-codes';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, TEST_REQUESTER } from '../support/factories';

describe('mailed codes', () => {
  let api: TestApi;
  let codes: MailedCodes;
  beforeAll(async () => {
    api = await bootApi();
    codes = api.app.get(MailedCodes, { strict: false });
  });
  afterAll(() => api.close());

  const run = <T>(work: (tx: Tx) => Promise<T>) => api.app.get(UnitOfWork).run(TEST_REQUESTER, work);
  const aBinding = (accountId: string | null): CodeBinding => ({
    purpose: 'email-change',
    email: `new-${randomUUID()}@example.org`,
    accountId,
    applicationId: null,
  });
  const issue = async (binding: CodeBinding): Promise<string> => {
    const { result } = await run(async (tx) => {
      await codes.issue(tx, binding, null);
      return tx.secrets.get(binding.email)?.code;
    });
    return String(result);
  };
  const spend = (binding: CodeBinding, code: string) => run((tx) => codes.spend(tx, { binding, code }));
  const invalid = { code: 'code.invalid' };

  it('[S-48] are spent once, whatever else a change ends', async () => {
    const binding = aBinding(null);
    const code = await issue(binding);
    await spend(binding, code);
    await expect(spend(binding, code)).rejects.toMatchObject(invalid);
  });

  it('[S-53] of somebody who is signed in end with the next one, those of a stranger do not', async () => {
    const { id } = await anAccount(api);
    for (const [accountId, isGood] of [
      [id, false],
      [null, true],
    ] as const) {
      const binding = aBinding(accountId);
      const first = await issue(binding);
      await issue(binding);
      const spent = spend(binding, first).then(
        () => true,
        () => false,
      );
      expect(await spent).toBe(isGood);
    }
  });

  it('prove an address that took effect unproved: mailed to it, as to one that nobody else has', async () => {
    const { id, email } = await anAccount(api, { emailVerified: false });
    const account = await api.app.get(AccountRepository, { strict: false }).getWithHash(id);
    await run((tx) => codes.mailVerification(tx, account));
    const [mail] = await api.mailsTo(email);
    expect(mail?.text).toMatch(/^Your code: \d{6}$/m);
    const [{ taken }] = await api.dataSource.query(
      `SELECT events #> '{0,data,addressTaken}' AS taken FROM outbox_message
       WHERE events #>> '{0,name}' = 'account.code-requested.v1' AND events #>> '{0,data,accountId}' = $1`,
      [id],
    );
    expect(taken).toBe(false);
  });
});

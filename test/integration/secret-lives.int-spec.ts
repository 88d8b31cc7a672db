import { SecretLives, StartEmailChange } from '@app/account';
import { type CodeType, forgetMails, PAGE_HEADERS, SEND } from '../contract/bamboocloud-client';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, type TestAccount, TEST_REQUESTER } from '../support/factories';

/** Not what it is where nobody sets it. */
const CODE_SECONDS = 240;

describe('the life of a mailed code', () => {
  let api: TestApi;
  let lives: SecretLives;
  beforeAll(async () => {
    api = await bootApi({ codeSeconds: CODE_SECONDS });
    lives = new SecretLives(api.dataSource, api.settings);
  });
  afterAll(() => api.close());

  /** The id of the code that is mailed. */
  async function startChange({ id, password }: TestAccount): Promise<string> {
    const command = { accountId: id, newEmail: 'new@example.net', currentPassword: password };
    await api.app.get(StartEmailChange).execute(command, TEST_REQUESTER);
    const [row] = await api.dataSource.query<[{ id: string }]>(
      'SELECT id FROM mailed_code WHERE account_id = $1 AND ended_at IS NULL',
      [id],
    );
    return row.id;
  }

  /** Seconds until a code, and the change that it is for, are over. */
  async function secondsLeft(codeId: string): Promise<number[]> {
    const rows = await api.dataSource.query<{ seconds: number }[]>(
      `SELECT extract(epoch FROM c.expires_at - now())::int AS seconds FROM mailed_code c WHERE id = $1
       UNION ALL
       SELECT extract(epoch FROM p.expires_at - now())::int FROM pending_email_change p
         JOIN mailed_code c ON c.account_id = p.account_id WHERE c.id = $1`,
      [codeId],
    );
    return rows.map(({ seconds }) => Math.round(seconds / 10) * 10);
  }

  it('[S-118] begins anew with each attempt to send it, and that of its pending change with it', async () => {
    const codeId = await startChange(await anAccount(api));
    await api.age('9 hours');
    const end = await lives.begin({ codeId });
    expect(await secondsLeft(codeId)).toEqual([CODE_SECONDS, CODE_SECONDS]);
    expect(end).toBeInstanceOf(Date);
  });

  it('[L-2] does not begin again, nor does its pending change’s, once another code has replaced it', async () => {
    const account = await anAccount(api);
    const replaced = await startChange(account);
    await startChange(account);
    await api.age('100 seconds');
    expect(await lives.begin({ codeId: replaced })).toBeNull();
    expect(await secondsLeft(replaced)).toEqual([CODE_SECONDS - 100, CODE_SECONDS - 100]);
  });

  it.each<CodeType>(['UPDATE_EMAIL_EMS', 'UPDATE_PWD_EMS', 'FORGET_PWD_EMS'])(
    '[S-47] is what its setting says for a BambooCloud code of the type %s, from its request and from its mail',
    async (type) => {
      const account = await anAccount(api);
      const email = type === 'UPDATE_EMAIL_EMS' ? `new-${account.id}@example.net` : account.email;
      await forgetMails(api);
      expect((await api.http.post(SEND, { email, type }, PAGE_HEADERS)).status).toBe(200);
      const [{ id }] = await api.dataSource.query('SELECT id FROM mailed_code WHERE email = $1', [email]);
      expect(await secondsLeft(id)).toEqual([CODE_SECONDS]);
      await api.age('9 hours');
      expect(await api.mailsTo(email)).toHaveLength(1);
      expect(await secondsLeft(id)).toEqual([CODE_SECONDS]);
    },
  );
});

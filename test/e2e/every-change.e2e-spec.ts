import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount, type TestAccount } from '../support/factories';
import { CHANGES, type Changed, RENEWAL_DOORS, signInEverywhere, TOKEN_DOORS, type Tokens } from '../support/surfaces';

let api: TestApi;
beforeAll(async () => {
  api = await bootApi();
});
afterAll(() => api.close());

describe.each(Object.entries(CHANGES))('after a change by %s', (_, perform) => {
  let account: TestAccount;
  let tokens: Tokens;
  let changed: Changed;
  beforeAll(async () => {
    account = await anAccount(api);
    tokens = await signInEverywhere(api, account);
    for (const token of tokens.all) await expectAccepted(token, true);
    changed = await perform(api, account, tokens);
  });

  it('the answer says that it is done', () => {
    expect(changed.status).toBe(200);
  });

  it('no earlier access token is accepted at any door [S-35] [S-66] [L-4]', async () => {
    for (const token of tokens.all) await expectAccepted(token, false);
  });

  it.each(Object.entries(RENEWAL_DOORS))('nothing earlier is renewed at the %s [S-93]', async (__, renews) => {
    expect(await renews(api, tokens)).toBe(false);
  });

  it('the old pair is refused and the new pair signs in [I1] [I2]', async () => {
    await expect(aSession(api, account)).rejects.toMatchObject({ code: 'credentials.invalid' });
    const { accessToken } = await aSession(api, { ...account, ...changed });
    await expectAccepted(accessToken, true);
  });

  it('the old mailbox, and the new one where there is one, are told once [S-39] [S-63]', async () => {
    const subjects = /address|password/i;
    const told = async (address: string) =>
      (await api.mailsTo(address)).filter(({ subject, text }) => subjects.test(subject) && !/\b\d{6}\b/.test(text));
    expect(await told(account.email)).toHaveLength(changed.warned ? 2 : 1);
    if (changed.email !== account.email) expect((await api.mailsTo(changed.email)).length).toBeGreaterThan(0);
  });

  it('the change has one audit row an event, and nobody’s secret is in it [S-132]', async () => {
    const rows = await api.dataSource.query<{ action: string }[]>(
      `SELECT action FROM audit_event WHERE account_id = $1 AND action LIKE 'account.%-changed.v1' ORDER BY id`,
      [account.id],
    );
    const expected = [
      ...(changed.email === account.email ? [] : ['account.email-changed.v1']),
      ...(changed.password === account.password ? [] : ['account.password-changed.v1']),
    ];
    expect(rows.map(({ action }) => action)).toEqual(expected);
  });
});

async function expectAccepted(token: string, accepted: boolean): Promise<void> {
  for (const [door, accepts] of Object.entries(TOKEN_DOORS)) {
    expect([door, await accepts(api, token)]).toEqual([door, accepted]);
  }
}

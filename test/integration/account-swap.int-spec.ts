import { UnitOfWork } from '@app/platform';
import { AccountRepository } from '../../libs/account/src/account.repository';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, TEST_REQUESTER } from '../support/factories';

describe('a write of credentials', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  it('[S-38] [R1] replaces only what was seen: whoever comes second with an old view changes nothing', async () => {
    const accounts = api.app.get(AccountRepository, { strict: false });
    const { id } = await anAccount(api);
    const seen = await accounts.getWithHash(id);
    const write = (locale: 'en' | 'zh') =>
      api.app.get(UnitOfWork).run(TEST_REQUESTER, (tx) => accounts.swap(tx, seen, { locale }));
    await write('zh');
    await expect(write('en')).rejects.toMatchObject({ code: 'account.changed-meanwhile' });
    expect(await accounts.getWithHash(id)).toMatchObject({
      locale: 'zh',
      credentialVersion: seen.credentialVersion + 1,
    });
  });
});

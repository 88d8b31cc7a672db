import { ApiKeys, ManageAccount } from '@app/account';
import { anApiKey, AUTH, expectCode, keyed } from '../contract/vivoldi-client';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, GOOD_PASSWORD, TEST_REQUESTER, type TestAccount } from '../support/factories';
import { comparable } from '../support/http-client';
import { SIGN_IN_DOORS } from '../support/surfaces';
import { trySignIn } from './native-driver';

const WRONG = 'not the password at all';
/** Bcrypt of cost 4, by another system. */
const IMPORTED_HASH = '$2b$04$FVbPA1NJjLGZ5KbcEzFkc.NUxTWDm3KlA.APXTp4r2Kyy/nIanNv2';

type Pair = Pick<TestAccount, 'email' | 'password'>;

/** What is wrong with a pair, besides the password of an account that is open. */
const WRONG_PAIRS: Record<string, (api: TestApi) => Pair | Promise<Pair>> = {
  unknown: () => ({ email: 'nobody@example.com', password: WRONG }),
  'no address': () => ({ email: 'no address', password: WRONG }),
  'an address of one NUL': () => ({ email: '\0', password: WRONG }),
  disabled: aDisabledAccount,
  'locked after too many failures': async (api) => {
    const account = await anAccount(api);
    for (let n = 0; n < 10; n++) await trySignIn(api, { ...account, password: WRONG });
    return account;
  },
  'without a password': (api) => anAccountWith(api, 'password_hash = NULL'),
  'closed by an undo': (api) => anAccountWith(api, 'password_reset_required = true'),
  imported: async (api) => ({ ...(await anAccount(api, { passwordHash: IMPORTED_HASH })), password: WRONG }),
  'an empty password': (api) => withPassword(api, ''),
  'an over-long password': (api) => withPassword(api, `${GOOD_PASSWORD}${'x'.repeat(120)}`),
  'a far longer one': (api) => withPassword(api, 'x'.repeat(5000)),
  'a password with a NUL': (api) => withPassword(api, `${GOOD_PASSWORD}\0`),
  'a password with half a character': (api) => withPassword(api, `${GOOD_PASSWORD}\ud800`),
};

/** What is wrong with an API key, besides being nobody's. */
const WRONG_KEYS: Record<string, (api: TestApi) => string | Promise<string>> = {
  empty: () => '',
  'over-long': () => 'x'.repeat(5000),
  revoked: async (api) => {
    const { id, apiKey } = await api.app.get(ApiKeys).create((await anAccount(api)).id, TEST_REQUESTER);
    await api.app.get(ApiKeys).revoke(id, TEST_REQUESTER);
    return apiKey;
  },
  expired: async (api) => {
    const { id, apiKey } = await api.app.get(ApiKeys).create((await anAccount(api)).id, TEST_REQUESTER);
    await api.app.get(ApiKeys).rotate(id, 0, TEST_REQUESTER);
    return apiKey;
  },
  'of a disabled account': async (api) => anApiKey(api, await aDisabledAccount(api)),
  'of an account that was closed by an undo': async (api) =>
    anApiKey(api, await anAccountWith(api, 'password_reset_required = true')),
};

describe('a refused sign-in', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  describe.each(Object.entries(SIGN_IN_DOORS))('at the %s', (_, { give, status }) => {
    it.each(Object.entries(WRONG_PAIRS))(
      '[S-21] [S-2] [S-5] has the bytes and headers of a wrong password: %s',
      async (__, aWrongPair) => {
        const known = await anAccount(api);
        const wrong = await give(api, { ...known, password: WRONG });
        expect(comparable(await give(api, await aWrongPair(api)))).toEqual(comparable(wrong));
        expect((await give(api, known)).status).toBe(status);
        expect(wrong.status).not.toBe(status);
      },
    );
  });

  it.each(Object.entries(WRONG_KEYS))(
    '[S-21] by an API key has the bytes and headers of one that is nobody’s: %s',
    async (_, aWrongKey) => {
      const unknown = await api.http.post(AUTH, {}, keyed('wrong'));
      expectCode(unknown, 1104);
      const refused = await api.http.post(AUTH, {}, keyed(await aWrongKey(api)));
      expect(comparable(refused)).toEqual(comparable(unknown));
    },
  );
});

async function anAccountWith(api: TestApi, columns: string): Promise<TestAccount> {
  const account = await anAccount(api);
  await api.dataSource.query(`UPDATE account SET ${columns} WHERE id = $1`, [account.id]);
  return account;
}

async function aDisabledAccount(api: TestApi): Promise<TestAccount> {
  const account = await anAccount(api);
  await api.app.get(ManageAccount).patch(account.id, { disabled: true }, TEST_REQUESTER);
  return account;
}

const withPassword = async (api: TestApi, password: string) => ({ ...(await anAccount(api)), password });

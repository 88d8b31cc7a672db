import { signIn, trySignIn } from '../e2e/native-driver';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, type TestAccount } from '../support/factories';
import type { HeaderMap } from '../support/http-client';
import { aService } from './internal-callers';
import { importAccounts, ndjson } from './internal-import-client';
import { anApiKey, aShortToken, aUserToken, UPDATE } from './vivoldi-client';

let api: TestApi;
beforeAll(async () => {
  api = await bootApi();
});
afterAll(() => api.close());

let people = 0;
const anAddress = () => `heron1906@e${++people}.example`;

describe('the doors of the Vivoldi contract', () => {
  const CURRENT = 'lamp over 1 ferry';
  const REFUSED: readonly [what: string, password: string, code: number][] = [
    ['of 5 characters', 'Zg943', 2101],
    ['of 31 characters', `a1${'😀'.repeat(29)}`, 2101],
    ['without a digit', 'Zghtijk!', 2101],
    ['without a letter', '1234567!', 2101],
    ['with NUL', 'Zght\u0000943!', 2101],
    ['the local part of the address', 'HERON1906', 2102],
    ['the current one', CURRENT, 2103],
  ];
  const TAKEN = ['Zg943!', `a1${'😀'.repeat(28)}`, ' Zght943 ', 'password1', CURRENT.toUpperCase()];
  const DOORS: Record<string, (account: TestAccount) => Promise<HeaderMap>> = {
    'the token of a sign-in': (account) => aUserToken(api, account),
    'the token of an API key': async (account) => aShortToken(api, await anApiKey(api, account)),
  };

  describe.each(Object.entries(DOORS))('by %s', (_door, headersOf) => {
    const aDoor = async () => {
      const account = await anAccount(api, { email: anAddress(), password: CURRENT });
      const headers = await headersOf(account);
      const tries = async (pwd: string) => (await api.http.put(UPDATE, { pwd }, headers)).body.code;
      return { account, tries };
    };

    it('[S-37] gives each password the verdict of the other one', async () => {
      const { account, tries } = await aDoor();
      for (const [what, password, code] of REFUSED) expect([what, await tries(password)]).toEqual([what, code]);
      await signIn(api, account);
      for (const password of TAKEN) {
        const another = await aDoor();
        expect(await another.tries(password)).toBe(0);
        await signIn(api, { ...another.account, password });
      }
    });
  });
});

describe('the doors by which services bring passwords', () => {
  const REFUSED = ['', 'x'.repeat(129), 'a\0b', 'a\ud800b'];
  const TAKEN = ['x', '😀'.repeat(128), 'password1', 'heron1906', ' two spaces '];
  const DOORS: Record<string, (service: HeaderMap, account: object) => Promise<boolean>> = {
    creating: async (service, account) =>
      (await api.internal.post('/internal/v1/accounts', account, service)).status === 201,
    importing: async (service, account) => {
      const { lines } = await importAccounts(api, service, ndjson([account]));
      return lines[0]?.id !== undefined;
    },
  };

  it.each(Object.entries(DOORS))('[S-37] [S-5] %s takes what the other one takes', async (_door, takes) => {
    const service = await aService(api, 'accounts:write');
    for (const password of REFUSED) {
      expect([password, await takes(service, { email: anAddress(), password })]).toEqual([password, false]);
    }
    for (const password of TAKEN) {
      const account = { email: anAddress(), password };
      expect([password, await takes(service, account)]).toEqual([password, true]);
      expect((await trySignIn(api, account)).status).toBe(201);
    }
  });
});

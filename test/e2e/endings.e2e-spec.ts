import { ManageAccount } from '@app/account';
import { RevokeSessions } from '@app/session';
import { bootApi, type TestApi } from '../support/boot-api';
import { type EverySecret, everySecret, type SecretKind } from '../support/every-secret';
import { anAccount, TEST_REQUESTER } from '../support/factories';
import { bearer } from '../support/http-client';
import { RENEWAL_DOORS, signInEverywhere, TOKEN_DOORS, type Tokens } from '../support/surfaces';
import { ROOT } from './native-driver';
import { SECRET_PLACES } from './secret-places';

let api: TestApi;
beforeAll(async () => {
  api = await bootApi();
});
afterAll(() => api.close());

/** What ends every session of an account, besides a change of its credentials. */
const ENDINGS: Record<string, (accountId: string, tokens: Tokens) => Promise<unknown>> = {
  'a logout everywhere [S-96]': (_, { access }) => api.http.delete(`${ROOT}/sessions?scope=all`, bearer(access)),
  'a revocation by a service [S-104]': (id) => api.app.get(RevokeSessions).ofAccount(id, TEST_REQUESTER),
  'a revocation of everybody’s [S-104]': () => api.app.get(RevokeSessions).ofEverybody(TEST_REQUESTER),
  'disabling the account [S-97]': (id) => disable(id),
  'deleting the account [S-97]': (id) => erase(id),
};

const disable = (id: string) => api.app.get(ManageAccount).patch(id, { disabled: true }, TEST_REQUESTER);
const erase = (id: string) => api.app.get(ManageAccount).delete(id, TEST_REQUESTER);

describe.each(Object.entries(ENDINGS))('after %s', (_, end) => {
  let tokens: Tokens;
  beforeAll(async () => {
    const account = await anAccount(api);
    tokens = await signInEverywhere(api, account);
    for (const [door, accepts] of Object.entries(TOKEN_DOORS)) {
      for (const token of tokens.all) expect([door, await accepts(api, token)]).toEqual([door, true]);
    }
    await end(account.id, tokens);
  });

  it.each(Object.entries(TOKEN_DOORS))('no access token is accepted at the door "%s"', async (__, accepts) => {
    for (const token of tokens.all) expect(await accepts(api, token)).toBe(false);
  });

  it.each(Object.entries(RENEWAL_DOORS))('nothing is renewed at the %s', async (__, renews) => {
    expect(await renews(api, tokens)).toBe(false);
  });
});

describe.each<[string, (id: string) => Promise<unknown>, SecretKind[]]>([
  // The old mailbox may take its address back: that signs nobody in, and no reset is mailed.
  ['disabled', disable, ['undo token']],
  ['deleted', erase, []],
])('of an account that is %s', (_, end, stillGood) => {
  const OF_SERVICES: SecretKind[] = ['service access token', 'service client secret', 'application id'];
  const places = Object.entries(SECRET_PLACES).flatMap(([name, place]) => {
    const kinds = place.good.filter((kind) => ![...OF_SERVICES, ...stillGood].includes(kind));
    return kinds.map((kind) => ({ name, place, kind }));
  });
  let held: EverySecret;
  beforeAll(async () => {
    held = await everySecret(api);
    for (const id of held.accountIds) await end(id);
  });

  it.each(places)('[S-97] the $kind is good for nothing at: $name', async ({ place, kind }) => {
    expect(await place.takes(api, held.secrets[kind], held)).toBe(false);
  });
});

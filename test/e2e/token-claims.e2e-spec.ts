import { ManageAccount } from '@app/account';
import { ServiceClients } from '@app/session';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, aSession, TEST_REQUESTER } from '../support/factories';
import { type Mould, mouldOf, remade } from '../support/forged-tokens';
import { aServiceToken, aTokenFor, EVERY_DOOR, opens, shapeOf, show } from '../support/token-doors';
import {
  AUDIENCE_LISTS,
  type Change,
  type Claims,
  PLACES,
  SESSIONS,
  STRICT_TIMES,
  SUBJECTS,
  TIMES,
} from './token-claims';

let api: TestApi;
beforeAll(async () => {
  api = await bootApi();
});
afterAll(() => api.close());

describe.each(EVERY_DOOR)('a token that we sign, at the door "$name"', ({ door }) => {
  let mould: Mould;
  let refused: object;
  beforeAll(async () => {
    mould = mouldOf(api, await aTokenFor(api, door));
    refused = shapeOf(await show(api, door, 'a.b.c'));
  });

  const claiming = (change: Change): string => remade(mould, { claims: change(mould.claims as Claims) });
  const expectRefused = async (token: string): Promise<void> =>
    expect(shapeOf(await show(api, door, token))).toEqual(refused);

  it('[S-81] is accepted within its time', async () => {
    const within: Change[] = [
      () => ({}),
      ({ iat }) => ({ nbf: iat }),
      ({ iat }) => ({ nbf: iat - 60, iat: iat - 60 }),
      ({ iat }) => ({ iat: iat - 500, exp: iat + 100 }),
    ];
    for (const change of within) expect(await opens(api, door, claiming(change))).toBe(true);
  });

  it.each(Object.entries(TIMES))('[S-81] is refused with %s', (_, change) => expectRefused(claiming(change)));

  it.each(Object.entries(PLACES))('[S-82] is refused with %s', (_, change) => expectRefused(claiming(change)));

  it.each(Object.entries(SUBJECTS))('[S-85] is refused with %s', (_, change) => expectRefused(claiming(change)));

  it.each(Object.entries(STRICT_TIMES))('[S-81] is refused with %s', (_, change) => expectRefused(claiming(change)));

  it.each(Object.entries(AUDIENCE_LISTS))('[S-82] is refused with %s', (_, change) => expectRefused(claiming(change)));

  if (door.holder === 'person') {
    it.each(Object.entries(SESSIONS))('[S-85] is refused with %s', async (_, changeOf) =>
      expectRefused(claiming(await changeOf(api))),
    );

    it('[S-82] is refused with a service as its audience, as a service’s own is', async () => {
      await expectRefused(claiming(() => ({ aud: 'internal' })));
      await expectRefused(await aServiceToken(api, 'admin'));
    });

    it('[S-85] is refused once its account is disabled', async () => {
      const account = await anAccount(api);
      const { accessToken } = await aSession(api, account);
      expect(await opens(api, door, accessToken)).toBe(true);
      await api.app.get(ManageAccount).patch(account.id, { disabled: true }, TEST_REQUESTER);
      await expectRefused(accessToken);
    });

    it('[S-85] [S-97] opens nothing once its account is deleted', async () => {
      const account = await anAccount(api);
      const { accessToken } = await aSession(api, account);
      await api.app.get(ManageAccount).delete(account.id, TEST_REQUESTER);
      expect(await opens(api, door, accessToken)).toBe(false);
    });
  } else {
    it('[S-82] is refused with a person’s audience, as a person’s own is', async () => {
      await expectRefused(claiming(({ iss }) => ({ aud: iss })));
      await expectRefused((await aSession(api, await anAccount(api))).accessToken);
    });

    it('[S-85] is refused with a person as its sub, and with a client that was revoked', async () => {
      const { id } = await anAccount(api);
      await expectRefused(claiming(() => ({ sub: id })));
      const clients = api.app.get(ServiceClients);
      const gone = await clients.create('gone', ['admin'], TEST_REQUESTER);
      await clients.revoke(gone.id, TEST_REQUESTER);
      await expectRefused(claiming(() => ({ sub: gone.id, client_id: gone.id })));
    });
  }
});

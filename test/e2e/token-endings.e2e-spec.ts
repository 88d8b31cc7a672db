import { randomUUID } from 'node:crypto';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, aSession } from '../support/factories';
import { type Mould, mouldOf, remade } from '../support/forged-tokens';
import { bearer, type HttpAnswer } from '../support/http-client';
import { DEVELOPMENT_SERVICE, shapeOf } from '../support/token-doors';
import { AMBIGUOUS_JSON } from './token-ambiguity';
import { ALGORITHM_ATTACKS, KID_ATTACKS } from './token-attacks';
import { AUDIENCE_LISTS, type Change, type Claims, PLACES } from './token-claims';
import { BROKEN_JSON, CRITICAL_HEADERS, SERIALISATIONS } from './token-forms';

/** Doors that end the session of the token that they are shown, also when it has expired. */
const ENDING_DOORS: Record<string, (api: TestApi, token: string) => Promise<HttpAnswer>> = {
  'the logout': (api, token) => api.http.delete('/account/v1/sessions/current', bearer(token)),
  revocation: (api, token) =>
    api.internal.post('/oauth2/revoke', new URLSearchParams({ token }).toString(), DEVELOPMENT_SERVICE),
};

const CLAIMS: Record<string, Change> = {
  ...PLACES,
  ...AUDIENCE_LISTS,
  'sub in a list': () => ({ sub: [randomUUID()] }),
  'sub in an object': () => ({ sub: { $eq: 'x' } }),
  'sub as a number': () => ({ sub: 7 }),
  'no sub': () => ({ sub: undefined }),
  'a sub that is no id': () => ({ sub: 'x' }),
  'a sub with NUL': () => ({ sub: '\0' }),
  'sid in a list': ({ sid }) => ({ sid: [sid] }),
  'no sid': () => ({ sid: undefined }),
  'a sid that is no id': () => ({ sid: 'x' }),
};

let api: TestApi;
beforeAll(async () => {
  api = await bootApi();
});
afterAll(() => api.close());

describe.each(Object.entries(ENDING_DOORS))('at %s', (_, end) => {
  let mould: Mould;
  let refused: object;
  beforeAll(async () => {
    mould = mouldOf(api, (await aSession(api, await anAccount(api))).accessToken);
    refused = shapeOf(await end(api, 'a.b.c'));
  });

  const isLive = async (): Promise<boolean> =>
    (await api.http.get('/account/v1/me', bearer(mould.token))).status === 200;
  const expectNothingEnds = async (token: string): Promise<void> => {
    expect(shapeOf(await end(api, token))).toEqual(refused);
    expect(await isLive()).toBe(true);
  };

  it.each(Object.entries({ ...ALGORITHM_ATTACKS, ...KID_ATTACKS }))(
    '[S-79] [S-80] nothing ends by a token with %s',
    (_, forge) => expectNothingEnds(forge(mould)),
  );

  it.each(Object.entries({ ...SERIALISATIONS, ...BROKEN_JSON, ...CRITICAL_HEADERS, ...AMBIGUOUS_JSON }))(
    '[S-84] [S-90] nothing ends by a token as %s',
    (_, forge) => expectNothingEnds(forge(mould)),
  );

  it.each(Object.entries(CLAIMS))('[S-82] [S-85] nothing ends by a token that we sign with %s', (_, change) =>
    expectNothingEnds(remade(mould, { claims: change(mould.claims as Claims) })),
  );

  // Else what was refused above could have been refused for another reason than its own.
  it('the session ends by the same token, signed again', async () => {
    await end(api, remade(mould));
    expect(await isLive()).toBe(false);
  });
});

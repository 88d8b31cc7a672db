import { randomUUID } from 'node:crypto';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, aSession } from '../support/factories';
import { bearer } from '../support/http-client';
import { type Mould, mouldOf, remade } from '../support/forged-tokens';
import { aTokenFor, DOORS_BY_NAME, linesWith, opens, opensRaw, shapeOf, show } from '../support/token-doors';
import { AMBIGUOUS_JSON, TWO_TOKENS } from './token-ambiguity';

let api: TestApi;
beforeAll(async () => {
  api = await bootApi();
});
afterAll(() => api.close());

describe.each(DOORS_BY_NAME)('a token that we sign, at the door "$name"', ({ door }) => {
  let mould: Mould;
  let refused: object;
  beforeAll(async () => {
    mould = mouldOf(api, await aTokenFor(api, door));
    refused = shapeOf(await show(api, door, 'a.b.c'));
    expect(await opens(api, door, mould.token)).toBe(true);
  });
  const expectRefused = async (token: string): Promise<void> =>
    expect(shapeOf(await show(api, door, token))).toEqual(refused);

  it.each(Object.entries(AMBIGUOUS_JSON))('[S-90] is refused with %s', (_, forge) => expectRefused(forge(mould)));

  it('[S-85] is refused whose sub has NUL in it', () =>
    expectRefused(remade(mould, { claims: { sub: `${String(mould.claims.sub)}\0` } })));

  it.each(['a.b.c', 'itself'])(
    '[S-89] opens nothing in front of another header of the same name: %s',
    async (other) => {
      const [good, ...others] = linesWith(door, mould.token).reverse();
      const second = linesWith(door, other === 'itself' ? mould.token : other).at(-1);
      expect(await opensRaw(api, door, [...others, String(good), String(second)])).toBe(false);
    },
  );

  if ('authorization' in door.headersWith('')) {
    it.each(Object.entries(TWO_TOKENS))('[S-89] opens nothing with %s', async (_, authorization) => {
      const lines = linesWith(door, '').slice(0, -1);
      expect(await opensRaw(api, door, [...lines, `authorization: ${authorization(mould.token)}`])).toBe(false);
    });
  }
});

describe('a token that we sign, at the logout', () => {
  const logout = (token: string) => api.http.delete('/account/v1/sessions/current', bearer(token));

  it.each([
    ['sub in a list', { sub: [randomUUID()] }],
    ['sub in an object', { sub: { $eq: 'x' } }],
    ['sub as a number', { sub: 7 }],
    ['no sub', { sub: undefined }],
    ['a sub that is no id', { sub: 'x' }],
    ['a sub with NUL', { sub: '\0' }],
    ['sid in a list', { sid: [randomUUID()] }],
    ['no sid', { sid: undefined }],
    ['a sid that is no id', { sid: 'x' }],
    ['an aud in a list', { aud: ['https://rekey.example', 'http://rekey.test'] }],
  ])('[S-85] [S-82] is refused with %s, and ends nothing', async (_, claims) => {
    const { accessToken } = await aSession(api, await anAccount(api));
    const refused = shapeOf(await logout('a.b.c'));
    expect(shapeOf(await logout(remade(mouldOf(api, accessToken), { claims })))).toEqual(refused);
    expect((await api.http.get('/account/v1/me', bearer(accessToken))).status).toBe(200);
  });
});

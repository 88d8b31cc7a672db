import { bootApi, type TestApi } from '../support/boot-api';
import { type Mould, mouldOf, remade } from '../support/forged-tokens';
import {
  aTokenFor,
  DOORS_BY_NAME,
  EVERY_DOOR,
  linesWith,
  opens,
  opensRaw,
  shapeOf,
  show,
} from '../support/token-doors';
import { AMBIGUOUS_JSON, TWO_TOKENS } from './token-ambiguity';

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
    expect(await opens(api, door, mould.token)).toBe(true);
  });
  const expectRefused = async (token: string): Promise<void> =>
    expect(shapeOf(await show(api, door, token))).toEqual(refused);

  it.each(Object.entries(AMBIGUOUS_JSON))('[S-90] is refused with %s', (_, forge) => expectRefused(forge(mould)));

  it('[S-85] is refused whose sub has NUL in it', () =>
    expectRefused(remade(mould, { claims: { sub: `${String(mould.claims.sub)}\0` } })));
});

describe.each(DOORS_BY_NAME)('a good token, at the door "$name"', ({ door }) => {
  let token: string;
  beforeAll(async () => {
    token = await aTokenFor(api, door);
    expect(await opensRaw(api, door, linesWith(door, token))).toBe(true);
  });

  it.each(['a.b.c', 'itself'])(
    '[S-89] opens nothing in front of another header of the same name: %s',
    async (other) => {
      const [good, ...others] = linesWith(door, token).reverse();
      const second = linesWith(door, other === 'itself' ? token : other).at(-1);
      expect(await opensRaw(api, door, [...others, String(good), String(second)])).toBe(false);
    },
  );

  if ('authorization' in door.headersWith('')) {
    it.each(Object.entries(TWO_TOKENS))('[S-89] opens nothing with %s', async (_, authorization) => {
      const lines = linesWith(door, '').slice(0, -1);
      expect(await opensRaw(api, door, [...lines, `authorization: ${authorization(token)}`])).toBe(false);
    });
  }
});

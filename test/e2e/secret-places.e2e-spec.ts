import { bootApi, type TestApi } from '../support/boot-api';
import { type EverySecret, everySecret, type SecretKind } from '../support/every-secret';
import { SECRET_PLACES, type SecretPlace } from './secret-places';

let api: TestApi;
beforeAll(async () => {
  api = await bootApi();
});
afterAll(() => api.close());

describe.each(Object.entries(SECRET_PLACES))('%s', (_, place) => {
  let held: EverySecret;
  beforeAll(async () => {
    held = await everySecret(api);
  });

  it(`[S-83] takes nothing but: ${place.good.join(', ')}`, async () => {
    const kinds = Object.keys(held.secrets) as SecretKind[];
    // The good ones come last: some are spent by it.
    const inOrder = kinds.sort((a, b) => Number(place.good.includes(a)) - Number(place.good.includes(b)));
    const taken = [];
    for (const kind of inOrder) if (await takes(place, kind)) taken.push(kind);
    expect(taken).toEqual(inOrder.filter((kind) => place.good.includes(kind)));
  });

  async function takes(place: SecretPlace, kind: SecretKind): Promise<boolean> {
    // What was refused before must not be why the next one is.
    await api.dataSource.query('DELETE FROM guess_budget');
    return place.takes(api, held.secrets[kind], held);
  }
});

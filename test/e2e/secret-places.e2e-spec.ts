import { bootApi, type TestApi } from '../support/boot-api';
import { type EverySecret, everySecret, type SecretKind } from '../support/every-secret';
import { OPEN_ROUTES } from './public-routes';
import { SECRET_PLACES } from './secret-places';
import { takes } from './takes-secret';

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
    for (const kind of inOrder) {
      // What was refused before must not be why the next one is.
      await api.dataSource.query('DELETE FROM guess_budget');
      if (await takes(api, place, held.secrets[kind], held)) taken.push(kind);
    }
    expect(taken).toEqual(inOrder.filter((kind) => place.good.includes(kind)));
  });
});

it('[S-83] asks at every open route that takes one of them', () => {
  // A password is of no kind here: people choose it.
  const { 'a password': _password, 'nothing, for it opens nothing': _nothing, ...takers } = OPEN_ROUTES;
  const behindGuards = [
    // One of the many behind the global guard, and those there that are proved by more than it asks for.
    'GET /account/v1/me',
    'POST /account/v1/email-verification/confirm',
    'POST /account/v1/me/email-change/confirm',
    'PUT /account/v1/me/password',
    // One of the many for services, and those that know a service by its secret too.
    'GET /internal/v1/outbox',
    'POST /oauth2/introspect',
    'POST /oauth2/revoke',
  ];
  const asked = new Set(Object.values(SECRET_PLACES).map(({ route }) => route));
  expect([...asked].sort()).toEqual([...Object.values(takers).flat(), ...behindGuards].sort());
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bootApi, type TestApi } from '../support/boot-api';
import { type Mould, mouldOf, part, remade, signed, STRANGER, strangersCertificate } from '../support/forged-tokens';
import { aTokenFor, EVERY_DOOR, opens, shapeOf, show } from '../support/token-doors';
import { ALGORITHM_ATTACKS, KID_ATTACKS } from './token-attacks';
import { BROKEN_JSON, CRITICAL_HEADERS, ENCRYPTED, SERIALISATIONS } from './token-forms';

let api: TestApi;
beforeAll(async () => {
  api = await bootApi();
});
afterAll(() => api.close());

describe.each(EVERY_DOOR)('an access token at the door "$name"', ({ door }) => {
  let mould: Mould;
  let refused: object;
  beforeAll(async () => {
    mould = mouldOf(api, await aTokenFor(api, door));
    refused = shapeOf(await show(api, door, 'a.b.c'));
  });

  const expectRefused = async (token: string): Promise<void> =>
    expect(shapeOf(await show(api, door, token))).toEqual(refused);

  // Else what follows could be refused for another reason than its own.
  it('is accepted as it was issued, and when we sign the same again', async () => {
    expect(await opens(api, door, mould.token)).toBe(true);
    expect(await opens(api, door, remade(mould))).toBe(true);
  });

  it.each(Object.entries(ALGORITHM_ATTACKS))('[S-79] is refused with %s', (_, forge) => expectRefused(forge(mould)));

  it.each(Object.entries(KID_ATTACKS))('[S-80] is refused whose kid is %s', (_, forge) => expectRefused(forge(mould)));

  it.each(Object.entries(SERIALISATIONS))('[S-84] is refused as %s', (_, forge) => expectRefused(forge(mould)));

  it.each(Object.entries(BROKEN_JSON))('[S-90] is refused with %s', (_, forge) => expectRefused(forge(mould)));

  it.each(Object.entries(CRITICAL_HEADERS))('[S-90] is refused with %s', (_, forge) => expectRefused(forge(mould)));

  // A decryption that was tried would not end within the time that a test has.
  it.each(Object.entries(ENCRYPTED))('[S-90] is refused, without the work that it asks for, as %s', (_, forge) =>
    expectRefused(forge(mould)),
  );

  describe('[S-80] is refused that brings its own key', () => {
    const publicJwk = { ...STRANGER.publicKey.export({ format: 'jwk' }), kid: 'own', alg: 'RS256', use: 'sig' };
    const bringing = (more: object): string[] =>
      [mould.header.kid, 'own'].map((kid) =>
        signed({ ...mould.header, kid, ...more }, mould.claims, STRANGER.privateKey),
      );

    it('as jwk', async () => {
      for (const token of bringing({ jwk: publicJwk })) await expectRefused(token);
    });

    it('as x5c', async () => {
      const certificate = strangersCertificate().toString('base64');
      for (const token of bringing({ x5c: [certificate] })) await expectRefused(token);
    });

    it('inside kid', async () => {
      for (const token of bringing({ kid: publicJwk })) await expectRefused(token);
      for (const token of bringing({ kid: `data:application/json,${part(publicJwk)}` })) await expectRefused(token);
    });

    it.each(['jku', 'x5u', 'kid', 'iss'])('behind an address in %s, which is never asked', async (name) => {
      let connections = 0;
      const server = createServer((_, response) => response.end(JSON.stringify({ keys: [publicJwk] })));
      server.on('connection', () => connections++);
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
      for (const token of bringing({ [name]: address })) await expectRefused(token);
      const claims = { ...mould.claims, [name]: address };
      await expectRefused(signed({ ...mould.header, kid: 'own' }, claims, STRANGER.privateKey));
      server.close();
      await once(server, 'close');
      expect(connections).toBe(0);
    });
  });
});

import { generateKeyPairSync } from 'node:crypto';
import type { Settings } from '@app/platform';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount } from '../support/factories';
import { bearer } from '../support/http-client';
import { bootReplica } from '../support/replica';
import { aServiceToken } from '../support/token-doors';
import { me, refresh, signIn, type Tokens } from './native-driver';

type SigningKey = Settings['signingKeys'][number];

function aKey(kid: string): SigningKey {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
}

describe('the rotation of the signing keys [S-87]', () => {
  const [older, newer] = [aKey('older'), aKey('newer')];
  const running: TestApi[] = [];
  let current: TestApi;
  afterAll(async () => {
    for (const api of running.reverse()) await api.close();
  });

  /** The process that is asked from now on: passport keeps the strategies of the last one that was started. */
  async function start(...signingKeys: SigningKey[]): Promise<void> {
    const [first] = running;
    current = first ? await bootReplica(first, { signingKeys }) : await bootApi({ signingKeys });
    running.push(current);
  }

  const kidOf = ({ accessToken }: Pick<Tokens, 'accessToken'>): unknown =>
    JSON.parse(Buffer.from(accessToken.split('.')[0] ?? '', 'base64url').toString()).kid;
  const statusesOf = async (...tokens: Tokens[]): Promise<number[]> => {
    const answers = await Promise.all(tokens.map((each) => me(current, each)));
    return answers.map(({ status }) => status);
  };

  it('refuses nobody while replicas change over, and a key that is gone is good for nothing', async () => {
    await start(older, newer);
    const account = await anAccount(current);
    const before = await signIn(current, account);
    await start(newer, older);
    const after = await signIn(current, account);
    expect([before, after].map(kidOf)).toEqual(['older', 'newer']);
    expect(await statusesOf(before, after)).toEqual([200, 200]);
    await start(older, newer);
    expect(await statusesOf(before, after)).toEqual([200, 200]);

    await start(newer);
    expect(await statusesOf(before, after)).toEqual([401, 200]);
    const renewed = await refresh(current, before);
    expect([renewed.status, kidOf(renewed.body)]).toEqual([200, 'newer']);
    expect(await statusesOf(renewed.body)).toEqual([200]);
  });

  it('holds for the tokens of services too', async () => {
    const isGood = async (token: string): Promise<boolean> =>
      (await current.internal.get('/internal/v1/outbox', bearer(token))).status === 200;
    await start(older, newer);
    const token = await aServiceToken(current, 'admin');
    await start(newer, older);
    expect(await isGood(token)).toBe(true);
    await start(newer);
    expect(await isGood(token)).toBe(false);
  });

  it('all keys are published, the private halves of none', async () => {
    await start(newer, older);
    const answer = await current.http.get('/.well-known/jwks.json');
    const keys = answer.body.keys as { kid: string }[];
    expect(keys.map(({ kid }) => kid)).toEqual(['newer', 'older']);
    for (const key of keys) expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });
});

import { generateKeyPairSync } from 'node:crypto';
import type { Strategy } from 'passport-jwt';
import type { Settings } from '@app/platform';
import { KeyRing, SignedTokens } from '@app/session';
import { BearerStrategy } from './access-token.strategy';

const aKey = (kid: string) => ({
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  kid,
});
const settings = { publicUrl: 'https://rekey.example', signingKeys: [aKey('one')] } as unknown as Settings;
const CLAIMS = { aud: settings.publicUrl, sub: 'ada', iat: 1, exp: 2, jti: '1' };
const SESSION = { accountId: 'ada' };

const tokensOf = (wishes: object = {}) => {
  const theirs = { ...settings, ...wishes };
  return new SignedTokens(theirs, new KeyRing(theirs));
};

describe('the strategy of access tokens', () => {
  const judge = jest.fn<Promise<object | null>, [unknown]>();
  let tokens: SignedTokens;
  let strategy: BearerStrategy;
  beforeEach(() => {
    tokens = tokensOf();
    judge.mockReset().mockResolvedValue(SESSION);
    strategy = new BearerStrategy(settings, tokens, { judge });
  });

  /** As passport calls a strategy: who is let in, or why nobody is. */
  const outcomeOf = (token: string) =>
    new Promise((resolve) => {
      const request = { headers: { authorization: `Bearer ${token}` } } as Parameters<Strategy['authenticate']>[0];
      const asked = Object.assign(Object.create(strategy) as Strategy, {
        success: (session: unknown) => resolve({ session }),
        fail: (refused: unknown) => resolve({ refused }),
        error: (error: unknown) => resolve({ error }),
      });
      asked.authenticate(request);
    });
  /** At first its signature is verified, and then remembered. */
  const bothOutcomesOf = async (token: string) => [await outcomeOf(token), await outcomeOf(token)];

  it('lets the session in of which the judge says that it is live, whatever the age of the token', async () => {
    const token = tokens.sign(CLAIMS);
    expect(await bothOutcomesOf(token)).toEqual([{ session: SESSION }, { session: SESSION }]);
    const claims = { iss: settings.publicUrl, ...CLAIMS };
    expect(judge.mock.calls).toEqual([[claims], [claims]]);
  });

  it('verifies a signature once', async () => {
    const token = tokens.sign(CLAIMS);
    const keyOf = jest.spyOn(tokens, 'keyOf');
    await bothOutcomesOf(token);
    expect(keyOf).toHaveBeenCalledTimes(1);
  });

  it('[L-4] asks the judge each time, and refuses what has died meanwhile', async () => {
    const token = tokens.sign(CLAIMS);
    await outcomeOf(token);
    judge.mockResolvedValue(null);
    expect(await outcomeOf(token)).toEqual({ refused: 401 });
  });

  it('[S-83] refuses at once what the judge refuses', async () => {
    judge.mockResolvedValue(null);
    expect(await outcomeOf(tokens.sign(CLAIMS))).toEqual({ refused: undefined });
  });

  it('[S-99] lets nobody in when the judge has no answer', async () => {
    const error = new Error('no answer');
    judge.mockRejectedValue(error);
    expect(await bothOutcomesOf(tokens.sign(CLAIMS))).toEqual([{ error }, { error }]);
  });

  it.each<[string, () => string, string]>([
    ['for somebody else', () => tokens.sign({ ...CLAIMS, aud: 'internal' }), 'jwt audience invalid'],
    ['of another issuer', () => tokensOf({ publicUrl: 'https://evil.test' }).sign(CLAIMS), 'jwt issuer invalid'],
    ['of a key that is not ours', () => tokensOf({ signingKeys: [aKey('two')] }).sign(CLAIMS), 'not one of ours'],
    ['of another key under our name', () => tokensOf({ signingKeys: [aKey('one')] }).sign(CLAIMS), 'invalid signature'],
    ['that is none', () => 'x', 'not one of ours'],
  ])('[S-83] refuses one %s, and asks nobody', async (_which, sign, message) => {
    const refused = expect.objectContaining({ message: expect.stringContaining(message) }) as unknown;
    const token = sign();
    expect(await bothOutcomesOf(token)).toEqual([{ refused }, { refused }]);
    expect(judge).not.toHaveBeenCalled();
  });
});

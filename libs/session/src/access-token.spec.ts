import type { Settings } from '@app/platform';
import { AccessTokens } from './access-token';
import type { SignedTokens } from './signed-tokens';

const settings = { publicUrl: 'https://rekey.example', accessTokenSeconds: 600 } as Settings;
const SUBJECT = {
  accountId: '5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a',
  sessionId: '0b7e2f6a-6c1d-4a5e-9c3f-2d1e0f9a8b7c',
  applicationId: null,
  authenticatedAt: new Date(900_999),
  now: new Date(1_000_999),
  expiresAt: new Date(9_000_000),
};

describe('an access token', () => {
  /** Signs nothing, so that what is said can be read. */
  const tokens = { sign: (claims: object) => JSON.stringify(claims) } as SignedTokens;
  const minted = (wishes: object = {}) => {
    const { accessToken, ...life } = new AccessTokens(settings, tokens).mint({ ...SUBJECT, ...wishes });
    return { ...life, claims: JSON.parse(accessToken) as Record<string, unknown> };
  };

  it('says whose it is, of which session, and when the password was proved', () => {
    expect(minted().claims).toEqual({
      aud: 'https://rekey.example',
      sub: SUBJECT.accountId,
      sid: SUBJECT.sessionId,
      iat: 1_000,
      exp: 1_600,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      auth_time: 900,
    });
  });

  it('says for which application it was made, if for one', () => {
    expect(minted({ applicationId: 'phone' }).claims).toMatchObject({ client_id: 'phone' });
  });

  it('has a number of its own', () => {
    expect(minted().claims.jti).not.toBe(minted().claims.jti);
  });

  it.each([
    ['as long as the operator has set', 9_000_000, 600],
    ['to the end of its session and no longer', 1_060_999, 60],
  ])('[S-95] lasts %s', (_howLong, sessionEnd, expiresIn) => {
    const { claims, expiresAt, expiresIn: told } = minted({ expiresAt: new Date(sessionEnd) });
    expect(told).toBe(expiresIn);
    expect(claims.exp).toBe(1_000 + expiresIn);
    expect(expiresAt).toEqual(new Date((1_000 + expiresIn) * 1000));
  });
});

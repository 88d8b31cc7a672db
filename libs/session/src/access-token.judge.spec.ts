import { AccessTokenJudge, isAccessToken } from './access-token.judge';
import type { Liveness, LiveSession } from './liveness';

const SESSION = '0b7e2f6a-6c1d-4a5e-9c3f-2d1e0f9a8b7c';
const ACCOUNT = '5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a';
const OTHER = '9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d';
const CLAIMS = {
  iss: 'us',
  aud: 'people',
  sub: ACCOUNT,
  sid: SESSION,
  iat: 1_000,
  exp: 1_060,
  jti: '1',
  auth_time: 900,
};
const LIVE = { id: SESSION, accountId: ACCOUNT, live: true, accountGone: false, now: new Date(1_030_000) };

describe('the judge of access tokens', () => {
  /** The database's answer to the one id that it knows. */
  const judge = (claims: unknown, session: object = LIVE) => {
    const liveness = { of: (id: string) => Promise.resolve(id === SESSION ? (session as LiveSession) : null) };
    return new AccessTokenJudge(liveness as Liveness).judge(claims);
  };

  it('gives the live session of the token', async () => {
    expect(await judge(CLAIMS)).toBe(LIVE);
  });

  it('gives that of a deleted account, though it is dead', async () => {
    const gone = { ...LIVE, live: false, accountGone: true };
    expect(await judge(CLAIMS, gone)).toBe(gone);
  });

  it.each([
    ['of an account that is not the session’s', { sub: OTHER }, {}],
    ['of no session', { sid: OTHER }, {}],
    ['of a session that has ended', {}, { live: false }],
    ['that is over', { exp: 1_030 }, {}],
    ['of the future', { iat: 1_033 }, {}],
    ['that says no account', { sub: 'ada' }, {}],
    ['that says no session', { sid: undefined }, {}],
    ['without a number of its own', { jti: '' }, {}],
  ])('[S-83] refuses one %s', async (_which, claims, session) => {
    expect(await judge({ ...CLAIMS, ...claims }, { ...LIVE, ...session })).toBeNull();
  });

  it('[S-99] passes nobody when the database does not answer', async () => {
    const liveness = { of: () => Promise.reject(new Error('no answer')) };
    await expect(new AccessTokenJudge(liveness as unknown as Liveness).judge(CLAIMS)).rejects.toThrow('no answer');
  });

  it.each([
    undefined,
    null,
    {},
    { ...CLAIMS, sid: 'x' },
    { ...CLAIMS, sid: [SESSION] },
    { ...CLAIMS, sub: `${ACCOUNT}0` },
    { ...CLAIMS, sid: `0${SESSION}` },
  ])('takes %p for no access token', (claims) => {
    expect(isAccessToken(claims)).toBe(false);
  });

  it('takes a service’s token, which has no session, for no access token', () => {
    const { sid: _sid, ...ofService } = CLAIMS;
    expect(isAccessToken(ofService)).toBe(false);
    expect(isAccessToken(CLAIMS)).toBe(true);
  });
});

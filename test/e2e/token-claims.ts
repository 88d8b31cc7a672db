import { randomUUID } from 'node:crypto';
import type { TestApi } from '../support/boot-api';
import { anAccount, aSession } from '../support/factories';

export interface Claims extends Record<string, unknown> {
  iss: string;
  aud: string;
  sub: string;
  /** Absent in a service's token. */
  sid?: string;
  iat: number;
  exp: number;
}

/** What an attack puts in place of our claims; `undefined` leaves one out. */
export type Change = (claims: Claims) => Record<string, unknown>;

const DAY = 86_400;
/** More than any leeway that a clock may have. */
const BEYOND_LEEWAY = 61;

/** [S-81] Each is signed by our own key, for a session or a client that is live. */
export const TIMES: Record<string, Change> = {
  'no exp': () => ({ exp: undefined }),
  'exp null': () => ({ exp: null }),
  'exp as text': ({ exp }) => ({ exp: String(exp) }),
  'exp as a date': ({ exp }) => ({ exp: new Date(exp * 1000).toISOString() }),
  'exp as a list': ({ exp }) => ({ exp: [exp] }),
  'exp as an object': ({ exp }) => ({ exp: { valueOf: exp } }),
  'exp true': () => ({ exp: true }),
  'a negative exp': ({ exp }) => ({ exp: -exp }),
  'exp zero': () => ({ exp: 0 }),
  'exp just past': ({ iat }) => ({ iat: iat - 600, exp: iat - BEYOND_LEEWAY }),
  'exp a day ago': ({ iat }) => ({ iat: iat - 2 * DAY, exp: iat - DAY }),
  'nbf soon': ({ iat }) => ({ nbf: iat + BEYOND_LEEWAY + 20 }),
  'nbf in a day': ({ iat }) => ({ nbf: iat + DAY }),
  'nbf as text': ({ iat }) => ({ nbf: String(iat) }),
  'nbf null': () => ({ nbf: null }),
};

/** [S-81] What libraries let pass. */
export const STRICT_TIMES: Record<string, Change> = {
  'exp as a fraction': ({ exp }) => ({ exp: exp + 0.5 }),
  'exp 1e308': () => ({ exp: 1e308 }),
  'no iat': () => ({ iat: undefined }),
  'iat null': () => ({ iat: null }),
  'iat as text': ({ iat }) => ({ iat: String(iat) }),
  'iat as a list': ({ iat }) => ({ iat: [iat] }),
  'iat as a fraction': ({ iat }) => ({ iat: iat + 0.5 }),
  'iat soon': ({ iat }) => ({ iat: iat + BEYOND_LEEWAY + 20 }),
  'iat in a day': ({ iat, exp }) => ({ iat: iat + DAY, exp: exp + DAY }),
  'iat 1e308': () => ({ iat: 1e308 }),
};

/** [S-82] `iss` and `aud` are compared letter by letter. */
export const PLACES: Record<string, Change> = {
  'another issuer': () => ({ iss: 'https://rekey.example' }),
  'our issuer and a slash': ({ iss }) => ({ iss: `${iss}/` }),
  'our issuer in capitals': ({ iss }) => ({ iss: iss.toUpperCase() }),
  'our issuer over https': ({ iss }) => ({ iss: iss.replace('http:', 'https:') }),
  'our issuer and a port': ({ iss }) => ({ iss: `${iss}:80` }),
  'our issuer behind a space': ({ iss }) => ({ iss: ` ${iss}` }),
  'issuers in a list': ({ iss }) => ({ iss: [iss, 'https://rekey.example'] }),
  'no issuer': () => ({ iss: undefined }),
  'issuer null': () => ({ iss: null }),
  'an empty issuer': () => ({ iss: '' }),
  'another audience': () => ({ aud: 'https://rekey.example' }),
  'our audience and a slash': ({ aud }) => ({ aud: `${aud}/` }),
  'our audience in capitals': ({ aud }) => ({ aud: aud.toUpperCase() }),
  'two audiences in one text': ({ aud }) => ({ aud: `${aud} https://rekey.example` }),
  'an empty list of audiences': () => ({ aud: [] }),
  'an object as audience': ({ aud }) => ({ aud: { aud } }),
  'no audience': () => ({ aud: undefined }),
  'audience null': () => ({ aud: null }),
  'an empty audience': () => ({ aud: '' }),
};

/** [S-82] A token that is good elsewhere too could be replayed by whoever it is shown to there. */
export const AUDIENCE_LISTS: Record<string, Change> = {
  'a foreign audience and ours': ({ aud }) => ({ aud: ['https://rekey.example', aud] }),
  'our audience and a foreign one': ({ aud }) => ({ aud: [aud, 'https://rekey.example'] }),
  'our audience in a list': ({ aud }) => ({ aud: [aud] }),
};

/** [S-85] `sub` is a text that names somebody. */
export const SUBJECTS: Record<string, Change> = {
  'no sub': () => ({ sub: undefined }),
  'sub null': () => ({ sub: null }),
  'an empty sub': () => ({ sub: '' }),
  'sub as a number': () => ({ sub: 7 }),
  'sub true': () => ({ sub: true }),
  'sub in a list': ({ sub }) => ({ sub: [sub] }),
  'sub in an object': ({ sub }) => ({ sub: { $eq: sub } }),
  'a sub that is nobody': () => ({ sub: randomUUID() }),
  'a sub that is no id': () => ({ sub: '%' }),
  'a sub with SQL': ({ sub }) => ({ sub: `${sub}' OR ''='` }),
  'a sub with a space': ({ sub }) => ({ sub: `${sub} ` }),
};

/** [S-85] Of a person's token: the session is one that stands, and the person's own. */
export const SESSIONS: Record<string, (api: TestApi) => Promise<Change>> = {
  'a sub that is somebody else': async (api) => {
    const { id } = await anAccount(api);
    return () => ({ sub: id });
  },
  'the sid of somebody else': async (api) => {
    const { sessionId } = await aSession(api, await anAccount(api));
    return () => ({ sid: sessionId });
  },
  'sub in capitals': () => Promise.resolve(({ sub }) => ({ sub: sub.toUpperCase() })),
  'a sub with NUL': () => Promise.resolve(({ sub }) => ({ sub: `${sub}\0` })),
  'no sid': () => Promise.resolve(() => ({ sid: undefined })),
  'an empty sid': () => Promise.resolve(() => ({ sid: '' })),
  'sid in a list': () => Promise.resolve(({ sid }) => ({ sid: [sid] })),
  'sid in an object': () => Promise.resolve(({ sid }) => ({ sid: { $eq: sid } })),
  'a sid with NUL': () => Promise.resolve(({ sid }) => ({ sid: `${sid}\0` })),
  'a sid with SQL': () => Promise.resolve(({ sid }) => ({ sid: `${sid}' OR ''='` })),
  'sid in capitals': () => Promise.resolve(({ sid = '' }) => ({ sid: sid.toUpperCase() })),
  'a sid that is no session': () => Promise.resolve(() => ({ sid: randomUUID() })),
};

import { bootApi, type TestApi } from '../support/boot-api';
import { aTokenFor, EVERY_DOOR, endTokens, linesWith, opens, opensRaw } from '../support/token-doors';

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Texts that some decoders read as the same token. */
const RESPELLINGS: Record<string, (token: string) => string[]> = {
  'another last character': (token) =>
    [...BASE64URL].map((last) => token.slice(0, -1) + last).filter((t) => t !== token),
  'another last character of its header': (token) => otherLastOfPart(token, 0),
  'another last character of its claims': (token) => otherLastOfPart(token, 1),
  padding: (token) => ['=', '==', '===', '%3D'].map((end) => token + end),
  'padded parts': (token) => [token.replaceAll('.', '=.'), token.replaceAll('.', '==.')],
  'the other alphabet': (token) => [token.replaceAll('-', '+').replaceAll('_', '/')],
  'dots around it': (token) => [`${token}.`, `.${token}`, `${token}..`, token.replace('.', '..')],
  'characters that are not of the alphabet': (token) => ['!', '*', '\u00a0', '"', "'", ',', ';'].map((c) => token + c),
};

/** White space, as it goes over the wire. */
const SPACED: Record<string, (token: string) => string> = {
  'a folded line': (token) => `${token.slice(0, 40)}\r\n ${token.slice(40)}`,
  'a line feed': (token) => `${token.slice(0, 40)}\n${token.slice(40)}`,
  'a carriage return': (token) => `${token.slice(0, 40)}\r${token.slice(40)}`,
  'a space': (token) => `${token.slice(0, 40)} ${token.slice(40)}`,
  'a tab': (token) => `${token.slice(0, 40)}\t${token.slice(40)}`,
  NUL: (token) => `${token}\0`,
};

function otherLastOfPart(token: string, index: number): string[] {
  const parts = token.split('.');
  const part = parts[index] ?? '';
  return [...BASE64URL].map((last) => parts.with(index, part.slice(0, -1) + last).join('.')).filter((t) => t !== token);
}

let api: TestApi;
beforeAll(async () => {
  api = await bootApi();
});
afterAll(() => api.close());

describe.each(EVERY_DOOR)('at the door "$name"', ({ name, door }) => {
  let live: string;
  let ended: string;
  beforeAll(async () => {
    ended = await aTokenFor(api, door);
    expect(await opens(api, door, ended)).toBe(true);
    await endTokens(api, door);
    live = await aTokenFor(api, door);
  });

  it.each(Object.entries(RESPELLINGS))('[S-84] an ended token stays dead with %s', async (_, respell) => {
    for (const token of respell(ended)) expect([token, await opens(api, door, token)]).toEqual([token, false]);
  });

  // A form says for each of its characters what it is.
  if (name === 'introspection') return;

  it.each(Object.entries(SPACED))('[S-84] no token is put together again over %s', async (_, respell) => {
    expect(await opensRaw(api, door, linesWith(door, live))).toBe(true);
    expect(await opensRaw(api, door, linesWith(door, respell(live)))).toBe(false);
    expect(await opensRaw(api, door, linesWith(door, respell(ended)))).toBe(false);
  });
});

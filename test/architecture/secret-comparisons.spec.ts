import { reportedBy } from './lint-rule';

const CANARIES = [
  'x = token === row.given;',
  'x = given !== row.tokenHash;',
  'x = hmac == expected;',
  'x = row.code_digest != given;',
  'x = resetToken === cancelToken;',
  'x = client.clientSecret === given;',
  'x = given === code;',
  'x = signature === given;',
  'x = digest(given) !== hash;',
  'x = given === this.apiKey;',
  'x = tokenHash.equals(given);',
  'x = given.equals(row.hmac);',
];
const SOUND = [
  'x = token === null;',
  'x = apiKey !== undefined;',
  "x = code === 'code.invalid';",
  'x = error.code === ALGORITHM;',
  'x = typeof secret === "string";',
  'x = token.length === given.length;',
  'x = purpose === binding.purpose;',
  'x = equalBytes(tokenHash, given);',
];

describe('the lint rule against comparing secrets [S-15]', () => {
  it('reports each way to compare one byte after the other, and nothing else', async () => {
    expect(await reportedBy('no-restricted-syntax', [...CANARIES, ...SOUND])).toEqual(CANARIES);
  });
});

import type * as Bcrypt from 'bcrypt';
import { compare, hash as bcryptHash } from 'bcrypt';
import fc from 'fast-check';
import type { PasswordPepper } from '../config/secret-values';
import type { Settings } from '../config/settings';
import { isSupportedHash, PasswordHasher } from './password-hasher';

// Counted, not replaced: how long a check takes is told by the costs that it goes through, on any machine.
jest.mock('bcrypt', () => {
  const bcrypt = jest.requireActual<typeof Bcrypt>('bcrypt');
  return { ...bcrypt, compare: jest.fn((text: string, hash: string) => bcrypt.compare(text, hash)) };
});

const FIRST: PasswordPepper = { version: 1, key: Buffer.alloc(32, 1) };
const SECOND: PasswordPepper = { version: 2, key: Buffer.alloc(32, 2) };

function aHasher(passwordPeppers: readonly PasswordPepper[] = [FIRST], bcryptCost = 4): PasswordHasher {
  return new PasswordHasher({ passwordPeppers, bcryptCost } as Settings);
}

async function imported(password: string, kind: 'a' | 'b' | 'y', cost = 4): Promise<string> {
  return `raw:${(await bcryptHash(password, cost)).replace('$2b$', `$2${kind}$`)}`;
}

/** In units of one check of cost 0. bcrypt takes no time over a hash that it can't read, `$2y$` among them. */
function workDone(): number {
  const costs = jest
    .mocked(compare)
    .mock.calls.map(([, hash]) => /^\$2[ab]\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(hash)?.[1]);
  return costs.reduce((sum, cost) => sum + (cost === undefined ? 0 : 2 ** Number(cost)), 0);
}

describe('PasswordHasher', () => {
  const hasher = aHasher();

  it('[S-10] stores pepper version, algorithm and cost, and another salt each time', async () => {
    const [one, other] = await Promise.all([hasher.hash('same password'), hasher.hash('same password')]);
    expect(one).toMatch(/^p1:\$2b\$04\$[./A-Za-z0-9]{53}$/);
    expect(one).not.toBe(other);
  });

  it('[S-14] refuses no hash that can wait, however many there are', async () => {
    const stored = await Promise.all(Array.from({ length: 100 }, () => hasher.hashWhenIdle('right password')));
    await expect(hasher.verify('right password', stored.at(-1) ?? null)).resolves.toBe(true);
    await expect(hasher.hashWhenIdle('a\0b')).rejects.toMatchObject({ code: 'password.too-weak' });
  });

  it('[S-10] accepts the right password and no other', async () => {
    const stored = await hasher.hash('right password');
    await expect(hasher.verify('right password', stored)).resolves.toBe(true);
    await expect(hasher.verify('wrong password', stored)).resolves.toBe(false);
    await expect(hasher.verify('', stored)).resolves.toBe(false);
  });

  it.each([
    ['72 bytes and a different rest', 'a'.repeat(72) + 'B'.repeat(28), 'a'.repeat(72) + 'C'.repeat(28)],
    ['a code point that 72 bytes cut', 'a'.repeat(71) + 'é', 'a'.repeat(71) + 'ê'],
    ['24 euro signs', '€'.repeat(24) + 'A', '€'.repeat(24) + 'B'],
    ['127 of 128 characters', 'a'.repeat(127) + 'x', 'a'.repeat(127) + 'y'],
  ])('[S-1] tells passwords apart that share %s', async (_shared, right, wrong) => {
    const stored = await hasher.hash(right);
    await expect(hasher.verify(right, stored)).resolves.toBe(true);
    await expect(hasher.verify(wrong, stored)).resolves.toBe(false);
  });

  it('[S-1] accepts a password exactly when it is the same text in NFC, whatever bytes they share', async () => {
    const shared = fc.constantFrom('', 'a'.repeat(72), '€'.repeat(24));
    const rest = fc.string({ unit: fc.constantFrom('a', 'b', 'é', 'e\u0301', '€', '😀', ' '), maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(shared, rest, rest, async (start, one, other) => {
        const stored = await hasher.hash(start + one);
        const isSame = one.normalize('NFC') === other.normalize('NFC');
        await expect(hasher.verify((start + one).normalize('NFD'), stored)).resolves.toBe(true);
        await expect(hasher.verify(start + other, stored)).resolves.toBe(isSame);
      }),
      { numRuns: 40 },
    );
  });

  it('[S-3] accepts the password typed NFC or NFD, and not trimmed, folded or of another width', async () => {
    const stored = await hasher.hash(' Café Ａ');
    await expect(hasher.verify(' Cafe\u0301 Ａ', stored)).resolves.toBe(true);
    for (const typed of ['Café Ａ', ' café Ａ', ' Café A', ' Café\u00A0Ａ']) {
      await expect(hasher.verify(typed, stored)).resolves.toBe(false);
    }
  });

  it.each(['abc\0def', '\ud800', 'x'.repeat(129), 'x'.repeat(1e6)])(
    '[S-2] [S-5] does not hash a text that can be no password, and takes it for a wrong one',
    async (text) => {
      await expect(hasher.hash(text)).rejects.toMatchObject({ code: 'password.too-weak' });
      await expect(hasher.verify(text, await hasher.hash('\ufffd'))).resolves.toBe(false);
      await expect(hasher.verify(text, await imported('', 'b'))).resolves.toBe(false);
    },
  );

  it.each([
    null,
    '',
    'p1:',
    'raw:',
    'plain text',
    'p1:$2b$04$short',
    `$2b$04$${'.'.repeat(53)}`,
    `p1:$2b$04$${'.'.repeat(53)}`,
    `p9:$2b$04$${'.'.repeat(53)}`,
  ])('answers no password right for the stored value %j', async (stored) => {
    await expect(hasher.verify('', stored)).resolves.toBe(false);
    await expect(hasher.verify('any password', stored)).resolves.toBe(false);
  });

  it('[S-10] accepts what an earlier version has stored', async () => {
    const stored = 'p1:$2b$04$cwCyQI742yUC.KVM6S46veZTsrhb4S1xGbP5Jg4AMM2SgOcf4XGGq';
    await expect(hasher.verify('right password é', stored)).resolves.toBe(true);
    for (const other of [`x${stored}`, `${stored}\n`]) {
      await expect(hasher.verify('right password é', other)).resolves.toBe(false);
    }
  });

  it('[S-11] closes every account when its pepper is another or gone', async () => {
    const stored = await hasher.hash('right password');
    await expect(aHasher([{ ...FIRST, key: SECOND.key }]).verify('right password', stored)).resolves.toBe(false);
    await expect(aHasher([SECOND]).verify('right password', stored)).resolves.toBe(false);
  });

  it('[S-11] hashes with the first pepper and verifies with all', async () => {
    const old = await hasher.hash('right password');
    const rotated = aHasher([SECOND, FIRST]);
    await expect(rotated.verify('right password', old)).resolves.toBe(true);
    await expect(rotated.hash('right password')).resolves.toMatch(/^p2:/);
    const tenth = aHasher([{ version: 10, key: FIRST.key }]);
    await expect(tenth.verify('right password', await tenth.hash('right password'))).resolves.toBe(true);
  });

  it('[S-11] needs the pepper: bcrypt alone cannot verify a stored hash', async () => {
    const stored = await hasher.hash('right password');
    await expect(hasher.verify('right password', stored.replace('p1:', 'raw:'))).resolves.toBe(false);
  });

  it('refuses to hash without a pepper', async () => {
    await expect(aHasher([]).hash('right password')).rejects.toThrow('no password pepper');
  });

  it.each(['a', 'b', 'y'] as const)('[S-12] verifies an imported $2%s$ hash and wants it hashed anew', async (kind) => {
    const stored = await imported('café', kind);
    await expect(hasher.verify('cafe\u0301', stored)).resolves.toBe(true);
    await expect(hasher.verify('cafe', stored)).resolves.toBe(false);
    expect(hasher.needsRehash(stored)).toBe(true);
  });

  it('[S-12] takes an imported hash that costs no more than ours, and says what is wrong with another', async () => {
    const [ours, costly] = [await bcryptHash('right password', 4), await bcryptHash('right password', 5)];
    expect(hasher.imported(ours)).toBe(`raw:${ours}`);
    const message = 'Its cost is 5, and BCRYPT_COST of this service is 4. It must be at least as high.';
    const refusal = (hash: string) => expect(() => hasher.imported(hash));
    refusal(costly).toThrow(
      expect.objectContaining({
        code: 'password-hash.unsupported',
        details: { fields: [{ field: 'passwordHash', code: 'cost', message }] },
      }),
    );
    refusal('plain text').toThrow(expect.objectContaining({ code: 'password-hash.unsupported', details: {} }));
  });

  it('[S-12] reads a long password under $2a$ as under $2b$', async () => {
    const password = `x${'€'.repeat(100)}`;
    const stored = await imported(password, 'a');
    await expect(hasher.verify(password, stored)).resolves.toBe(true);
  });

  it('[S-12] wants a hash made anew when pepper or cost is not the current one, and not otherwise', async () => {
    const stored = await hasher.hash('right password');
    expect(hasher.needsRehash(stored)).toBe(false);
    expect(aHasher([SECOND, FIRST]).needsRehash(stored)).toBe(true);
    expect(aHasher([FIRST], 5).needsRehash(stored)).toBe(true);
    expect(hasher.needsRehash('p1:$2b$')).toBe(true);
  });

  it.each([
    ['a wrong password', 'wrong password', (current: string) => current],
    ['an unknown account', 'any password', () => null],
    ['an unreadable hash', 'any password', () => 'p1:unreadable'],
    ['a pepper that is gone', 'right password', (current: string) => current.replace('p1:', 'p9:')],
    [
      'an imported hash of a lower cost, and a right password',
      'right password',
      () => imported('right password', 'y', 4),
    ],
    [
      'an imported hash of a lower cost, and a wrong password',
      'wrong password',
      () => imported('right password', 'a', 6),
    ],
    ['a text that is too long', 'x'.repeat(1e6), (current: string) => current],
    ['a text that is no text', '\0', (current: string) => current],
    ['a text that is no text and an unknown account', '\0', () => null],
  ])('[S-12] does the work of one check at the current cost for %s', async (_case, password, storedFrom) => {
    const costly = aHasher([FIRST], 8);
    const stored = await storedFrom(await costly.hash('right password'));
    jest.mocked(compare).mockClear();
    await costly.verify(password, stored);
    expect(workDone()).toBe(2 ** 8);
  });

  it('[S-14] refuses at once when too many are waiting', async () => {
    const stored = await hasher.hash('right password');
    const answers = await Promise.allSettled(Array.from({ length: 200 }, () => hasher.verify('wrong', stored)));
    const refused = answers.filter((answer) => answer.status === 'rejected');
    expect(refused.length).toBeGreaterThan(100);
    expect(refused[0]).toMatchObject({ reason: { code: 'service.busy' } });
    await expect(hasher.verify('right password', stored)).resolves.toBe(true);
  });
});

describe('isSupportedHash', () => {
  const rest = 'u'.repeat(53);

  it.each(['$2a$04$', '$2b$10$', '$2y$15$'])('[S-12] accepts %s and 53 characters', (prefix) => {
    expect(isSupportedHash(prefix + rest)).toBe(true);
  });

  it.each([
    `$2x$10$${rest}`,
    `$2$10$${rest}`,
    `$2b$03$${rest}`,
    `$2b$16$${rest}`,
    `$2b$31$${rest}`,
    `$2b$4$${rest}`,
    `$2b$10$${rest}u`,
    `$2b$10$${rest.slice(1)}`,
    `$2b$10$${rest}\n`,
    `raw:$2b$10$${rest}`,
    `$2b$10$${rest.slice(1)}=`,
    '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA',
    '',
  ])('[S-12] refuses %j', (text) => {
    expect(isSupportedHash(text)).toBe(false);
  });
});

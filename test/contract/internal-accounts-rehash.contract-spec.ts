import { Logger } from '@nestjs/common';
import { hashSync } from 'bcrypt';
import { DomainError } from '@app/contracts';
import { PasswordHasher } from '@app/platform';
import { OpenSession } from '@app/session';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, OTHER_GOOD_PASSWORD, TEST_REQUESTER, type TestAccount } from '../support/factories';
import { bearer, type HttpAnswer } from '../support/http-client';

const PASSWORD = 'imported-password';

describe('the imported hash of an account', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());
  afterEach(() => jest.restoreAllMocks());

  const imported = (form = '$2b$'): Promise<TestAccount> =>
    anAccount(api, { password: PASSWORD, passwordHash: hashSync(PASSWORD, 4).replace('$2b$', form) });
  const signIn = ({ email }: TestAccount, password: string): Promise<HttpAnswer> =>
    api.http.post('/account/v1/sessions', { email, password });
  const storedHash = async ({ id }: TestAccount): Promise<string> => {
    const [row] = await api.dataSource.query<{ password_hash: string }[]>(
      'SELECT password_hash FROM account WHERE id = $1',
      [id],
    );
    return String(row?.password_hash);
  };
  /** The headers of a session that no password has opened, so that the hash is as it was imported. */
  const anOpenSession = async ({ id }: TestAccount) => {
    const account = { accountId: id, credentialVersion: 1, passwordChangeOnly: false };
    const kind = { renewal: 'refresh-token', listed: true } as const;
    const { accessToken } = await api.app.get(OpenSession).execute(account, kind, TEST_REQUESTER);
    return bearer(accessToken);
  };
  const changePassword = async (account: TestAccount): Promise<HttpAnswer> => {
    const body = { currentPassword: PASSWORD, newPassword: OTHER_GOOD_PASSWORD };
    return api.http.put('/account/v1/me/password', body, await anOpenSession(account));
  };
  const passwordsThatSignIn = async (account: TestAccount): Promise<string[]> => {
    const good: string[] = [];
    for (const password of [PASSWORD, OTHER_GOOD_PASSWORD]) {
      if ((await signIn(account, password)).status === 201) good.push(password);
    }
    return good;
  };

  it.each(['$2a$', '$2b$', '$2y$'])(
    'of the form %s becomes one of ours at the first sign-in, once [S-12]',
    async (form) => {
      const account = await imported(form);
      expect(await storedHash(account)).toMatch(/^raw:/);
      expect((await signIn(account, PASSWORD)).status).toBe(201);
      const upgraded = await storedHash(account);
      expect(upgraded).toMatch(/^p\d+:\$2b\$04\$/);
      expect((await signIn(account, PASSWORD)).status).toBe(201);
      expect(await storedHash(account)).toBe(upgraded);
    },
  );

  it('stays as it is at a sign-in that fails [S-12]', async () => {
    const account = await imported();
    expect((await signIn(account, 'another')).status).toBe(401);
    expect(await storedHash(account)).toMatch(/^raw:/);
  });

  it.each([
    ['is left for the next sign-in when too many hashes are waiting [S-12]', new DomainError('service.busy'), 201],
    ['lets nobody in when a better one cannot be made [S-12]', new Error('out of memory'), 500],
    ['lets nobody in when a better one is refused [S-12]', new DomainError('unexpected'), 500],
  ])('%s', async (_, error, status) => {
    const account = await imported();
    jest.spyOn(Logger.prototype, 'error').mockReturnValue();
    jest.spyOn(api.app.get(PasswordHasher), 'hash').mockRejectedValueOnce(error);
    expect((await signIn(account, PASSWORD)).status).toBe(status);
    expect(await storedHash(account)).toMatch(/^raw:/);
    expect((await signIn(account, PASSWORD)).status).toBe(201);
    expect(await storedHash(account)).toMatch(/^p\d+:/);
  });

  it('is one good hash after sign-ins at the same moment [S-12]', async () => {
    const account = await imported();
    const answers = await Promise.all([1, 2, 3, 4].map(() => signIn(account, PASSWORD)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    for (const { body } of answers) {
      expect((await api.http.get('/account/v1/me', bearer(body.accessToken))).status).toBe(200);
    }
    expect(await storedHash(account)).toMatch(/^p\d+:\$2b\$04\$/);
    expect(await passwordsThatSignIn(account)).toEqual([PASSWORD]);
  });

  it('does not come back over a change that a slow sign-in has missed [S-12] [S-13] [L-13] [R4]', async () => {
    const account = await imported();
    const hasher = api.app.get(PasswordHasher);
    const hash = hasher.hash.bind(hasher);
    let goOn = () => {};
    const proved = new Promise<void>((resolve) => {
      jest.spyOn(hasher, 'hash').mockImplementationOnce(async (password) => {
        resolve();
        await new Promise<void>((open) => (goOn = open));
        return hash(password);
      });
    });
    const signingIn = signIn(account, PASSWORD);
    await proved;
    expect((await changePassword(account)).status).toBe(200);
    const changed = await storedHash(account);
    goOn();

    const { body } = await signingIn;
    expect(await storedHash(account)).toBe(changed);
    expect(await passwordsThatSignIn(account)).toEqual([OTHER_GOOD_PASSWORD]);
    expect((await api.http.get('/account/v1/me', bearer(body.accessToken))).status).toBe(401);
  });

  it('is never in the way of a change at the same moment, in 50 rounds [S-13] [R2] [R4]', async () => {
    for (let round = 0; round < 50; round += 1) {
      const account = await imported();
      const headers = await anOpenSession(account);
      const body = { currentPassword: PASSWORD, newPassword: OTHER_GOOD_PASSWORD };
      const [change, ...signIns] = await Promise.all([
        api.http.put('/account/v1/me/password', body, headers),
        signIn(account, PASSWORD),
        signIn(account, PASSWORD),
      ]);
      expect(change.status).toBe(200);
      expect(await passwordsThatSignIn(account)).toEqual([OTHER_GOOD_PASSWORD]);
      for (const { body: tokens } of signIns.filter(({ status }) => status === 201)) {
        expect((await api.http.get('/account/v1/me', bearer(tokens.accessToken))).status).toBe(401);
      }
    }
  });
});

import { randomUUID } from 'node:crypto';
import { SCOPES } from '@app/session';
import { aPerson, codeTo, confirmEmailChange, expectProblem, ROOT } from '../e2e/native-driver';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, GOOD_PASSWORD, OTHER_GOOD_PASSWORD } from '../support/factories';
import { bearer, type HeaderMap, type HttpAnswer } from '../support/http-client';
import { aService, tablesWith } from './internal-callers';

const EMAIL_CHANGE = `${ROOT}/me/email-change`;
const APPLICATIONS = '/internal/v1/applications';
const anAddress = () => `moves-${randomUUID().slice(0, 8)}@example.net`;
const aKey = () => ({ 'idempotency-key': randomUUID() });

describe('Idempotency-Key', () => {
  let api: TestApi;
  let service: HeaderMap;
  beforeAll(async () => {
    api = await bootApi({ mailsPerAddressPerHour: 1 });
    service = await aService(api, ...SCOPES);
  });
  afterAll(() => api.close());

  const start = (headers: HeaderMap, newEmail: string, currentPassword = GOOD_PASSWORD): Promise<HttpAnswer> =>
    api.http.post(EMAIL_CHANGE, { newEmail, currentPassword }, headers);
  const register = (headers: HeaderMap, name = 'Mobile app'): Promise<HttpAnswer> =>
    api.internal.post(APPLICATIONS, { name }, { ...service, ...headers });
  /** How often a change is in the log. */
  const timesOf = async (accountId: string, action = 'account.email-change-requested.v1'): Promise<number> => {
    const sql = 'SELECT 1 FROM audit_event WHERE account_id = $1 AND action = $2';
    return (await api.dataSource.query<unknown[]>(sql, [accountId, action])).length;
  };

  describe('with the same request', () => {
    it('[S-41] [S-130] gets the same answer byte for byte, and one change, one code, one warning', async () => {
      const { account, headers } = await aPerson(api);
      const newEmail = anAddress();
      const keyed = { ...headers, ...aKey() };
      const [first, second] = [await start(keyed, newEmail), await start(keyed, newEmail)];
      expect([second.status, second.text]).toEqual([first.status, first.text]);
      expect(first.status).toBe(202);
      expect(await timesOf(account.id)).toBe(1);
      expect([(await api.mailsTo(newEmail)).length, (await api.mailsTo(account.email)).length]).toEqual([1, 1]);
    });

    it('[S-41] is not refused for what its own success has used up or made impossible', async () => {
      const { headers } = await aPerson(api);
      const newEmail = anAddress();
      const key = aKey();
      const first = await start({ ...headers, ...key }, newEmail);
      const confirmed = await confirmEmailChange(api, headers, await codeTo(api, newEmail));
      // One mail an hour, and the address is the account's own by now.
      const again = await start({ ...bearer(confirmed.body.tokens.accessToken), ...key }, newEmail);
      expect([again.status, again.text]).toEqual([202, first.text]);

      const keyed = { ...service, ...aKey() };
      const body = { email: anAddress(), password: GOOD_PASSWORD };
      const created = await api.internal.post('/internal/v1/accounts', body, keyed);
      const repeated = await api.internal.post('/internal/v1/accounts', body, keyed);
      expect([created.status, repeated.status, repeated.text]).toEqual([201, 201, created.text]);
      expect((await api.internal.post('/internal/v1/accounts', body, service)).status).toBe(409);
    });

    it.each(['password-reset', 'require-password-change', 'sessions/revoke'])(
      '[S-41] is answered as before when the account is gone by now: %s, its id in any case',
      async (act) => {
        const { id } = await anAccount(api);
        const keyed = { ...service, ...aKey() };
        const send = (of = id) => api.internal.post(`/internal/v1/accounts/${of}/${act}`, undefined, keyed);
        const first = await send();
        await api.internal.delete(`/internal/v1/accounts/${id}`, service);
        for (const again of [await send(), await send(id.toUpperCase())]) {
          expect([again.status, again.text]).toEqual([first.status, first.text]);
        }
        expect(first.status).toBeLessThan(300);
      },
    );

    it('[S-41] is answered as before when the password is another one by now', async () => {
      const { account, headers } = await aPerson(api);
      const newEmail = anAddress();
      const key = aKey();
      const first = await start({ ...headers, ...key }, newEmail);
      const body = { currentPassword: GOOD_PASSWORD, newPassword: OTHER_GOOD_PASSWORD };
      const changed = await api.http.put(`${ROOT}/me/password`, body, headers);
      const again = await start({ ...bearer(changed.body.tokens.accessToken), ...key }, newEmail);
      expect([again.status, again.text]).toEqual([202, first.text]);
      expect(await timesOf(account.id)).toBe(1);
    });

    it('[S-41] shows a secret again that is kept nowhere else, and nowhere in clear', async () => {
      const keyed = { ...service, ...aKey() };
      const make = () => api.internal.post('/internal/v1/service-clients', { name: 'x', scopes: ['admin'] }, keyed);
      const [first, second] = [await make(), await make()];
      expect([first.status, second.text]).toEqual([201, first.text]);
      expect(await tablesWith(api, first.body.clientSecret)).toEqual([]);
      expect(await tablesWith(api, keyed['idempotency-key'])).toEqual([]);
    });

    it('[S-116] keeps nothing of key, body, password or answer that can be read', async () => {
      const { headers } = await aPerson(api);
      const newEmail = anAddress();
      const keyed = { ...headers, ...aKey() };
      const { body } = await start(keyed, newEmail);
      const rows: Record<string, unknown>[] = await api.dataSource.query('SELECT * FROM idempotency_key');
      const bytes = rows.flatMap((row) => Object.values(row).filter((value) => Buffer.isBuffer(value)));
      expect(bytes.length).toBeGreaterThan(2);
      for (const text of [keyed['idempotency-key'], newEmail, GOOD_PASSWORD, body.id as string]) {
        const forms = [Buffer.from(text), Buffer.from(Buffer.from(text).toString('base64').slice(4, 16))];
        for (const form of forms) expect(bytes.filter((value) => value.includes(form))).toEqual([]);
        expect(JSON.stringify(rows.map(({ scope }) => scope))).not.toContain(text);
      }
    });

    it('[S-116] opens a kept answer for its own key alone', async () => {
      const [mine, other] = [aKey(), aKey()];
      await register(mine);
      await register(other);
      await api.dataSource.query(
        `UPDATE idempotency_key SET outcome = (SELECT outcome FROM idempotency_key ORDER BY created_at DESC LIMIT 1)
         WHERE key_hash = (SELECT key_hash FROM idempotency_key ORDER BY created_at DESC OFFSET 1 LIMIT 1)`,
      );
      jest.spyOn(process.stderr, 'write').mockReturnValueOnce(true);
      expect([(await register(other)).status, (await register(mine)).status]).toEqual([201, 500]);
    });

    it('leaves nothing of itself in the log, the outbox or the feed', async () => {
      const { account, headers } = await aPerson(api);
      await start({ ...headers, ...aKey() }, anAddress());
      const requesters: { requester: object }[] = await api.dataSource.query(
        `SELECT requester FROM audit_event WHERE account_id = $1 AND action LIKE 'account.email%'
         UNION ALL SELECT requester FROM outbox_message WHERE events @> jsonb_build_array(jsonb_build_object(
           'name', 'account.email-change-requested.v1', 'data', jsonb_build_object('accountId', $1::text)))`,
        [account.id],
      );
      const keys = ['actor', 'device', 'ip', 'requestId', 'userAgent'];
      expect(requesters.map(({ requester }) => Object.keys(requester).sort())).toEqual([keys, keys]);
    });
  });

  describe('with another request', () => {
    it('[S-130] is refused, and nothing happens; the first one is still answered', async () => {
      const { account, headers } = await aPerson(api);
      const newEmail = anAddress();
      const keyed = { ...headers, ...aKey() };
      const first = await start(keyed, newEmail);
      expectProblem(await start(keyed, anAddress()), 422, 'idempotency-key.reused');
      const spaced = `{ "newEmail": "${newEmail}", "currentPassword": "${GOOD_PASSWORD}" }`;
      expectProblem(await api.http.post(EMAIL_CHANGE, spaced, keyed), 422, 'idempotency-key.reused');
      expect((await start(keyed, newEmail)).text).toBe(first.text);
      expect(await timesOf(account.id)).toBe(1);
    });

    it('[S-130] is refused for another id in the path', async () => {
      const keyed = { ...service, ...aKey() };
      const [one, other] = [await anAccount(api), await anAccount(api)];
      const revoke = ({ id }: { id: string }) =>
        api.internal.post(`/internal/v1/accounts/${id}/sessions/revoke`, undefined, keyed);
      expect((await revoke(one)).status).toBe(200);
      expectProblem(await revoke(other), 422, 'idempotency-key.reused');
    });

    it('[S-41] [R22] is another key for another person, another service and another route', async () => {
      const key = aKey();
      const [one, other] = [await aPerson(api), await aPerson(api)];
      const answers = [
        await start({ ...one.headers, ...key }, anAddress()),
        await start({ ...other.headers, ...key }, anAddress()),
      ];
      expect(answers.map(({ status }) => status)).toEqual([202, 202]);
      const services = [await register(key), await register({ ...(await aService(api, 'admin')), ...key }, 'Other')];
      const client = { name: 'x', scopes: ['admin'] };
      services.push(await api.internal.post('/internal/v1/service-clients', client, { ...service, ...key }));
      expect(services.map(({ status }) => status)).toEqual([201, 201, 201]);
    });

    it('is judged anew after a refusal: nothing had changed', async () => {
      const { account, headers } = await aPerson(api);
      const newEmail = anAddress();
      const keyed = { ...headers, ...aKey() };
      expectProblem(await start(keyed, newEmail, 'wrong'), 422, 'password.current-wrong');
      expect((await api.http.post(EMAIL_CHANGE, { newEmail }, keyed)).body.code).toBe('body.invalid');
      expect((await start(keyed, newEmail)).status).toBe(202);
      expect(await timesOf(account.id)).toBe(1);
    });
  });
});

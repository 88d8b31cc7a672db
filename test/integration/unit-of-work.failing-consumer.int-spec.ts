import { Injectable } from '@nestjs/common';
import type { DomainEvent, EventsOf } from '@app/contracts';
import { InTransaction, type Tx } from '@app/platform';
import { EndSessionsConsumer } from '../../libs/session/src/end-sessions.consumer';
import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount, OTHER_GOOD_PASSWORD } from '../support/factories';
import { bearer } from '../support/http-client';

/** Does all that the real one does, and then fails. */
@Injectable()
class FailingEndSessions extends EndSessionsConsumer {
  @InTransaction('session.end-sessions')
  override async endSessions(event: DomainEvent<EventsOf<'session.end-sessions'>>, tx: Tx): Promise<void> {
    await super.endSessions(event, tx);
    throw new Error('out of order');
  }
}

@Injectable()
class NoConsumer {}

describe('a change whose in-transaction consumer throws', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await bootApi({}, (builder) => builder.overrideProvider(EndSessionsConsumer).useClass(FailingEndSessions));
  });
  afterAll(() => api.close());

  const everything = () =>
    api.dataSource.query(
      `SELECT (SELECT json_agg(a ORDER BY id) FROM account a) AS accounts,
         (SELECT json_agg(s ORDER BY id) FROM session s) AS sessions,
         (SELECT json_agg(r ORDER BY token_hash) FROM refresh_token r) AS refresh_tokens,
         (SELECT json_agg(m ORDER BY id) FROM outbox_message m) AS messages,
         (SELECT json_agg(d ORDER BY id) FROM outbox_delivery d) AS deliveries`,
    );

  it('[S-34] is answered as a failure, and leaves credential, sessions and outbox as they were', async () => {
    const account = await anAccount(api);
    const session = await aSession(api, account);
    const before: unknown = await everything();

    const change = { currentPassword: account.password, newPassword: OTHER_GOOD_PASSWORD };
    const answer = await api.http.put('/account/v1/me/password', change, bearer(session.accessToken));
    expect(answer).toMatchObject({ status: 500, body: { code: 'unexpected' } });
    expect(await everything()).toEqual(before);

    expect((await api.http.get('/account/v1/me', bearer(session.accessToken))).status).toBe(200);
    const { email, password } = account;
    expect((await api.http.post('/account/v1/sessions', { email, password })).status).toBe(201);
    expect(await api.mailsTo(account.email)).toEqual([]);
  });
});

describe('a service without one of its consumers', () => {
  it('refuses to start, and names it', async () => {
    const starting = bootApi({}, (builder) => builder.overrideProvider(EndSessionsConsumer).useClass(NoConsumer));
    await expect(starting).rejects.toThrow('The consumer session.end-sessions has no handlers; it needs exactly one.');
  });
});

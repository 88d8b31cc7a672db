import { UnitOfWork } from '@app/platform';
import { SettleRestore } from '../../apps/api/src/restore/settle-restore';
import { aService, FORM } from '../contract/internal-callers';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, type TestAccount } from '../support/factories';
import { bearer } from '../support/http-client';
import { introspect, signInEverywhere, type Tokens } from '../support/surfaces';
import { ROOT, signIn } from './native-driver';

interface Ending {
  end: (api: TestApi, tokens: Tokens, application: string) => Promise<unknown>;
  /** Of the tokens: the one of a session that it ends. */
  ended: (tokens: Tokens) => string;
  action: string;
  /** Who the person reads has done it; without it the row is in the log of the installation alone. */
  actor?: 'you' | 'service';
}

const native = ({ access }: Tokens): string => access;
const sdk = ({ all }: Tokens): string => String(all[1]);

const ENDINGS: Record<string, Ending> = {
  'a service that revokes a token': {
    end: async (api, { refresh }) =>
      api.internal.post('/oauth2/revoke', `token=${refresh}`, { ...FORM, ...(await aService(api, 'tokens:revoke')) }),
    ended: native,
    action: 'session.ended.v1',
    actor: 'service',
  },
  'its person, by a logout': {
    end: (api, { access }) => api.http.delete(`${ROOT}/sessions/current`, bearer(access)),
    ended: native,
    action: 'session.ended.v1',
    actor: 'you',
  },
  'an operator who revokes an application': {
    end: async (api, _, application) =>
      api.internal.delete(`/internal/v1/applications/${application}`, await aService(api, 'admin')),
    ended: sdk,
    action: 'application.revoked.v1',
  },
  "an operator who ends everybody's": {
    end: async (api) => api.internal.post('/internal/v1/sessions/revoke', {}, await aService(api, 'admin')),
    ended: native,
    action: 'session.all-sessions-ended.v1',
  },
  'the end of what a restore brought back': {
    end: (api) =>
      new SettleRestore(api.app.get(UnitOfWork)).execute({
        keys: 'keep',
        undoLinks: 'keep',
        passwords: 'keep',
        changedIds: [],
      }),
    ended: native,
    action: 'installation.restored.v1',
  },
};

describe('a session that is ended without anything taken from its owner (ADR 0019)', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  const endings = async ({ email, password }: TestAccount) => {
    const { accessToken } = await signIn(api, { email, password });
    const { body } = await api.http.get(`${ROOT}/me/activity`, bearer(accessToken));
    return body.events.filter(({ action }: { action: string }) => action.startsWith('session.'));
  };

  it.each(Object.entries(ENDINGS))('[S-104] [S-132] is in the log, and is not mailed: by %s', async (_, ending) => {
    const admin = await aService(api, 'admin');
    const { body } = await api.internal.post('/internal/v1/applications', { name: 'App' }, admin);
    const account = await anAccount(api);
    const tokens = await signInEverywhere(api, account, { 'X-client-id': body.clientId });
    await ending.end(api, tokens, body.clientId);
    expect((await introspect(api, ending.ended(tokens))).body).toEqual({ active: false });
    expect(await api.mailsTo(account.email)).toEqual([]);
    const { action, actor } = ending;
    expect(await endings(account)).toMatchObject(actor ? [{ action, actor }] : []);
    const [last] = await api.dataSource.query(
      `SELECT action, account_id IS NOT NULL AS "ofAccount" FROM audit_event WHERE action = $1 ORDER BY id DESC LIMIT 1`,
      [action],
    );
    expect(last).toEqual({ action, ofAccount: actor !== undefined });
  });
});

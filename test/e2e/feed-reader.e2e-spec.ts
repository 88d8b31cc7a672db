import { randomInt, randomUUID } from 'node:crypto';
import { ManageAccount, UndoEmailChange, UpdateCredentials } from '@app/account';
import { DomainError } from '@app/contracts';
import { PAGE_PASSWORD } from '../../apps/api/src/dialects/vivoldi/vivoldi.policy';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, TEST_REQUESTER } from '../support/factories';
import type { HeaderMap } from '../support/http-client';
import { tokenIn } from '../support/mailed';
import { bootReplica } from '../support/replica';
import { aService } from '../contract/internal-callers';

const WRITERS = 4;
const ACTS_EACH = 20;
const POLICY = { minimumPlan: 'PERSONAL', password: PAGE_PASSWORD } as const;

let api: TestApi;
let replica: TestApi;
let service: HeaderMap;
beforeAll(async () => {
  api = await bootApi({ sourceFailures: 0 });
  replica = await bootReplica(api);
  service = await aService(api, 'events:read');
});
afterAll(async () => {
  await replica.close();
  await api.close();
});

/** What another service keeps of an account. */
interface Copy {
  email: string | null;
  passwordChangedAt: string | null;
  disabled: boolean;
  deleted: boolean;
  credentialVersion: number;
}

type Act = (accountId: string) => Promise<unknown>;

async function update(accountId: string, changes: { newEmail?: string; newPassword?: string }): Promise<void> {
  const [row] = await api.dataSource.query<{ version: number }[]>(
    'SELECT credential_version AS version FROM account WHERE id = $1',
    [accountId],
  );
  // A day's budget of addresses is not what this is about.
  await api.dataSource.query(`DELETE FROM guess_budget WHERE key = $1`, [accountId]);
  const command = { accountId, credentialVersion: row?.version ?? 0, signInAgeSeconds: 0, passwordChangeOnly: false };
  await api.app.get(UpdateCredentials).execute({ ...command, ...changes }, POLICY, TEST_REQUESTER);
}

/** By a link of one of its earlier addresses, if it has left one. */
async function undo(accountId: string): Promise<void> {
  const addresses = await api.dataSource.query<{ email: string }[]>(
    'SELECT restores_email AS email FROM undo_token WHERE account_id = $1 AND ended_at IS NULL',
    [accountId],
  );
  const left = addresses[randomInt(Math.max(1, addresses.length))];
  if (!left) return;
  const mail = (await api.mailsTo(left.email)).find(({ text }) => text.includes('/email-change/undo/'));
  if (mail) await api.app.get(UndoEmailChange).execute(tokenIn(mail, 'email-change/undo'), TEST_REQUESTER);
}

const disable = (accountId: string, disabled: boolean) =>
  api.app.get(ManageAccount).patch(accountId, { disabled }, TEST_REQUESTER);

const ACTS: Act[] = [
  (id) => update(id, { newPassword: `word-${randomUUID().slice(0, 12)}` }),
  (id) => update(id, { newEmail: `${randomUUID()}@example.net` }),
  (id) => update(id, { newEmail: `${randomUUID()}@example.net`, newPassword: `word-${randomUUID().slice(0, 12)}` }),
  (id) => disable(id, true),
  (id) => disable(id, false),
  undo,
];

/** An event as the feed shows it, with the fields of the kinds that matter here. */
interface Shown {
  name: string;
  at: string;
  data: { accountId: string; credentialVersion?: number; email: string; newEmail: string; restoredEmail: string };
}

/** Reads a few events a time, each page from another replica. */
class Reader {
  readonly copies = new Map<string, Copy>();
  private after = '';
  private turn = 0;

  /** False when there was nothing new. */
  async readPage(): Promise<boolean> {
    const from = this.turn++ % 2 === 0 ? api : replica;
    const { body } = await from.internal.get(`/internal/v1/events?limit=3${this.after}`, service);
    for (const event of body.events as Shown[]) this.apply(event);
    this.after = `&after=${body.next}`;
    return body.events.length > 0;
  }

  private apply({ name, at, data }: Shown): void {
    const copy = this.copies.get(data.accountId) ?? newCopy();
    // A mailed code or link says nothing of it.
    const version = data.credentialVersion ?? copy.credentialVersion;
    expect(version).toBeGreaterThanOrEqual(copy.credentialVersion);
    copy.credentialVersion = version;
    // Each of these accounts begins with a password.
    if (name === 'account.created.v1') Object.assign(copy, { email: data.email, passwordChangedAt: at });
    if (name === 'account.email-changed.v1') copy.email = data.newEmail;
    if (name === 'account.email-change-undone.v1') copy.email = data.restoredEmail;
    if (name === 'account.password-changed.v1') copy.passwordChangedAt = at;
    if (name === 'account.disabled.v1') copy.disabled = true;
    if (name === 'account.enabled.v1') copy.disabled = false;
    if (name === 'account.deleted.v1') Object.assign(copy, { email: null, passwordChangedAt: null, deleted: true });
    this.copies.set(data.accountId, copy);
  }
}

const newCopy = (): Copy => ({
  email: null,
  passwordChangedAt: null,
  disabled: false,
  deleted: false,
  credentialVersion: 0,
});

it('[I12] [I11] who applies the feed in its order, while four write at random, ends with the state of the database', async () => {
  const reader = new Reader();
  const accounts = await Promise.all(Array.from({ length: 5 }, () => anAccount(api)));
  let done = 0;
  let reading = Promise.resolve(true);
  const write = async (): Promise<void> => {
    for (let n = 0; n < ACTS_EACH; n++) {
      const [account, act] = [accounts[randomInt(accounts.length)], ACTS[randomInt(ACTS.length)]];
      if (account && act) await act(account.id).then(() => done++, allowRefusal);
      // Now and then, so that many changes wait for their places.
      if (n % 5 === 4) reading = reading.then(() => reader.readPage());
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  await api.app.get(ManageAccount).delete(accounts[0]?.id ?? '', TEST_REQUESTER);
  await reading;
  while (await reader.readPage());

  expect(done).toBeGreaterThan(WRITERS * 5);
  for (const { id } of accounts) expect(reader.copies.get(id)).toEqual(await inDatabase(id));
});

/** Of two that meet one is refused; anything else is a failure. */
function allowRefusal(error: unknown): void {
  if (!(error instanceof DomainError)) throw error;
}

async function inDatabase(accountId: string): Promise<Copy | undefined> {
  const [row] = await api.dataSource.query<(Omit<Copy, 'passwordChangedAt'> & { changed: Date | null })[]>(
    `SELECT email, password_changed_at AS changed, disabled, deleted_at IS NOT NULL AS deleted,
       credential_version AS "credentialVersion" FROM account WHERE id = $1`,
    [accountId],
  );
  if (!row) return undefined;
  const { changed, ...rest } = row;
  return { ...rest, passwordChangedAt: changed?.toISOString() ?? null };
}

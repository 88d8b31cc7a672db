import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { DomainError } from '@app/contracts';
import { digest, randomToken, Settings, type Tx } from '@app/platform';
import type { LiveAccount } from './account.entity';
import type { Mailbox } from './recipient-of';

export interface EmailUndo {
  id: string;
  accountId: string;
  restoresEmail: string;
  replacedEmail: string;
}

/** What a change of address is to the mailboxes that the account has left. */
export interface WaysBack {
  /** The link for the address that was just left, if it gets one. */
  undo: { token: string; until: Date } | null;
  /** Whose links this change has ended. */
  ended: Mailbox[];
  /** Left before, with links that go on working. */
  earlier: Mailbox[];
}

/** A row without a token is a change that its old mailbox cannot undo: kept, so that an undo knows every address. */
export const LIVE_UNDO = 'token_hash IS NOT NULL AND ended_at IS NULL AND expires_at > now()';

/** Another mailbox than `email` can take the account's address back. */
export const isOpenToAnother = (accountId: string, email: string): string =>
  `EXISTS (SELECT 1 FROM undo_token WHERE account_id = ${accountId} AND restores_email <> ${email} AND ${LIVE_UNDO})`;

/** When each mailbox of account `$1` that has a link was first left. The older one has the say (ADR 0015). */
const FIRST_LEFT = `
  first_left AS (
    SELECT restores_email AS email, min(created_at) AS at FROM undo_token
    WHERE account_id = $1 AND ${LIVE_UNDO} GROUP BY restores_email
  )`;

/** Each mailbox that some rows of account `$1` name, in the language of its first: whoever came after has no say in it. */
const mailboxesOf = (rows: string, column: 'restores_email' | 'replaced_email'): string => `
  SELECT DISTINCT ON (${column}) ${column} AS email,
    coalesce(locale, (SELECT locale FROM account WHERE id = $1)) AS locale
  FROM ${rows} ORDER BY ${column}, created_at`;

const includes = (mailboxes: readonly Mailbox[], address: string): boolean =>
  mailboxes.some(({ email }) => email === address);

/** The links with which an old mailbox undoes a change. They outlive later changes: that is what they are for. */
@Injectable()
export class EmailUndos {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: Settings,
  ) {}

  /** @throws DomainError `link.invalid` */
  async find(token: string): Promise<EmailUndo> {
    const [undo] = await this.dataSource.query<EmailUndo[]>(
      `SELECT id, account_id AS "accountId", restores_email AS "restoresEmail", replaced_email AS "replacedEmail"
       FROM undo_token WHERE token_hash = $1 AND ${LIVE_UNDO}`,
      [digest(token)],
    );
    if (!undo) throw new DomainError('link.invalid');
    return undo;
  }

  /**
   * The account leaves its address for another, which it has `proved` or not. Who comes back to an address that can be
   * restored, and proves it, has undone what came after; an address that nobody proved gets no link beside an older one.
   */
  async leave(tx: Tx, seen: LiveAccount, newEmail: string, proved: boolean): Promise<WaysBack> {
    const live = await this.mailboxes(tx, seen.id);
    const earlier = live.filter(({ email }) => email !== seen.email && email !== newEmail);
    if (proved && includes(live, newEmail)) {
      const ended = await this.endSince(tx, seen.id, newEmail);
      return { undo: null, ended, earlier: earlier.filter(({ email }) => !includes(ended, email)) };
    }
    const mayUndo = seen.emailVerified || live.length === 0 || includes(live, seen.email);
    const token = mayUndo ? randomToken() : null;
    const until = await this.insert(tx, seen, newEmail, token);
    return { undo: token === null ? null : { token, until }, ended: [], earlier };
  }

  /**
   * Ends the links of the mailboxes that came after that of `email`, which has spoken. Resolves with whose they were.
   * One that came before keeps all of its own, also what it was given since: it has the say.
   */
  async endSince(tx: Tx, accountId: string, email: string): Promise<Mailbox[]> {
    return tx.manager.query<Mailbox[]>(
      `WITH ${FIRST_LEFT}, ended AS (
         UPDATE undo_token u SET token_hash = NULL FROM first_left
         WHERE u.account_id = $1 AND u.restores_email = first_left.email AND ${LIVE_UNDO}
           AND first_left.at > (SELECT at FROM first_left WHERE email = $2)
         RETURNING u.*
       ) ${mailboxesOf('ended', 'restores_email')}`,
      [accountId, email],
    );
  }

  /**
   * Spends the link, once, and with it all of every change since its mailbox was first left; for as many days again the
   * account cannot have what they led to. Resolves with whose mailboxes have no link left, and whose have. @throws DomainError `link.invalid`
   */
  async spend(
    tx: Tx,
    { id, accountId, restoresEmail }: EmailUndo,
  ): Promise<{ undone: Mailbox[] } & Pick<WaysBack, 'earlier'>> {
    const ended = await tx.manager.query<Mailbox[]>(
      `WITH ${FIRST_LEFT}, ended AS (
         UPDATE undo_token SET ended_at = now(), expires_at = now() + make_interval(days => $4)
         WHERE account_id = $1 AND ended_at IS NULL AND expires_at > now()
           AND created_at >= (SELECT at FROM first_left WHERE email = $2)
           AND EXISTS (SELECT 1 FROM undo_token WHERE id = $3 AND ${LIVE_UNDO})
         RETURNING *
       ) ${mailboxesOf('ended', 'replaced_email')}`,
      [accountId, restoresEmail, id, this.settings.undoDays],
    );
    if (ended.length === 0) throw new DomainError('link.invalid');
    await tx.manager.query(
      'DELETE FROM undo_token WHERE account_id = $1 AND replaced_email = $2 AND ended_at IS NOT NULL',
      [accountId, restoresEmail],
    );
    const earlier = await this.mailboxes(tx, accountId);
    const undone = ended.filter(({ email }) => email !== restoresEmail && !includes(earlier, email));
    return { undone, earlier };
  }

  /**
   * Another token for the link of the change that was made `at`, if it is live and was not ended after a restore: then no
   * digest is there. What was mailed of it before is dead.
   */
  async renew(tx: Tx, link: { accountId: string; restoresEmail: string; at: Date }): Promise<string | null> {
    const token = randomToken();
    const rows = await tx.manager.query<unknown[]>(
      `WITH renewed AS (
         UPDATE undo_token SET token_hash = $1
         WHERE account_id = $2 AND restores_email = $3 AND date_trunc('milliseconds', created_at) = $4 AND ${LIVE_UNDO}
           AND length(token_hash) = length($1::bytea)
         RETURNING 1
       ) SELECT * FROM renewed`,
      [digest(token), link.accountId, link.restoresEmail, link.at],
    );
    return rows.length > 0 ? token : null;
  }

  /** Those that have a link. */
  async mailboxes(tx: Tx, accountId: string): Promise<Mailbox[]> {
    return tx.manager.query<Mailbox[]>(
      `WITH live AS (SELECT * FROM undo_token WHERE account_id = $1 AND ${LIVE_UNDO})
       ${mailboxesOf('live', 'restores_email')}`,
      [accountId],
    );
  }

  /** Not while another mailbox can still take an address back that took effect unproved. */
  async mayRecover(account: LiveAccount, { manager }: Pick<Tx, 'manager'> = this.dataSource): Promise<boolean> {
    return !account.disabled && (account.emailVerified || !(await this.isOpenToAnother(manager, account)));
  }

  private async isOpenToAnother(manager: EntityManager, { id, email }: LiveAccount): Promise<boolean> {
    const rows = await manager.query<unknown[]>(`SELECT 1 WHERE ${isOpenToAnother('$1', '$2')}`, [id, email]);
    return rows.length > 0;
  }

  private async insert(
    tx: Tx,
    { id, email, locale }: LiveAccount,
    newEmail: string,
    token: string | null,
  ): Promise<Date> {
    const [row] = await tx.manager.query<{ expires_at: Date }[]>(
      `INSERT INTO undo_token (id, account_id, token_hash, restores_email, replaced_email, locale, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(days => $7)) RETURNING expires_at`,
      [randomUUID(), id, token && digest(token), email, newEmail, locale, this.settings.undoDays],
    );
    if (!row) throw new Error('An undo was inserted without a row.');
    return row.expires_at;
  }
}

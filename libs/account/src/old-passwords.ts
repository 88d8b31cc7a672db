import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** An account whose password has stood for long. */
export interface OldPassword {
  id: string;
  /** Canonical. */
  email: string;
  passwordChangedAt: Date;
  passwordChangeRequired: boolean;
  disabled: boolean;
}

export interface OldPasswordsQuery {
  olderThanDays: number;
  /** The `next` of the page before. */
  after?: string;
  /** At most so many accounts. */
  limit: number;
}

/** A password's time in microseconds since 1970, and its account: a page goes on behind both. */
export const OLD_PASSWORDS_CURSOR = /^\d{1,16}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whose password is older than so many days, by the database's clock. Imported ones count from their import. */
@Injectable()
export class OldPasswords {
  constructor(private readonly dataSource: DataSource) {}

  /** The oldest first. Who changes theirs while somebody pages leaves the list, and nobody else is missed or repeated. */
  async list({ olderThanDays, after, limit }: OldPasswordsQuery) {
    const [time = null, id = null] = after?.split('_') ?? [];
    const rows = await this.dataSource.query<(OldPassword & { cursor: string })[]>(LIST, [
      olderThanDays,
      time,
      id,
      limit + 1,
    ]);
    const page = rows.slice(0, limit);
    const next = rows.length > limit ? (page.at(-1)?.cursor ?? null) : null;
    return { accounts: page.map(({ cursor: _cursor, ...account }): OldPassword => account), next };
  }
}

const LIST = `
  SELECT id, email, password_changed_at AS "passwordChangedAt", password_change_required AS "passwordChangeRequired",
    disabled, (extract(epoch FROM password_changed_at) * 1000000)::bigint || '_' || id AS cursor
  FROM account
  WHERE deleted_at IS NULL AND password_changed_at < now() - make_interval(days => $1)
    AND (password_changed_at, id) > (
      coalesce('epoch'::timestamptz + $2::float8 * interval '1 microsecond', '-infinity'),
      coalesce($3::uuid, '00000000-0000-0000-0000-000000000000'))
  ORDER BY password_changed_at, id LIMIT $4`;

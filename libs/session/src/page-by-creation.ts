import type { DataSource } from 'typeorm';

export interface PageQuery {
  /** The `next` of the page before. */
  after?: string;
  /** At most so many. */
  limit: number;
}

/** When one was made, in microseconds since 1970, and its id: a page goes on behind both. */
export const CREATION_CURSOR = /^\d{1,16}_[\x21-\x7e]{1,255}$/;

/** Of a table that loses no row, the oldest first. */
export async function pageByCreation<Row>(
  dataSource: DataSource,
  { table, id, columns }: { table: string; id: string; columns: string },
  { after, limit }: PageQuery,
): Promise<{ rows: Row[]; next: string | null }> {
  const [, time = null, lastId = null] = /^(\d+)_(.+)$/.exec(after ?? '') ?? [];
  const found = await dataSource.query<(Row & { cursor: string })[]>(
    `SELECT ${columns}, (extract(epoch FROM created_at) * 1000000)::bigint || '_' || ${id} AS cursor
     FROM ${table}
     WHERE $1::float8 IS NULL OR (created_at, ${id}) > ('epoch'::timestamptz + $1::float8 * interval '1 microsecond', $2)
     ORDER BY created_at, ${id} LIMIT $3`,
    [time, lastId, limit + 1],
  );
  const page = found.slice(0, limit);
  const next = found.length > limit ? (page.at(-1)?.cursor ?? null) : null;
  return { rows: page.map(({ cursor: _cursor, ...row }) => row as Row), next };
}

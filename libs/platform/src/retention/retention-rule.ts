/** When rows of a table are removed. `docs/retention.md` says it for people. */
export interface RetentionRule {
  table: string;
  /** Removes some of the rows that are over; run again until it finds none. */
  statement: string;
}

const AT_ONCE = 1000;

/** For rows that stand by themselves. What somebody else has locked is passed over: it is still in use, or being removed. */
export function removeWhere(table: string, isOver: string): RetentionRule {
  const statement = `
    DELETE FROM ${table} WHERE ctid = ANY(ARRAY(
      SELECT ctid FROM ${table} WHERE ${isOver} LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED))`;
  return { table, statement };
}

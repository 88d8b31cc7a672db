import { Client } from 'pg';

/** So many texts are kept ready. One built from data, beyond them, is planned each time and fills no connection. */
const MOST = 500;
const names = new Map<string, string>();

type Query = (text: unknown, values?: unknown, callback?: unknown) => unknown;

/**
 * Has PostgreSQL parse and plan a statement once a connection, not at each use: that took longer than to run it.
 * Behind PgBouncer in transaction mode this needs its `max_prepared_statements` (1.21 or newer).
 */
export class PreparingClient extends Client {
  // As a property of this type: the driver's overloads are more than can be overridden one by one.
  override query = ((text, values, callback) => {
    const send = Client.prototype.query.bind(this) as Query;
    const isPlain = typeof text === 'string' && Array.isArray(values) && values.length > 0;
    return isPlain ? send({ name: nameOf(text), text, values }, callback) : send(text, values, callback);
  }) as Client['query'];
}

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size === MOST) return known;
  const name = `rekey-${names.size}`;
  names.set(text, name);
  return name;
}

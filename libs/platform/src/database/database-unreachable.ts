/** No connection to PostgreSQL could be made. `cause` holds the driver's error. */
export class DatabaseUnreachable extends Error {
  constructor(cause: unknown) {
    const { message, code } = cause as { message?: string; code?: string };
    // Several refused addresses of one host make an error without a message.
    super(`The database can't be reached (see DATABASE_URL): ${message?.split('\n')[0] || code}`, { cause });
    this.name = 'DatabaseUnreachable';
  }
}

// PostgreSQL: connection exceptions, out of disk, memory or connections, shutting down, cancelled or timed out, could
// not lock in time, serialization failure, dead-lock, and a write on what has become a read-only replica.
const SQL_STATES = /^(08...|53...|57P0.|57014|55P03|40001|40P01|25006|25P03)$/;
const NETWORK = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE)$/;
// The driver, its pool and its wrapper give these no code. A query runner is released under our hands when its connection
// dies between two statements; a pool that has ended belongs to a process that is about to.
const MESSAGES = new RegExp(
  `^(${[
    'timeout exceeded when trying to connect',
    'timeout expired',
    'Connection terminated',
    'Client has encountered a connection error',
    'Query runner already released',
    'Cannot use a pool after calling end on the pool',
  ].join('|')})`,
);

const LONGEST_CHAIN = 5;

/** Whether the database could not be asked, or gave up for now: the same request may well succeed later. */
export function isDatabaseUnavailable(thrown: unknown): boolean {
  return causesOf(thrown).some(({ code, message }) => isPassing(String(code)) || MESSAGES.test(String(message)));
}

function isPassing(code: string): boolean {
  return SQL_STATES.test(code) || NETWORK.test(code);
}

function causesOf(thrown: unknown): { code?: unknown; message?: unknown }[] {
  const chain: Error[] = [];
  for (let error = thrown; error instanceof Error && chain.length < LONGEST_CHAIN; error = error.cause) {
    chain.push(error);
  }
  return chain;
}

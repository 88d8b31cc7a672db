import type { Socket } from 'node:net';
import { Client } from 'pg';

/** A little longer than a statement may usually take: PostgreSQL itself says so before, when it can be heard. */
const SILENCE_MS = 5500;
const PROBE_MS = 2000;

/** What this needs of the driver's connection. */
interface Connection {
  connection: { stream: Socket };
  /** The server's process behind it. */
  processID: number;
  /** No query waits for an answer. */
  readyForQuery: boolean;
}

/**
 * Hook of the driver's pool for each new connection to `url`: ends it once a query has waited on a server that neither
 * answers nor is at work. A network that drops what it carries tells nobody, and the request would wait for ever.
 */
export function endWhenSilent(url: string): (connected: unknown) => void {
  return (connected) => {
    const connection = connected as Connection;
    const { stream } = connection.connection;
    stream.on('timeout', () => void endUnlessAtWork(url, connection));
    stream.setTimeout(SILENCE_MS);
  };
}

async function endUnlessAtWork(url: string, { connection: { stream }, processID, readyForQuery }: Connection) {
  if (readyForQuery) return;
  const { bytesRead } = stream;
  const isAtWork = await serverIsAtWork(url, processID).catch(() => false);
  if (stream.bytesRead > bytesRead) return;
  if (isAtWork) stream.setTimeout(SILENCE_MS);
  else stream.destroy();
}

/** Asked on a connection of its own: a migration, and whatever else has raised its statement's limit, goes on. */
async function serverIsAtWork(url: string, processId: number): Promise<boolean> {
  const probe = new Client({
    connectionString: url,
    connectionTimeoutMillis: PROBE_MS,
    query_timeout: PROBE_MS,
    application_name: 'rekey',
  });
  // What ends it rejects what it was asked, too.
  probe.on('error', () => undefined);
  try {
    await probe.connect();
    const { rowCount } = await probe.query(`SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND state = 'active'`, [
      processId,
    ]);
    return rowCount === 1;
  } finally {
    probe.end().catch(() => undefined);
  }
}

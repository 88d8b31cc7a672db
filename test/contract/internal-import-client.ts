import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import type { TestApi } from '../support/boot-api';
import type { HeaderMap } from '../support/http-client';

export const IMPORT = '/internal/v1/accounts/import';
export const NDJSON = { 'content-type': 'application/x-ndjson' };

export interface ImportAnswer {
  status: number;
  contentType: string | undefined;
  /** The answer to each line. */
  lines: { line: number; status: string; id?: string; code?: string }[];
  /** What the last line says. */
  counts: object;
}

/** A line for each value: a text as it stands, anything else as JSON. */
export const ndjson = (values: readonly unknown[]): string =>
  values.map((value) => `${typeof value === 'string' ? value : JSON.stringify(value)}\n`).join('');

/** Sends a body, in chunks when it is a list of them, and reads the answer meanwhile. */
export async function importAccounts(
  api: TestApi,
  service: HeaderMap,
  body: string | Buffer | Iterable<string | Buffer>,
): Promise<ImportAnswer> {
  const chunks = typeof body === 'string' || Buffer.isBuffer(body) ? [body] : body;
  const { outgoing, answered } = openImport(api, service);
  Readable.from(chunks).pipe(outgoing);
  const { statusCode = 0, headers, body: answer } = await answered;
  const lines = (await text(answer)).trim().split('\n');
  const values = lines.map((line) => JSON.parse(line) as unknown);
  const counts = values.pop() as object;
  return { status: statusCode, contentType: headers['content-type'], lines: values as ImportAnswer['lines'], counts };
}

/** The two halves of an import, for a test that stops half-way. */
export function openImport(api: TestApi, service: HeaderMap) {
  const outgoing = request(new URL(IMPORT, api.internal.baseUrl), {
    method: 'POST',
    headers: { ...service, ...NDJSON },
  });
  const answered = new Promise<{
    statusCode?: number;
    headers: Record<string, unknown> & { 'content-type'?: string };
    body: Readable;
  }>((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      resolve({ statusCode: response.statusCode, headers: response.headers, body: response });
    });
  });
  return { outgoing, answered };
}

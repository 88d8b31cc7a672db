import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { fastify } from 'fastify';
import { MalformedBody, useStrictJson } from './strict-json';

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';
const LINES_TYPE = 'application/x-ndjson';

describe('the parsers of bodies [S-126]', () => {
  const server = fastify();
  useStrictJson(server);
  for (const kind of [undefined, 'form'] as const) {
    server.post(`/${kind ?? 'json'}`, { config: { body: kind } }, ({ body, rawBody }) => ({
      body: body instanceof MalformedBody ? 'malformed' : body,
      raw: rawBody?.toString(),
    }));
  }
  server.post('/lines', { config: { body: 'ndjson' } }, async ({ body, rawBody }) => ({
    body: await text(body as Readable),
    raw: rawBody?.toString(),
  }));
  afterAll(() => server.close());

  const post = (url: string, type: string, payload: string) =>
    server.inject({ method: 'POST', url, headers: { 'content-type': type }, payload });

  it.each<[string, string, string, unknown]>([
    ['/json', JSON_TYPE, '{"a":1}', { a: 1 }],
    ['/json', 'Application/JSON;charset=UTF-8', '{"a":1}', { a: 1 }],
    ['/json', JSON_TYPE, '{"a"', 'malformed'],
    ['/form', FORM_TYPE, 'a=1', { a: '1' }],
    ['/form', `${FORM_TYPE}; charset=utf-8`, 'a=1', { a: '1' }],
    ['/form', FORM_TYPE, 'a=%2', 'malformed'],
  ])('%s reads %s, and keeps it as it was sent: %s', async (url, type, sent, body) => {
    expect((await post(url, type, sent)).json()).toEqual({ body, raw: sent });
  });

  it.each([LINES_TYPE, `${LINES_TYPE}; charset=utf-8`])('/lines hands %s on unread', async (type) => {
    expect((await post('/lines', type, '{}\n{')).json()).toEqual({ body: '{}\n{' });
  });

  it.each([
    ['/json', FORM_TYPE],
    ['/json', LINES_TYPE],
    ['/form', JSON_TYPE],
    ['/form', LINES_TYPE],
    ['/lines', JSON_TYPE],
    ['/lines', FORM_TYPE],
    ['/json', 'text/plain'],
    ...Object.entries({ '/json': JSON_TYPE, '/form': FORM_TYPE, '/lines': LINES_TYPE }).flatMap(([url, type]) =>
      [`x-${type}`, `${type}5`, `${type}; charset=utf-16`].map((other) => [url, other]),
    ),
  ])('%s refuses %s', async (url, type) => {
    expect((await post(url, type, '{}')).statusCode).toBe(415);
  });
});

import { gzipSync } from 'node:zlib';
import { codeOf, json, type Running, type Sent, send, start } from './edge-server';

describe('the edge', () => {
  let server: Running;

  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.app.close());

  describe('bodies [S-126] [S-127]', () => {
    const things = '/account/v1/things';
    const large = JSON.stringify({ name: 'x'.repeat(16 * 1024) });

    it('takes JSON in UTF-8', async () => {
      const answer = await send(
        server.publicPort,
        things,
        json('{"name":"é"}', { 'content-type': 'Application/JSON;charset=UTF-8' }),
      );
      expect([answer.status, answer.text]).toEqual([201, '{"name":"é"}']);
    });

    it.each<[string, Sent, number, string]>([
      [
        'a form',
        json('name=x', { 'content-type': 'application/x-www-form-urlencoded' }),
        415,
        'media-type.unsupported',
      ],
      ['text', json('{"name":"x"}', { 'content-type': 'text/plain' }), 415, 'media-type.unsupported'],
      [
        'another charset',
        json('{}', { 'content-type': 'application/json; charset=utf-16' }),
        415,
        'media-type.unsupported',
      ],
      ['a malformed type', json('{}', { 'content-type': 'json' }), 415, 'media-type.unsupported'],
      [
        'a body of no type',
        { method: 'POST', headers: { authorization: 'yes' }, body: '{}' },
        415,
        'media-type.unsupported',
      ],
      ['more than 16 KiB', json(large), 413, 'body.too-large'],
      ['more than 16 KiB in chunks', json(large, { 'transfer-encoding': 'chunked' }), 413, 'body.too-large'],
      ['a compressed body', json(gzipSync('{"name":"x"}'), { 'content-encoding': 'gzip' }), 400, 'body.malformed'],
      ['half an object', json('{"name":'), 400, 'body.malformed'],
      ['a duplicate key', json('{"name":"a","name":"b"}'), 400, 'body.malformed'],
      ['a prototype key', json('{"name":"a","__proto__":{}}'), 400, 'body.malformed'],
      ['broken UTF-8', json(Buffer.from('{"name":"\xff"}', 'latin1')), 400, 'body.malformed'],
      ['no object', json('["name"]'), 400, 'body.malformed'],
      ['nothing', json(''), 422, 'body.invalid'],
      ['an unknown field', json('{"name":"a","other":1}'), 422, 'body.invalid'],
      ['a number for a string', json('{"name":1}'), 422, 'body.invalid'],
    ])('refuses %s', async (_what, sent, status, code) => {
      const answer = await send(server.publicPort, things, sent);
      expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    });

    it('asks for the token before it looks at a malformed body', async () => {
      const answer = await send(server.publicPort, things, {
        ...json('{'),
        headers: { 'content-type': 'application/json' },
      });
      expect([answer.status, codeOf(answer)]).toEqual([401, 'access-token.missing']);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="rekey"');
    });

    it.each([
      ['without a type', {}],
      ['with the type of JSON', { 'content-type': 'application/json' }],
    ])('lets a route without a body be called %s', async (_how, headers: Record<string, string>) => {
      expect((await send(server.publicPort, '/account/v1/ping', { method: 'POST', headers })).status).toBe(201);
    });
  });
});

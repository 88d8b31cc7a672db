import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { Settings } from '@app/platform';
import { BreachLookup } from './breach-lookup';

/** Its SHA-1 is 5BAA6, then the suffix. */
const PASSWORD = 'password';
const SUFFIX = '1E4C9B93F3F0682250B6CF8331B7EE68FD8';
const OTHER = `${'0'.repeat(34)}A:7`;
const HIT = `${OTHER}\r\n${SUFFIX}:3\r\n`;

const text =
  (body: string, status = 200): RequestListener =>
  (_request, response) =>
    void response.writeHead(status).end(body);

/** What a service may answer, and what that is taken for. */
const ANSWERS: readonly [what: string, verdict: string, answer: RequestListener][] = [
  ['the password', 'breached', text(HIT)],
  ['the password in lower case', 'breached', text(HIT.toLowerCase())],
  ['the password in one row', 'breached', text(`${SUFFIX}:1`)],
  ['other passwords', 'clear', text(`${OTHER}\r\n`)],
  ['the password as padding', 'clear', text(`${OTHER}\r\n${SUFFIX}:0\r\n`)],
  ['an error', 'failed', text(HIT, 500)],
  ['another success', 'failed', text(HIT, 203)],
  ['nothing', 'failed', text('')],
  ['a page', 'failed', text('<html>please log in</html>')],
  ['half a row', 'failed', text(`${SUFFIX}:3\r\n${SUFFIX.slice(1)}`)],
  ['a row without its count', 'failed', text(`${SUFFIX}:`)],
  ['more than anybody can want', 'failed', text(HIT + `${OTHER}\r\n`.repeat(7000))],
  ['no end', 'failed', (_request, response) => endless(response)],
  ['no answer', 'failed', () => undefined],
  ['half an answer', 'failed', (_request, response) => void response.writeHead(200).write(HIT)],
  ['a way to another place', 'failed', (_request, response) => void response.writeHead(302, { location: '/' }).end()],
  ['a broken connection', 'failed', (_request, response) => void response.destroy()],
];

function endless(response: Parameters<RequestListener>[1]): void {
  const more = () => {
    while (!response.destroyed && response.write(`${OTHER}\r\n`.repeat(1000)));
  };
  response.writeHead(200).on('drain', more);
  more();
}

describe('BreachLookup', () => {
  let server: Server;
  let answer: RequestListener;
  let asked: { url?: string; padding: unknown }[];
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push({ url: request.url, padding: request.headers['add-padding'] });
      answer(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
    warn.mockRestore();
  });
  beforeEach(() => {
    asked = [];
    warn.mockClear();
  });

  const urlOf = (port: number) => `http://127.0.0.1:${port}/range/`;
  const lookUp = (breachLookupUrl?: string) =>
    new BreachLookup(new Settings({ breachLookupUrl } as Settings)).of(PASSWORD);
  const lookUpHere = () => lookUp(urlOf((server.address() as AddressInfo).port));

  it.each(ANSWERS)('[S-7] takes an answer of %s for: %s', async (_what, verdict, how) => {
    answer = how;
    expect(await lookUpHere()).toBe(verdict);
    expect(asked).toEqual([{ url: '/range/5BAA6', padding: 'true' }]);
    expect(warn).toHaveBeenCalledTimes(verdict === 'failed' ? 1 : 0);
  });

  it('[S-7] takes nobody at the address for: failed', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    expect(await lookUp(urlOf(port))).toBe('failed');
  });

  it('[S-7] waits half a second for an answer and no longer', async () => {
    answer = () => undefined;
    const timeout = jest.spyOn(AbortSignal, 'timeout');
    await lookUpHere();
    expect(timeout.mock.calls).toEqual([[500]]);
    timeout.mockRestore();
  });

  it('asks nobody when there is nobody to ask', async () => {
    expect(await lookUp()).toBe('off');
  });

  it('[S-131] warns of a failure without a word of the password', async () => {
    for (const how of [text('<html>'), (_request, response) => void response.destroy()] satisfies RequestListener[]) {
      answer = how;
      await lookUpHere();
    }
    const lines = warn.mock.calls.map(([line]) => String(line));
    expect(lines).toEqual([
      'The look-up of breached passwords failed: UnusableAnswer',
      'The look-up of breached passwords failed: UND_ERR_SOCKET',
    ]);
  });
});

import { DomainError } from '@app/contracts';
import { type ArgumentsHost, Logger } from '@nestjs/common';
import { ErrorFilter } from './error.filter';
import { Metrics } from './metrics';
import { problemSurface } from './problem';
import { type Surface, SurfaceRegistry } from './surface';

/** Stands for Fastify's reply: keeps what was sent. */
class SentReply {
  sent = false;
  raw = { headersSent: false };
  status: number | undefined;
  body: unknown;

  code(status: number): this {
    this.status = status;
    return this;
  }

  headers(): this {
    return this;
  }

  removeHeader(): this {
    return this;
  }

  send(body: unknown): this {
    this.body = body;
    return this;
  }
}

const broken: Surface = {
  ...problemSurface('public', ''),
  prefixes: ['/broken/'],
  renderError: () => {
    throw new Error('renderer bug');
  },
};

function answer(thrown: unknown, { url = '/x', reply = new SentReply() } = {}): SentReply {
  const surfaces = new SurfaceRegistry();
  surfaces.register(problemSurface('public', 'https://rekey.example'));
  surfaces.register(broken);
  const request = { id: 'request-1', is404: false, raw: { url } };
  const http = { getRequest: () => request, getResponse: () => reply };
  new ErrorFilter(surfaces, new Metrics()).catch(thrown, { switchToHttp: () => http } as unknown as ArgumentsHost);
  return reply;
}

describe('ErrorFilter', () => {
  const logged: unknown[][] = [];
  beforeAll(() => {
    const keep = (...entry: unknown[]) => void logged.push(entry);
    Logger.overrideLogger({ log: keep, error: keep, warn: keep });
  });
  beforeEach(() => void (logged.length = 0));
  afterAll(() => Logger.overrideLogger(true));

  it('logs the unexpected with the request id and the stack', () => {
    answer(new TypeError('a bug of ours'));
    expect(logged[0]?.slice(0, 2)).toEqual([
      'Request request-1 failed unexpectedly',
      expect.stringMatching(/^TypeError: a bug of ours\n {4}at /),
    ]);
  });

  it('logs neither message, query nor parameters of a failed query', () => {
    const failed = Object.assign(new Error('invalid input: "hunter2\n    at hunter2"'), {
      name: 'QueryFailedError',
      code: '22P02',
    });
    answer(Object.assign(failed, { query: 'SELECT hunter2', parameters: ['hunter2'] }));
    expect(JSON.stringify(logged)).toContain('QueryFailedError 22P02\\n    at ');
    expect(JSON.stringify(logged)).not.toContain('hunter2');
  });

  it('logs a busy database without its message', () => {
    answer(Object.assign(new Error('hunter2'), { code: '57P01' }));
    expect(logged[0]?.[0]).toBe('Request request-1 was refused as busy: Error 57P01');
  });

  it('logs nothing of what a caller did wrong', () => {
    answer(new DomainError('credentials.invalid'));
    expect(logged).toEqual([]);
  });

  it.each([{ sent: true }, { raw: { headersSent: true } }])('never answers twice: %j', (state) => {
    expect(answer(new Error('late'), { reply: Object.assign(new SentReply(), state) }).status).toBeUndefined();
  });

  it('answers an empty 500 when the renderer itself fails', () => {
    const { status, body } = answer(new Error('hunter2'), { url: '/broken/x' });
    expect([status, body]).toEqual([500, undefined]);
  });
});

import { DomainError, ERROR_CATALOGUE, type ErrorCode } from '@app/contracts';
import type { FastifyRequest } from 'fastify';
import { problemSurface, renderProblem } from './problem';

const about = { publicUrl: 'https://rekey.example', requestId: 'request-1' };

describe('renderProblem', () => {
  it('says what the catalogue says of the code and nothing else', () => {
    expect(renderProblem(new DomainError('password.current-wrong'), about)).toEqual({
      status: 422,
      headers: { 'content-type': 'application/problem+json' },
      body: {
        type: 'https://rekey.example/problems/password.current-wrong',
        title: 'The current password is wrong.',
        status: 422,
        code: 'password.current-wrong',
        detail: 'The current password is wrong.',
        instance: 'request-1',
      },
    });
  });

  it('lists the fields that break the shape', () => {
    const fields = [{ field: 'newEmail', code: 'isString', message: 'newEmail must be a string' }];
    expect(renderProblem(new DomainError('body.invalid', { fields }), about).body).toMatchObject({ errors: fields });
  });

  it('gives the reasons of a weak password', () => {
    const { body } = renderProblem(new DomainError('password.too-weak', { reasons: ['too-common'] }), about);
    expect(body).toMatchObject({ reasons: ['too-common'] });
  });

  it('says in words when to come back', () => {
    const { body } = renderProblem(new DomainError('request.too-many', { retryAfterSeconds: 30 }), about);
    expect(body).toMatchObject({ detail: 'Too many requests. Try again later. Retry after 30 s.' });
  });

  it.each(Object.keys(ERROR_CATALOGUE) as ErrorCode[])('never shows what caused %s [S-124]', (code) => {
    const error = new DomainError(code, {}, { cause: new Error('SELECT hunter2') });
    expect(JSON.stringify(renderProblem(error, about))).not.toMatch(/SELECT|hunter2|\.ts:/);
  });
});

describe('problemSurface', () => {
  it.each([
    ['public', true],
    ['internal', false],
  ] as const)('answers for every path of the %s listener, to pages of other origins: %s', (listener, cors) => {
    const surface = problemSurface(listener, about.publicUrl);
    expect(surface).toMatchObject({ name: `${listener} problems`, listener, prefixes: ['/'], cors });
    const error = new DomainError('code.invalid');
    expect(surface.renderError(error, { id: about.requestId } as FastifyRequest)).toEqual(renderProblem(error, about));
  });
});

import { DomainError } from '@app/contracts';
import { HttpException } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { QueryFailedError, QueryRunnerAlreadyReleasedError } from 'typeorm';
import { toDomainError } from './to-domain-error';

const request = { is404: false } as FastifyRequest;
const codeOf = (thrown: unknown) => toDomainError(thrown, request).code;
const withCode = (code: string) => Object.assign(new Error('failed'), { code });

describe('toDomainError', () => {
  it('leaves a domain error as it is', () => {
    const error = new DomainError('code.invalid');
    expect(toDomainError(error, request)).toBe(error);
  });

  it.each([
    [400, 'request.malformed'],
    [413, 'body.too-large'],
    [414, 'request.malformed'],
    [415, 'media-type.unsupported'],
    [404, 'route.not-found'],
    [401, 'access-token.invalid'],
    [403, 'unexpected'],
    [418, 'unexpected'],
  ])('makes a framework error of status %i a %s', (status, code) => {
    expect(codeOf(new HttpException('secret', status))).toBe(code);
    expect(codeOf(Object.assign(new Error('secret'), { statusCode: status }))).toBe(code);
  });

  it.each([
    '08006',
    '53100',
    '53300',
    '57P01',
    '57P03',
    '57014',
    '55P03',
    '40001',
    '40P01',
    '25006',
    'ECONNREFUSED',
    'ENOTFOUND',
  ])('takes %s of the database for busy', (code) => {
    expect(codeOf(withCode(code))).toBe('service.busy');
    expect(codeOf(new Error('query failed', { cause: withCode(code) }))).toBe('service.busy');
  });

  it.each([
    new Error('timeout exceeded when trying to connect'),
    new Error('Connection terminated unexpectedly'),
    new Error('Client has encountered a connection error and is not queryable'),
    new Error('Cannot use a pool after calling end on the pool'),
    new QueryFailedError('SELECT 1', [], new Error('Connection terminated unexpectedly')),
    new QueryRunnerAlreadyReleasedError(),
  ])('[S-99] takes a connection that is lost for busy: %s', (error) => expect(codeOf(error)).toBe('service.busy'));

  it.each([withCode('23505'), withCode('22P02'), withCode('28P01'), new TypeError('x'), 'a string', null, undefined])(
    'takes anything else for unexpected: %s',
    (thrown) => expect(codeOf(thrown)).toBe('unexpected'),
  );

  it.each([
    [new HttpException('secret', 404), 'method.not-allowed'],
    [new TypeError('x'), 'unexpected'],
  ])('where no route takes the request, says of %s what the path knows', (thrown, code) => {
    const server = { findRoute: ({ method }: { method: string }) => (method === 'PUT' ? {} : null) };
    const unrouted = { is404: true, method: 'GET', raw: { url: '/' }, server } as unknown as FastifyRequest;
    expect(toDomainError(thrown, unrouted).code).toBe(code);
  });

  it('takes a status of what is no error for nothing', () => {
    expect(codeOf({ statusCode: 400 })).toBe('unexpected');
  });

  it('keeps what was thrown as the cause', () => {
    const thrown = new TypeError('x');
    expect(toDomainError(thrown, request).cause).toBe(thrown);
  });

  it('does not follow causes in a circle', () => {
    const thrown = new Error('x');
    thrown.cause = thrown;
    expect(codeOf(thrown)).toBe('unexpected');
  });
});

import { DomainError, type ErrorCode } from '@app/contracts';
import { protocolHeaders } from './protocol-headers';

describe('protocolHeaders', () => {
  it.each<[ErrorCode, string]>([
    ['access-token.missing', 'Bearer realm="rekey"'],
    ['access-token.invalid', 'Bearer realm="rekey", error="invalid_token"'],
    ['credentials.invalid', 'Bearer realm="rekey"'],
    ['service-client.invalid', 'Basic realm="rekey"'],
  ])('challenges the caller of a 401 for %s', (code, challenge) => {
    expect(protocolHeaders(new DomainError(code), 401)).toEqual({ 'www-authenticate': challenge });
  });

  it('names the methods of a 405', () => {
    const error = new DomainError('method.not-allowed', { allow: ['GET', 'HEAD'] });
    expect(protocolHeaders(error, 405)).toEqual({ allow: 'GET, HEAD' });
  });

  it.each([
    [429, 30, '30'],
    [429, 0.2, '1'],
    [429, 0, '1'],
    [503, undefined, '1'],
  ])('says when a %i with %s s may be tried again: %s', (status, retryAfterSeconds, value) => {
    const error = new DomainError('request.too-many', { retryAfterSeconds });
    expect(protocolHeaders(error, status)).toEqual({ 'retry-after': value });
  });

  it.each([409, 429])('says nothing of when a %i may be tried again that no time helps', (status) => {
    expect(protocolHeaders(new DomainError('password.too-many-tries'), status)).toEqual({});
  });

  it('goes by the status that the surface picked, not by the code', () => {
    expect(protocolHeaders(new DomainError('access-token.invalid'), 200)).toEqual({});
  });
});

import type { FastifyRequest } from 'fastify';
import { CREDENTIAL_ERRORS, type DialectErrorCode, DomainError, EDGE_ERRORS } from '@app/contracts';
import { VIVOLDI } from './vivoldi.dialect';

const CODES = Object.keys({ ...EDGE_ERRORS, ...CREDENTIAL_ERRORS }) as DialectErrorCode[];

describe('the envelope of the vivoldi dialect', () => {
  it.each(CODES)('has a code, a message and no result for %s, and no 4xx that says who the caller is', (code) => {
    const { status, headers, body } = VIVOLDI.renderError(new DomainError(code), {} as FastifyRequest);
    expect(body).toEqual({ code: expect.any(Number), message: expect.stringMatching(/\S/), result: null });
    expect((body as { code: number }).code).toBeGreaterThanOrEqual(1001);
    expect([200, 400, 403, 404, 405, 413, 415, 429, 500, 503]).toContain(status);
    expect(headers).toBeUndefined();
  });

  it('answers the first field that breaks its form', () => {
    const broken = (field: string) => ({ field, code: 'rule', message: 'not shown' });
    const render = (...fields: string[]) =>
      VIVOLDI.renderError(new DomainError('body.invalid', { fields: fields.map(broken) }), {} as FastifyRequest).body;
    expect(render('eml', 'pwd')).toMatchObject({ code: 2001 });
    expect(render('pwd')).toMatchObject({ code: 2101 });
    expect(render('other')).toMatchObject({ code: 1002 });
  });
});

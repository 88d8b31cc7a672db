import type { HttpAnswer } from '../support/http-client';
import { builtDocuments, documentedRoutes, requireDocumented } from '../support/openapi.mjs';

const CHANGE = '/v1/users/profile/change-password';
const SUCCESS = { status: true, data: { passwordChanged: 'OK' } };

function anAnswer(status: number, body: unknown, contentType = 'application/json; charset=utf-8'): HttpAnswer {
  const text = body === null ? '' : JSON.stringify(body);
  return { status, headers: new Headers({ 'content-type': contentType }), text, body };
}

const refused = (code: number, more: object = {}) => ({ status: false, error: { code, message: 'text', ...more } });

describe('an answer is held against the documents: it', () => {
  it('passes as it is listed', () => {
    requireDocumented('public', 'POST', CHANGE, anAnswer(200, SUCCESS));
    requireDocumented('public', 'POST', `${CHANGE}?a=1`, anAnswer(400, refused(5023)));
    requireDocumented('public', 'POST', '/v1/users/0b0f/change-password', anAnswer(404, refused(3001)));
    requireDocumented('public', 'DELETE', '/account/v1/sessions/0b0f', anAnswer(204, null));
  });

  it.each([
    ['a status that is not listed', anAnswer(202, SUCCESS), /status 202 is not listed/],
    ['another content type', anAnswer(200, SUCCESS, 'text/json'), /no content of type text\/json/],
    ['a field that is not listed', anAnswer(200, { ...SUCCESS, more: 1 }), /must NOT have additional properties/],
    ['a missing field', anAnswer(200, { status: true }), /must have required property 'data'/],
    ['an error code that the operation does not list', anAnswer(400, refused(5409)), /must be equal to one of/],
    ['a field of an error that is not listed', anAnswer(400, refused(5023, { value: 'x' })), /additional properties/],
  ])('is refused with %s', (_, answer, complaint) => {
    expect(() => requireDocumented('public', 'POST', CHANGE, answer)).toThrow(complaint);
  });

  it('is refused with a body where none is listed', () => {
    const answer = anAnswer(204, SUCCESS);
    expect(() => requireDocumented('public', 'DELETE', '/account/v1/sessions/0b0f', answer)).toThrow(/has no body/);
  });

  it('is not judged on a path, a method or a listener that no document names', () => {
    requireDocumented('public', 'POST', '/v1/unknown', anAnswer(299, 'anything'));
    requireDocumented('public', 'PUT', CHANGE, anAnswer(299, 'anything'));
    requireDocumented('internal', 'POST', CHANGE, anAnswer(299, 'anything'));
  });
});

describe('the documents list', () => {
  const codesOf = (name: string, path: string, method: string, at: RegExp): string[] => {
    const routes = documentedRoutes(name, builtDocuments().get(name) as never);
    const route = routes.find((each) => each.path === path && each.method === method);
    const descriptions = Object.values(route?.operation.responses ?? {}).map((response) => JSON.stringify(response));
    return [...new Set(descriptions.join().match(new RegExp(at, 'g')))];
  };

  it('every error of the published e-mail change', () => {
    const codes = codesOf('bamboocloud', '/api/v2/sdk/profile/update-email', 'POST', /IDAAS\.SDK\.\w+\.\d{4}/);
    const published = ['PARAM.0001', 'PARAM.0002', 'PARAM.0003', 'PARAM.0015', 'PARAM.0016', 'PARAM.0009'];
    const others = ['CAPTCHA.0007', 'USER.0021', 'USER.0036', 'USER.0001'];
    expect(codes).toEqual(expect.arrayContaining([...published, ...others].map((code) => `IDAAS.SDK.${code}`)));
  });

  it('every error of the published password change', () => {
    const codes = codesOf('applivery', CHANGE, 'POST', /(?<="summary":")\d{4}/);
    const ours = ['1002', '1405', '1413', '1415', '1000', '1003', '4290', '5409', '1403'];
    expect(codes.sort()).toEqual(['3001', '4001', '4002', '5023', '5057', '6002', ...ours].sort());
  });

  it('every error of the published user update', () => {
    const codes = codesOf('vivoldi', '/api/user/v1/update', 'PUT', /(?<="summary":")\d{4}/);
    const business = ['1001', '1002', '1101', '1102', '1103', '1104', '1201', '2001', '2002', '2101', '2102', '2103'];
    const transport = ['4001', '4031', '4041', '4051', '4131', '4151', '4291', '5000', '5031'];
    expect(codes.sort()).toEqual([...business, ...transport].sort());
  });

  it('the header that a session token is sent in', () => {
    const path = builtDocuments().get('bamboocloud')?.paths['/api/v2/sdk/sso/session-token/id-token'];
    const header = expect.objectContaining({ name: 'session-token', in: 'header', required: true });
    expect(path?.post?.parameters).toContainEqual(header);
  });

  it('no answer whose shape may have other fields', () => {
    const open = [...builtDocuments()].flatMap(([name, document]) => {
      const schemas = document.components?.schemas as Record<string, { type?: string; additionalProperties?: unknown }>;
      const responses = documentedRoutes(name, document).map(({ operation }) => operation.responses);
      const shapes = [...shapesIn(responses, schemas)];
      expect(shapes.length).toBeGreaterThan(2);
      return shapes
        .filter((shape) => schemas[shape]?.additionalProperties !== false)
        .map((shape) => `${name}: ${shape}`);
    });
    expect(open).toEqual([]);
  });
});

/** The names of all schemas that `part` refers to, directly or not. */
function shapesIn(part: unknown, schemas: Record<string, unknown>, found = new Set<string>()): Set<string> {
  for (const [, name] of JSON.stringify(part).matchAll(/#\/components\/schemas\/(\w+)/g)) {
    if (found.has(String(name))) continue;
    found.add(String(name));
    shapesIn(schemas[String(name)], schemas, found);
  }
  return found;
}

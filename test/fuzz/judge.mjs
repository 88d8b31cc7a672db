import {
  builtDocuments,
  complaintAbout,
  complaintAboutSent,
  documentedRoutes,
  listenerOf,
  routeOf,
} from '../support/openapi.mjs';

/** What no answer may say: where code stands, what it is made of, what the database says, what is kept of a secret. */
const LEAKS = [
  /^\s+at .+[:)]\d*\)?$/m,
  /node_modules|[\\/](dist|libs|apps)[\\/]|\.[cm]?[jt]s:\d+/,
  /\b(\w*QueryFailed|Type|Syntax|Range|Reference|Aggregate)Error\b|\bFST_ERR|\bERR_[A-Z]|\bECONN/,
  /\b(nestjs|fastify|typeorm|pglite|sqlstate|class-validator|undici)\b/i,
  /\bviolates\b|duplicate key value|syntax error at|invalid input syntax|invalid byte sequence|\b(relation|column) "/i,
  /\b(SELECT .+ FROM|INSERT INTO|DELETE FROM|UPDATE \w+ SET) /,
  /\b(email_claim|pending_email_change|mailed_code|(reset|undo)_token|service_client_secret|live_session)\b/,
  /\b(outbox_(message|delivery)|audit_event|guess_budget|mailbox_message|credential_version|password_hash)\b/,
  /\$2[aby]\$\d\d\$/,
];

/** Pages and files for people, and figures for machines: no document lists them. */
const UNLISTED = /^\/(docs|email-change|email-verification|pages|password-reset|problems|metrics)(\/|$)/;

const routes = [...builtDocuments()].flatMap(([name, document]) => documentedRoutes(name, document));
/** One of each surface: all have the errors of unknown paths. */
const samples = [...new Map(routes.map((route) => [route.document + route.path.split('/')[1], route])).values()];

export const leakIn = (text) => LEAKS.find((leak) => leak.test(text));

/** What is wrong with the answer to a request; nothing when all is right. */
export function complaintIn({ listener, method, target, body }, answer) {
  if (answer.status === 0) return 'no answer';
  if (answer.status >= 500) return 'a failure of the server';
  const leak = leakIn(answer.text);
  if (leak) return `it says ${leak.exec(answer.text)[0]}`;
  if (method === 'HEAD') return answer.text === '' ? null : 'a body after HEAD';
  const path = pathOf(target);
  const route = routeOf(listener, method, path);
  if (answer.status >= 400) return isErrorOf(answer, route, listener) ? null : 'no error of its surface';
  if (route) return complaintAbout(route, answer) ?? (isRefusal(answer) ? null : complaintAboutTaken(route, body));
  return UNLISTED.test(path) ? null : 'no document knows it';
}

/** Vivoldi says by a code in the body what others say by the status. */
const isRefusal = ({ body }) => Boolean(body?.code);

/** By path, the field that may hold anything, for it has no effect; `eml` of most plans. */
const IGNORED = {
  '/api/user/v1/auth': 'eml',
  '/api/v2/sdk/email/send': 'captcha_token',
  '/v1/auth/login': 'language',
};

/** JSON that was taken must be what the document says: nothing is converted, made up or overlooked. */
function complaintAboutTaken(route, body) {
  const { content, required } = route.operation.requestBody ?? {};
  if (body === undefined || !content?.['application/json'] || (body === '' && !required)) return null;
  try {
    const counted = (key, value) => (key === IGNORED[route.path] ? undefined : value);
    return complaintAboutSent(route, JSON.parse(body, counted));
  } catch {
    return 'a body was taken that is no JSON';
  }
}

/** In the form that the route's document has for it, or else in one that the listener has for unknown paths. */
function isErrorOf(answer, route, listener) {
  if (isNeutral(answer)) return true;
  const candidates = route ? [route] : samples.filter(({ document }) => listenerOf(document) === listener);
  return candidates.some((each) => complaintAbout(each, answer) === null);
}

/** What could not even be read as a request is answered in no surface's form. */
function isNeutral({ status, body }) {
  return [400, 431].includes(status) && body.code === 'request.malformed' && body.status === status;
}

/** As the router reads it. */
function pathOf(target) {
  const [path] = target.split(/[?#]/, 1);
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

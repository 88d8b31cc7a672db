import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** Whoever gets no answer at all must not wait for ever. */
const LONGEST_ANSWER_MS = 60_000;

/**
 * A client that keeps its connections. `ask` writes at once when one is free, and resolves with
 * `{status, headers, text, body, seconds}`; `opened()` tells how many it has ever opened.
 */
export function keptAlive(port, connections) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let opened = 0;
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (...args) => {
    opened++;
    return connect(...args);
  };
  const ask = (method, path, options = {}) => send(agent, { port, method, path, ...options });
  /** Opens all of them. */
  const warmUp = () => Promise.all(Array.from({ length: connections }, () => ask('GET', '/health/live')));
  return { ask, warmUp, opened: () => opened };
}

async function send(agent, { port, method, path, token, headers, body }) {
  const [type, content] = encoded(body);
  const from = performance.now();
  const sent = request({
    ...{ agent, host: '127.0.0.1', port, method, path },
    signal: AbortSignal.timeout(LONGEST_ANSWER_MS),
    headers: {
      ...(content !== undefined && { 'content-type': type, 'content-length': Buffer.byteLength(content) }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...headers,
    },
  });
  sent.end(content);
  const [answer] = await once(sent, 'response');
  const answered = await text(answer);
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text: answered,
    body: answered.startsWith('{') ? JSON.parse(answered) : null,
    seconds: (performance.now() - from) / 1000,
  };
}

/** A form as it is, anything else as JSON. */
function encoded(body) {
  if (body instanceof URLSearchParams) return ['application/x-www-form-urlencoded', String(body)];
  return ['application/json', body === undefined ? undefined : JSON.stringify(body)];
}

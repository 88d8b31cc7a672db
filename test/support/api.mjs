import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually, freePort, secondsSince, start } from './processes.mjs';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const START = join(ROOT, 'apps/api/bin/start.mjs');
export const ADA = { email: 'ada@example.com', password: 'Correct-Horse-Battery-9' };

/**
 * Starts an API and waits until it is ready, which takes `seconds`. On free ports, unless it follows `earlier`: the
 * issuer of its tokens is its address.
 */
export async function startApi({ command = process.execPath, args = [START], cwd, env, earlier, withinSeconds = 30 }) {
  const { port, internalPort } = earlier ?? { port: await freePort(), internalPort: await freePort() };
  const from = performance.now();
  const service = start(command, args, { cwd, env: { PORT: port, INTERNAL_PORT: internalPort, ...env } });
  await eventually(() => isReady(service, port), 'ready service', withinSeconds);
  return { ...service, port, internalPort, seconds: secondsSince(from) };
}

async function isReady({ child, output }, port) {
  if (child.exitCode !== null) throw new Error(`The service ended: ${output.stderr}`);
  const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => null);
  await answer?.text();
  return answer?.ok;
}

/** One request to the public listener, or to the one of `at`. */
export async function request({ port }, method, path, { body, token, headers } = {}) {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, text, body: text.startsWith('{') ? JSON.parse(text) : null };
}

export const signIn = (api, body, options) => request(api, 'POST', '/account/v1/sessions', { body, ...options });
export const me = (api, token, options) => request(api, 'GET', '/account/v1/me', { token, ...options });

/** Native change of the password by the session of `token`, which goes on under a new one. */
export const changePassword = (api, token, currentPassword, newPassword, options) =>
  request(api, 'PUT', '/account/v1/me/password', { token, body: { currentPassword, newPassword }, ...options });

/** What the development mailbox holds for an address, newest first. */
export async function mailsTo({ internalPort }, address) {
  const path = `/dev/mailbox/messages?to=${encodeURIComponent(address)}`;
  return (await request({ port: internalPort }, 'GET', path)).body.messages;
}

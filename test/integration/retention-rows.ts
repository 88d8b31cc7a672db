import { randomBytes, randomUUID } from 'node:crypto';
import { TEST_REQUESTER } from '../support/factories';

export type Row = Record<string, unknown>;

export const SESSION_ID = randomUUID();
export const MESSAGE_ID = randomUUID();
export const NOBODY_LEAVES = new AbortController().signal;

export const inTenMinutes = () => new Date(Date.now() + 600_000);

export function aCode(change: Row): Row {
  const bound = { purpose: 'email-change', email: 'ada@example.com', code_hmac: randomBytes(32) };
  return { id: randomUUID(), ...bound, expires_at: inTenMinutes(), ...change };
}
export function aPending(change: Row): Row {
  const times = { expires_at: inTenMinutes(), resend_after: inTenMinutes() };
  const hash = { cancel_token_hash: randomBytes(32) };
  return { id: randomUUID(), new_email: 'new@example.com', credential_version: 1, ...hash, ...times, ...change };
}
export function aLink(change: Row): Row {
  return { token_hash: randomBytes(32), expires_at: inTenMinutes(), ...change };
}
export function anUndo(change: Row): Row {
  return aLink({ id: randomUUID(), restores_email: 'old@example.com', replaced_email: 'new@example.com', ...change });
}
export function aClaim(change: Row): Row {
  return { email: 'old@example.com', reserved_until: inTenMinutes(), ...change };
}
export function aSessionRow(change: Row): Row {
  const times = { idle_expires_at: inTenMinutes(), expires_at: inTenMinutes() };
  return { id: SESSION_ID, credential_version: 1, ...times, ...change };
}
export function anIdempotencyKey(): Row {
  const hashes = { key_hash: randomBytes(32), fingerprint: randomBytes(32) };
  return { scope: 'test', ...hashes, lease: randomUUID(), locked_until: new Date() };
}
export function aRevokedToken(): Row {
  return { jti: randomUUID(), expires_at: inTenMinutes() };
}
export function aBudget(change: Row = {}): Row {
  const limits = { max_tries: 5, window_seconds: 600, max_in_a_row: 2_147_483_647, pause_grows: false };
  return { scope: 'test', key: 'ada', ...limits, window_ends_at: inTenMinutes(), ...change };
}
export function aMessage(change: Row = {}): Row {
  const events = [{ name: 'account.disabled.v1', data: { accountId: randomUUID(), recipients: [] } }];
  return { id: MESSAGE_ID, requester: JSON.stringify(TEST_REQUESTER), events: JSON.stringify(events), ...change };
}
export function aDelivery(change: Row): Row {
  const consumer = { consumer: 'notifications.send-mail', target: 'ada@example.com' };
  return { id: randomUUID(), message_id: MESSAGE_ID, ...consumer, finished_at: new Date(), ...change };
}
export function aMail(): Row {
  const texts = { recipient: 'a', sender: 'b', subject: 'c', text_body: 'd', html_body: 'e', headers: '{}' };
  return { id: randomUUID(), message_id: randomUUID(), ...texts };
}

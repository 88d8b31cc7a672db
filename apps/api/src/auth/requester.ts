import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { Actor, Requester } from '@app/contracts';
import { type Reservation, withReservation } from '@app/platform';
import type { LiveSession, ServiceIdentity } from '@app/session';

declare module 'fastify' {
  interface FastifyRequest {
    /** Of its `Idempotency-Key`, where the route honours one. */
    reservation?: Reservation;
  }
}

const MAX_TEXT = 300;
/** As some proxies pass an address on. */
const WITH_PORT = /^(?:([\d.]+)|\[([\da-f:.]+)\]):\d+$/i;

/** `device` is what the caller says of itself, where its contract has headers for that. */
export function requesterOf(request: FastifyRequest, device: string | null = null): Requester {
  const requester = {
    actor: actorOf((request as { user?: unknown }).user),
    requestId: request.id,
    ip: addressOf(request),
    userAgent: shown(request.headers['user-agent']),
    device: shown(device),
  };
  return request.reservation ? withReservation(requester, request.reservation) : requester;
}

/** What a proxy passes on may be any text, which would count as a source of its own and stand in mails: then the proxy's. */
function addressOf({ ip, socket }: FastifyRequest): string | null {
  const [, v4, v6] = WITH_PORT.exec(ip) ?? [];
  const address = v4 ?? v6 ?? ip;
  return isIP(address) === 0 ? (socket.remoteAddress ?? null) : address;
}

/** One line of sane length without control characters, for logs and mails; `null` when nothing is left. */
function shown(text: string | null | undefined): string | null {
  const line = (text ?? '').replace(/\p{C}+/gu, ' ').trim();
  return line === '' ? null : line.slice(0, MAX_TEXT);
}

function actorOf(user: unknown): Actor {
  if (isService(user)) return { kind: 'service', clientId: user.serviceClientId, name: user.name };
  if (isSession(user)) return { kind: 'account', accountId: user.accountId, sessionId: user.id };
  return { kind: 'anonymous' };
}

const isService = (user: unknown): user is ServiceIdentity => has(user, 'serviceClientId');
const isSession = (user: unknown): user is LiveSession => has(user, 'accountId');

function has(user: unknown, key: string): boolean {
  return typeof user === 'object' && user !== null && key in user;
}

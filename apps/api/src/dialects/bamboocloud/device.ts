import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Requester } from '@app/contracts';
import { requesterOf } from '../../auth/requester';

/** Together the "device information", required on every call. */
export const DEVICE_HEADERS = ['x-operating-sys-version', 'x-device-fingerprint', 'x-agent'] as const;

/** So that a long one leaves the others their place in the line that is kept. */
const MAX_PART = 70;

export function headerOf({ headers }: FastifyRequest, name: string): string {
  return String(headers[name] ?? '').trim();
}

/** Who asks, with what it says of its device. `X-device-ip` is the caller's word: it is shown, and decides nothing. */
export const RequestedByDevice = createParamDecorator((_: unknown, context: ExecutionContext): Requester => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const parts = [...DEVICE_HEADERS, 'x-device-ip'].map((name) => headerOf(request, name).slice(0, MAX_PART));
  return requesterOf(request, parts.filter((part) => part !== '').join(', '));
});

import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { lastValueFrom, type Observable, of } from 'rxjs';
import { type Actor, DomainError } from '@app/contracts';
import { IdempotencyKeys, type Reservation } from '@app/platform';
import { requesterOf } from '../auth/requester';
import { canonicalId } from '../http/canonical-id';
import { Fails } from '../http/fails';

const HEADER = 'idempotency-key';
const PRINTABLE = /^[\x20-\x7e]{1,255}$/;

/** Only reserves the key: what comes of the request is kept by the unit of work that does it. */
@Injectable()
@Fails('idempotency-key.malformed', 'idempotency-key.in-flight', 'idempotency-key.reused')
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly keys: IdempotencyKeys) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = keyIn(request);
    if (key === undefined) return next.handle();
    request.reservation = await this.reserve(key, request);
    try {
      return of(await lastValueFrom(next.handle()));
    } catch (error) {
      await this.free(request.reservation);
      throw error;
    }
  }

  private reserve(key: string, request: FastifyRequest): Promise<Reservation> {
    return this.keys.reserve({
      key,
      caller: callerOf(requesterOf(request).actor),
      method: request.method,
      route: String(request.routeOptions.url),
      content: [JSON.stringify(request.params, canonically), request.rawBody?.toString('base64') ?? ''],
    });
  }

  private async free(reservation: Reservation): Promise<void> {
    // Where the database does not answer, the lease ends by itself; the first error is the one to tell.
    await this.keys.free(reservation).catch(() => undefined);
  }
}

/** The same account in another spelling is the same request. */
const canonically = (_name: string, value: unknown) => (typeof value === 'string' ? canonicalId(value) : value);

/** @throws DomainError `idempotency-key.malformed` */
function keyIn({ raw }: FastifyRequest): string | undefined {
  const [key, ...others] = raw.headersDistinct[HEADER] ?? [];
  if (key === undefined) return undefined;
  if (others.length > 0 || !PRINTABLE.test(key)) throw new DomainError('idempotency-key.malformed');
  return key;
}

function callerOf(actor: Actor): string {
  if (actor.kind === 'account') return `account:${actor.accountId}`;
  if (actor.kind === 'service') return `service:${actor.clientId}`;
  throw new Error('A route that honours Idempotency-Key must know its caller.');
}

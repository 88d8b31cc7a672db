import type { DomainError } from '@app/contracts';
import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Metrics } from './metrics';
import { protocolHeaders } from './protocol-headers';
import { SurfaceRegistry, WireException, type WireResponse } from './surface';
import { toDomainError } from './to-domain-error';

/** The only exception filter: everything thrown becomes an error of the catalogue, in the format of its surface. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(ErrorFilter.name);

  constructor(
    private readonly surfaces: SurfaceRegistry,
    private readonly metrics: Pick<Metrics, 'countError'>,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const { status, headers, body } = this.answerTo(thrown, http.getRequest<FastifyRequest>());
    if (reply.sent || reply.raw.headersSent) return;
    // The handler may have announced a page or a file before it threw.
    reply.removeHeader('content-type');
    void reply
      .code(status)
      .headers(headers ?? {})
      .send(body);
  }

  private answerTo(thrown: unknown, request: FastifyRequest): WireResponse {
    if (thrown instanceof WireException) return thrown.response;
    const error = toDomainError(thrown, request);
    this.log(error, request.id);
    this.metrics.countError(error.code);
    try {
      const response = this.surfaces.of(request).renderError(error, request);
      return { ...response, headers: { ...protocolHeaders(error, response.status), ...response.headers } };
    } catch (failure) {
      // Past this filter Fastify would send the message of what was thrown first.
      this.logger.error(`Request ${request.id} met a renderer that failed`, stackOf(failure));
      return { status: 500, body: undefined };
    }
  }

  private log(error: DomainError, requestId: string): void {
    const cause = error.cause ?? error;
    if (error.code === 'unexpected') this.logger.error(`Request ${requestId} failed unexpectedly`, stackOf(cause));
    if (error.code === 'service.busy') this.logger.warn(`Request ${requestId} was refused as busy: ${nameOf(cause)}`);
  }
}

function nameOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown;
  return 'code' in thrown ? `${thrown.name} ${String(thrown.code)}` : thrown.name;
}

/** A failed query's message may quote a value that somebody sent, so only its name and its frames are logged. */
function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error) || !thrown.stack) return nameOf(thrown);
  if (!('query' in thrown)) return thrown.stack;
  // Behind the whole message: a line of it may look like a frame.
  const frames = thrown.stack.slice(thrown.stack.lastIndexOf(thrown.message) + thrown.message.length);
  return [nameOf(thrown), ...frames.split('\n').filter((line) => line.startsWith('    at '))].join('\n');
}

import { Readable } from 'node:stream';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '@app/contracts';

/** The body as it arrives, on a route whose `RouteConfig` asks for lines. */
export const BodyStream = createParamDecorator((_: unknown, context: ExecutionContext): Readable => {
  const { body } = context.switchToHttp().getRequest<FastifyRequest>();
  // Without a body nothing has said of which type it is.
  if (!(body instanceof Readable)) throw new DomainError('media-type.unsupported');
  return body;
});

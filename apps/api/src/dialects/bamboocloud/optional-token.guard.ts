import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { BearerTokenGuard } from '../../auth/token.guard';

/** Without an `Authorization` header nobody is signed in; with one its token must be good. */
@Injectable()
export class OptionalTokenGuard extends BearerTokenGuard {
  override canActivate(context: ExecutionContext): ReturnType<CanActivate['canActivate']> {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    return headers.authorization === undefined || super.canActivate(context);
  }
}

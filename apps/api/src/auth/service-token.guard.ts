import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '@app/contracts';
import { AuditLog } from '@app/platform';
import { type Scope, type ServiceIdentity, ServiceTokens } from '@app/session';
import { Fails } from '../http/fails';
import { bearerToken } from './bearer-token';
import { requesterOf } from './requester';

export const REQUIRED_SCOPE = 'rekey:required-scope';

/** The scope that a service client needs for this route. A route without one is refused to all. */
export const RequiresScope = (scope: Scope) => SetMetadata(REQUIRED_SCOPE, scope);

/** For the internal API: a service's access token with the scope that the route names. */
@Injectable()
@Fails('access-token.missing', 'access-token.invalid', 'scope.missing')
export class ServiceTokenGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: ServiceTokens,
    private readonly audit: AuditLog,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest & { user?: ServiceIdentity }>();
    const identity = await this.identify(request);
    request.user = identity;
    const required = this.reflector.getAllAndOverride<Scope>(REQUIRED_SCOPE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (!identity.scopes.includes(required)) {
      await this.audit.note('service.scope-missing', null, requesterOf(request));
      throw new DomainError('scope.missing');
    }
    return true;
  }

  protected identify(request: FastifyRequest): Promise<ServiceIdentity> {
    const token = bearerToken(request);
    if (token === null) throw new DomainError('access-token.missing');
    return this.tokens.verify(token);
  }
}

import { createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '@app/contracts';
import { AuditLog } from '@app/platform';
import { type ServiceIdentity, ServiceClients, ServiceTokens } from '@app/session';
import { bearerToken } from '../../auth/bearer-token';
import { ServiceTokenGuard } from '../../auth/service-token.guard';
import { Fails } from '../../http/fails';
import { basicCredentials } from './basic-credentials';

/** A service that shows its id and secret (RFC 6749 2.3.1) or an access token, with the scope that the route names. */
@Injectable()
@Fails('service-client.invalid', 'access-token.invalid', 'scope.missing')
export class ServiceCallerGuard extends ServiceTokenGuard {
  constructor(
    reflector: Reflector,
    tokens: ServiceTokens,
    audit: AuditLog,
    private readonly clients: ServiceClients,
  ) {
    super(reflector, tokens, audit);
  }

  protected override async identify(request: FastifyRequest): Promise<ServiceIdentity> {
    if (bearerToken(request) !== null) return super.identify(request);
    const credentials = basicCredentials(request.headers.authorization);
    if (!credentials) throw new DomainError('service-client.invalid');
    const { id, name, scopes } = await this.clients.authenticate(credentials.id, credentials.secret);
    return { serviceClientId: id, name, scopes };
  }
}

/** The service that a guard has let through. */
export const CallingService = createParamDecorator((_: unknown, context: ExecutionContext): ServiceIdentity => {
  return context.switchToHttp().getRequest<FastifyRequest & { user: ServiceIdentity }>().user;
});

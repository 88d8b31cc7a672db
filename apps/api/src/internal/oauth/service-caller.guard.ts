import { createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '@app/contracts';
import { type ServiceIdentity, ServiceClients, ServiceTokens } from '@app/session';
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
    private readonly clients: ServiceClients,
  ) {
    super(reflector, tokens);
  }

  protected override async identify(authorization?: string): Promise<ServiceIdentity> {
    if (/^bearer +\S/i.test(authorization ?? '')) return super.identify(authorization);
    const credentials = basicCredentials(authorization);
    if (!credentials) throw new DomainError('service-client.invalid');
    const { id, name, scopes } = await this.clients.authenticate(credentials.id, credentials.secret);
    return { serviceClientId: id, name, scopes };
  }
}

/** The service that a guard has let through. */
export const CallingService = createParamDecorator((_: unknown, context: ExecutionContext): ServiceIdentity => {
  return context.switchToHttp().getRequest<FastifyRequest & { user: ServiceIdentity }>().user;
});

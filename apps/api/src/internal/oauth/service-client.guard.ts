import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '@app/contracts';
import { type ServiceClient, ServiceClients } from '@app/session';
import { Fails } from '../../http/fails';
import { basicCredentials } from './basic-credentials';

type ClientRequest = FastifyRequest & { serviceClient: ServiceClient };

const requestIn = (context: ExecutionContext) => context.switchToHttp().getRequest<ClientRequest>();

/** Lets a service client through that shows its id and secret by HTTP Basic (RFC 6749 2.3.1). */
@Injectable()
@Fails('service-client.invalid')
export class ServiceClientGuard implements CanActivate {
  constructor(private readonly clients: ServiceClients) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = requestIn(context);
    const credentials = basicCredentials(request.headers.authorization);
    if (!credentials) throw new DomainError('service-client.invalid');
    request.serviceClient = await this.clients.authenticate(credentials.id, credentials.secret);
    return true;
  }
}

/** The client that `ServiceClientGuard` has let through. */
export const AuthenticatedClient = createParamDecorator((_: unknown, context: ExecutionContext) => {
  return requestIn(context).serviceClient;
});

import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Applications } from '@app/session';
import { WireException } from '../dialect';
import { FailsWith, render } from './bamboocloud.dialect';
import { HEADER_ERRORS } from './bamboocloud.errors';
import { headerOf } from './device';

const CLIENT_ID = 'x-client-id';

/** The second check: who calls is an application of ours. Its id is public and proves nothing. */
@Injectable()
@FailsWith(HEADER_ERRORS.noClientId, HEADER_ERRORS.unknownApplication)
export class RegisteredApplicationGuard implements CanActivate {
  constructor(private readonly applications: Applications) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const clientId = headerOf(request, CLIENT_ID);
    if (clientId === '') throw new WireException(render(HEADER_ERRORS.noClientId, request));
    const isRegistered = await this.applications.isRegistered(clientId);
    if (!isRegistered) throw new WireException(render(HEADER_ERRORS.unknownApplication, request));
    return true;
  }
}

/** The id of the application that calls. */
export const ApplicationId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  return headerOf(context.switchToHttp().getRequest<FastifyRequest>(), CLIENT_ID);
});

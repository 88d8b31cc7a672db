import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { WireException } from '../dialect';
import { FailsWith, render } from './bamboocloud.dialect';
import { HEADER_ERRORS } from './bamboocloud.errors';
import { DEVICE_HEADERS, headerOf } from './device';

/** The first check of every call. */
@Injectable()
@FailsWith(HEADER_ERRORS.noDevice)
export class DeviceInformationGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const isComplete = DEVICE_HEADERS.every((name) => headerOf(request, name) !== '');
    if (!isComplete) throw new WireException(render(HEADER_ERRORS.noDevice, request));
    return true;
  }
}

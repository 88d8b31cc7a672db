import { applyDecorators, UseGuards } from '@nestjs/common';
import { Public } from '../auth/decorators';
import { ServiceTokenGuard } from '../auth/service-token.guard';

/** A controller that only services may call. Each of its routes names the scope that it needs. */
export const ForServices = () =>
  applyDecorators(
    Public('ServiceTokenGuard stands in its place: callers are services, not people'),
    UseGuards(ServiceTokenGuard),
  );

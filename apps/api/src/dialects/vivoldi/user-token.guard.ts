import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ExtractJwt } from 'passport-jwt';
import { type Plan, requirePlan } from '@app/account';
import type { LiveSession } from '@app/session';
import { accessTokenStrategy } from '../../auth/access-token.strategy';
import { TokenGuard } from '../../auth/token.guard';
import { Fails } from '../dialect';
import { VIVOLDI_POLICY, type VivoldiPolicy } from './vivoldi.policy';

const STRATEGY = 'vivoldi-token';

/** `X-Access-Token: …`, and from nowhere else. */
@Injectable()
export class UserTokenStrategy extends accessTokenStrategy(STRATEGY, ExtractJwt.fromHeader('x-access-token')) {}

@Injectable()
export class UserTokenGuard extends TokenGuard(STRATEGY) {}

/** Behind the token and in front of the body: a plan without this API is told nothing of its request. */
@Injectable()
@Fails('plan.too-low')
export class PlanGuard implements CanActivate {
  constructor(@Inject(VIVOLDI_POLICY) private readonly policy: VivoldiPolicy) {}

  canActivate(context: ExecutionContext): boolean {
    const { user } = context.switchToHttp().getRequest<FastifyRequest & { user: LiveSession }>();
    requirePlan(user.plan as Plan, this.policy.minimumPlan);
    return true;
  }
}

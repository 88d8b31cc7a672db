import { type ExecutionContext, Injectable, type Type } from '@nestjs/common';
import type { CanActivate } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { DomainError } from '@app/contracts';
import type { LiveSession } from '@app/session';
import { Fails } from '../http/fails';
import { BEARER } from './access-token.strategy';
import { ALLOWS_PASSWORD_CHANGE_TOKEN, PUBLIC_REASON, TELLS_ACCOUNT_GONE_LATER } from './decorators';

const reflector = new Reflector();

const isMarked = (key: string, context: ExecutionContext): boolean =>
  Boolean(reflector.getAllAndOverride(key, [context.getHandler(), context.getClass()]));

/** Lets a request through only with an access token, found by `strategy`, whose session is live at this moment. */
export function TokenGuard(strategy: string): Type<CanActivate> {
  @Injectable()
  @Fails('access-token.missing', 'access-token.invalid', 'access-token.restricted', 'account.gone')
  class LiveTokenGuard extends AuthGuard(strategy) {
    override handleRequest<User>(error: unknown, user: User, info: unknown, context: ExecutionContext): User {
      if (error) throw error as Error;
      if (!user) throw new DomainError(isMissing(info) ? 'access-token.missing' : 'access-token.invalid');
      requireUsable(user as User & LiveSession, context);
      return user;
    }
  }
  return LiveTokenGuard;
}

/** The guard of every route that does not say otherwise: deny by default. */
@Injectable()
export class AccessTokenGuard extends TokenGuard(BEARER) {
  override canActivate(context: ExecutionContext): ReturnType<CanActivate['canActivate']> {
    return isMarked(PUBLIC_REASON, context) || super.canActivate(context);
  }
}

/** For a route that is public to the global guard because its own guards come first. */
@Injectable()
export class BearerTokenGuard extends TokenGuard(BEARER) {}

function requireUsable(session: LiveSession, context: ExecutionContext): void {
  if (session.accountGone && !isMarked(TELLS_ACCOUNT_GONE_LATER, context)) throw new DomainError('account.gone');
  if (session.passwordChangeOnly && !isMarked(ALLOWS_PASSWORD_CHANGE_TOKEN, context)) {
    throw new DomainError('access-token.restricted');
  }
}

function isMissing(info: unknown): boolean {
  return info instanceof Error && info.message === 'No auth token';
}

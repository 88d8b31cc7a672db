import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Requester } from '@app/contracts';
import type { LiveSession } from '@app/session';
import { requesterOf } from './requester';

export const PUBLIC_REASON = 'rekey:public-reason';
export const ALLOWS_PASSWORD_CHANGE_TOKEN = 'rekey:allows-password-change-token';
export const TELLS_ACCOUNT_GONE_LATER = 'rekey:tells-account-gone-later';

/** The global guard lets everybody through; `reason` says why that is right, or which guard stands in its place. */
export const Public = (reason: string) => SetMetadata(PUBLIC_REASON, reason);

/** A token of a sign-in that must change its password first is good for this route. */
export const AllowsPasswordChangeToken = () => SetMetadata(ALLOWS_PASSWORD_CHANGE_TOKEN, true);

/** For a contract that looks at the body before it says that the account is gone: the use case says it. */
export const TellsAccountGoneLater = () => SetMetadata(TELLS_ACCOUNT_GONE_LATER, true);

/** The session behind the access token, as liveness has judged it for this request. */
export const SignedIn = createParamDecorator((_: unknown, context: ExecutionContext): LiveSession => {
  return context.switchToHttp().getRequest<FastifyRequest & { user: LiveSession }>().user;
});

/** Who asks, from where: for the audit row and the alerts. */
export const RequestedBy = createParamDecorator((_: unknown, context: ExecutionContext): Requester => {
  return requesterOf(context.switchToHttp().getRequest<FastifyRequest>());
});

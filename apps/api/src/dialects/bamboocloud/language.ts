import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Locale } from '@app/contracts';

const CHINESE = /^zh(?:[-_]cn)?$/i;

/** As `X-L` asks for it; English when that says anything else or nothing. */
export function languageOf({ headers }: Pick<FastifyRequest, 'headers'>): Locale {
  return CHINESE.test(String(headers['x-l'] ?? '')) ? 'zh' : 'en';
}

/** The language that the caller reads: of the texts of errors, and of the mails that it causes. */
export const Language = createParamDecorator((_: unknown, context: ExecutionContext): Locale => {
  return languageOf(context.switchToHttp().getRequest<FastifyRequest>());
});

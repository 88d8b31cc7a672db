import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
/** The languages of the contract, whichever others our mails and pages speak. */
export type ContractLanguage = 'en' | 'zh';

const CHINESE = /^zh(?:[-_]cn)?$/i;

/** As `X-L` asks for it; English when that says anything else or nothing. */
export function languageOf({ headers }: Pick<FastifyRequest, 'headers'>): ContractLanguage {
  return CHINESE.test(String(headers['x-l'] ?? '')) ? 'zh' : 'en';
}

/** The language that the caller reads: of the texts of errors, and of the mails that it causes. */
export const Language = createParamDecorator((_: unknown, context: ExecutionContext): ContractLanguage => {
  return languageOf(context.switchToHttp().getRequest<FastifyRequest>());
});

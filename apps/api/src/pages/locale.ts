import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { LOCALES, type Locale } from '@app/contracts';

/** The language of ours that the reader's browser asks for. */
export const ReaderLocale = createParamDecorator((_: unknown, context: ExecutionContext): Locale => {
  return localeOf(context.switchToHttp().getRequest<FastifyRequest>());
});

/** By Accept-Language (RFC 9110, 12.5.4); English when it names none of ours. */
export function localeOf({ headers }: Pick<FastifyRequest, 'headers'>): Locale {
  const wishes = (headers['accept-language'] ?? '').split(',').map(wishOf);
  const [best] = wishes
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .flatMap(known);
  return best ?? 'en';
}

function wishOf(item: string): { language: string; weight: number } {
  const [range = '', weight] = item.split(';q=');
  return {
    language: range.trim().toLowerCase().split('-', 1)[0] ?? '',
    weight: weight === undefined ? 1 : Number(weight),
  };
}

function known({ language }: { language: string }): Locale[] {
  return LOCALES.filter((locale) => locale === language);
}

import { type DomainError, ERROR_CATALOGUE, type Locale } from '@app/contracts';
import type { FastifyRequest } from 'fastify';
import type { Surface, WireResponse } from '../http/surface';
import { htmlResponse, renderPage } from './html';
import { localeOf } from './locale';
import type { DeadLink, ErrorText } from './texts/page-texts';
import { TEXTS } from './texts/texts';

/** What people are told by the status of an error; every other one is a request that their browser would not make. */
const TEXT_BY_STATUS: Partial<Record<number, ErrorText>> = {
  404: 'notFound',
  409: 'changedMeanwhile',
  429: 'tooMany',
  500: 'unexpected',
  503: 'busy',
};

/** Every error below `prefix` as a page in the reader's language. `deadLink`: what to do when the mailed link is dead. */
export function pageSurface(prefix: string, deadLink?: DeadLink): Surface {
  return {
    name: `pages below ${prefix}`,
    listener: 'public',
    prefixes: [prefix],
    cors: false,
    renderError: (error, request) => errorPage(error, request, deadLink),
  };
}

export function messagePage(status: number, locale: Locale, text: ErrorText, reference?: string): WireResponse {
  return htmlResponse(status, renderPage('message', locale, { ...TEXTS[locale].errors[text], reference }));
}

function errorPage({ code }: DomainError, request: FastifyRequest, deadLink?: DeadLink): WireResponse {
  const locale = localeOf(request);
  const { status } = ERROR_CATALOGUE[code];
  if (code === 'link.invalid' && deadLink) {
    return htmlResponse(status, renderPage('message', locale, TEXTS[locale].deadLinks[deadLink]));
  }
  return messagePage(status, locale, TEXT_BY_STATUS[status] ?? 'notUnderstood', request.id);
}

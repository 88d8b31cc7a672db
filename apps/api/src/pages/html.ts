import { join } from 'node:path';
import { applyDecorators, Header } from '@nestjs/common';
import { Eta } from 'eta';
import type { Locale } from '@app/contracts';
import { TEXTS } from './texts/texts';

const HTML_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  // No script at all: what the person types and the token in the address stay between the form and us.
  'content-security-policy':
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
} as const;

/** Read from disk beside the compiled code: the build copies the templates there. Whatever `<%=` shows is escaped. */
const eta = new Eta({ views: join(__dirname, 'templates'), cache: true, autoTrim: false });

/** For a route that answers with a page. */
export const AnswersHtml = () =>
  applyDecorators(...Object.entries(HTML_HEADERS).map(([name, value]) => Header(name, value)));

/** The page that `template` makes, in the words of a language. */
export function renderPage(template: string, locale: Locale, page: object): string {
  return eta.render(template, { locale, text: TEXTS[locale], ...page });
}

/** The same as a whole answer, for what is thrown. */
export function htmlResponse(status: number, body: string) {
  return { status, headers: { ...HTML_HEADERS }, body };
}

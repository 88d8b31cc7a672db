import type { DialectErrorCode } from '@app/contracts';
import { Header } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type Dialect, Fails, type WireResponse } from '../dialect';
import { BAMBOOCLOUD_ERRORS, type BamboocloudError, errorOfField } from './bamboocloud.errors';
import { languageOf } from './language';

/** `{"error_code","error_msg"}` on every failure; bare JSON, or nothing at all, on success. */
export const BAMBOOCLOUD: Dialect = {
  name: 'bamboocloud',
  listener: 'public',
  prefixes: ['/api/v2/sdk/', '/api/v1/oauth2/'],
  cors: true,
  renderError({ code, details }, request): WireResponse {
    const [firstField] = details.fields ?? [];
    return render(firstField ? errorOfField(firstField) : BAMBOOCLOUD_ERRORS[code as DialectErrorCode], request);
  },
};

export function render(error: BamboocloudError, request: Pick<FastifyRequest, 'headers'>): WireResponse {
  return { status: error.status, body: { error_code: error.code, error_msg: error[languageOf(request)] } };
}

/** For what stands before the core: no error of the catalogue is meant. */
export const FailsWith = (...errors: BamboocloudError[]) =>
  Fails(...errors.map((error) => render(error, { headers: {} })));

/** A command's success, beside `@HttpCode(200)`: an empty body that is called JSON all the same. */
export const AnswersEmpty = () => Header('content-type', 'application/json');

import type { DialectErrorCode, DomainError, FieldError } from '@app/contracts';
import type { Dialect, WireResponse } from '../dialect';
import { APPLIVERY_ERRORS } from './applivery.errors';

/** `{"status":true,"data":…}` on success, `{"status":false,"error":{code,message,data?}}` on every failure. */
export const APPLIVERY: Dialect = {
  name: 'applivery',
  listener: 'public',
  prefixes: ['/v1/'],
  cors: true,
  renderError(error): WireResponse {
    const { status, code, message } = APPLIVERY_ERRORS[error.code as DialectErrorCode];
    const data = errorData(error);
    return { status, body: { status: false, error: { code, message, ...(data && { data }) } } };
  },
};

const NOT_AN_OBJECT = { field: [], location: 'body', messages: ['must be a JSON object'], types: ['object'] };

export const success = <T>(data: T): { status: true; data: T } => ({ status: true, data });

function errorData({ code, details }: DomainError): object | undefined {
  if (code === 'password.too-weak') return { reasons: details.reasons ?? [] };
  if (code === 'password.unchanged') return { reasons: ['unchanged'] };
  if (code === 'body.malformed') return { errors: [NOT_AN_OBJECT] };
  if (details.fields) return { errors: [...groupByField(details.fields)] };
  return undefined;
}

function* groupByField(fields: readonly FieldError[]) {
  for (const name of new Set(fields.map(({ field }) => field))) {
    const broken = fields.filter(({ field }) => field === name);
    const messages = broken.map(({ message }) => message);
    yield { field: name.split('.'), location: 'body', messages, types: broken.map(({ code }) => code) };
  }
}

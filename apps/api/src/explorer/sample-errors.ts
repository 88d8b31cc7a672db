import type { Type } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { DomainError, type ErrorCode, type ErrorDetails, type FieldError } from '@app/contracts';
import type { Failure } from '../http/fails';
import { protocolHeaders } from '../http/protocol-headers';
import type { Surface, WireResponse } from '../http/surface';
import { ShapePipe } from '../http/validation.pipe';

/** An error as it is really rendered. */
export interface SampleError {
  /** Its code in the catalogue and the field that is wrong; empty for the answer of a guard that renders its own. */
  name: string;
  answer: WireResponse;
}

const DETAILS: Partial<Record<ErrorCode, ErrorDetails>> = {
  'code.too-soon': { retryAfterSeconds: 60 },
  'idempotency-key.in-flight': { retryAfterSeconds: 1 },
  'method.not-allowed': { allow: ['GET', 'HEAD'] },
  'password.too-many-tries': { retryAfterSeconds: 60 },
  'password.too-weak': { reasons: ['common'] },
  'request.too-many': { retryAfterSeconds: 60 },
};

// All that a renderer looks at.
const REQUEST = { id: '0b0f3b2e-8f0c-4c4e-9a63-2f4f0f2d6f11', headers: {} } as FastifyRequest;

/** What `failure` looks like; a body that breaks its shape, once for each field that can be broken. */
export function sampleErrors(failure: Failure, surface: Surface, shapes: readonly Type<object>[]): SampleError[] {
  if (typeof failure === 'object') return [{ name: '', answer: failure }];
  if (failure !== 'body.invalid') return [sample(failure, surface, DETAILS[failure])];
  return shapes.flatMap(brokenFields).map((fields) => sample(failure, surface, { fields }));
}

function sample(code: ErrorCode, surface: Surface, details: ErrorDetails = {}): SampleError {
  const error = new DomainError(code, details);
  const answer = surface.renderError(error, REQUEST);
  const name = [code, details.fields?.[0]?.field].filter(Boolean).join(': ');
  return { name, answer: { ...answer, headers: { ...protocolHeaders(error, answer.status), ...answer.headers } } };
}

/** What the pipe says of each field when all are null. */
function brokenFields(shape: Type<object>): FieldError[][] {
  const names = new Set(
    getMetadataStorage()
      .getTargetValidationMetadatas(shape, '', true, false)
      .map(({ propertyName }) => propertyName),
  );
  const nothing = Object.fromEntries([...names].map((name) => [name, null]));
  const fields = errorsOf(nothing, shape);
  return [...names].map((name) => fields.filter(({ field }) => field === name)).filter((errors) => errors.length > 0);
}

function errorsOf(value: unknown, shape: Type<object>): readonly FieldError[] {
  try {
    new ShapePipe().transform(value, { type: 'body', metatype: shape });
  } catch (error) {
    if (error instanceof DomainError) return error.details.fields ?? [];
    throw error;
  }
  return [];
}

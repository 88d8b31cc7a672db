import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { IdempotencyInterceptor } from './idempotency.interceptor';

const DESCRIPTION = `Makes it safe to send the request again when its answer was lost: the same key with the same
request gets the same answer, for 24 hours, whatever has happened since, and nothing is done twice. It belongs to the caller
and this route. After a refusal nothing has changed, and the next request with the key is judged anew.`;

/**
 * The route honours `Idempotency-Key`. Its use case must pass its requester to exactly one unit of work, and judge what
 * may have changed since a first request inside it, or not at all when `isRepeat`.
 */
export const Idempotent = () =>
  applyDecorators(
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({
      name: 'Idempotency-Key',
      description: DESCRIPTION.replaceAll('\n', ' '),
      required: false,
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[ -~]+$' },
      example: '8e03978e-40d5-43dd-bc93-6894a57f9324',
    }),
  );

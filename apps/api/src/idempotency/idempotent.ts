import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { IdempotencyInterceptor } from './idempotency.interceptor';

const DESCRIPTION = `Makes it safe to send the request again when its answer was lost: the same key with the same
request gets the same answer, for 24 hours, and nothing is done twice. What is asked first is asked again, as the current
password or whether the account still is: a repeat may be refused for that. It belongs to the caller and this route. After
the refusal of a first request nothing has changed, and the next one with the key is judged anew.`;

/** The route honours `Idempotency-Key`. Its use case must pass its requester to exactly one unit of work. */
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

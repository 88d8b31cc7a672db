import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiProduces } from '@nestjs/swagger';

const LINES = [
  { email: 'ada@example.com', passwordHash: `$2b$12$${'.'.repeat(53)}`, emailVerified: true },
  { email: 'bob@example.com' },
  { email: 'nobody' },
];

const ANSWERS = [
  { line: 1, status: 'created', id: '6f1c2b34-5a0e-4d0b-9d0b-7a3f4f2d9a10' },
  { line: 2, status: 'exists', id: '0b7f3c1e-41f5-4a53-8a55-5a0a6e1d2c77' },
  { line: 3, status: 'refused', code: 'email.invalid' },
  { lines: 3, created: 1, exists: 1, refused: 1 },
];

const linesOf = (values: readonly object[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');

/** Both bodies are streams of lines, which no schema of JSON describes. */
export const DescribesImport = () =>
  applyDecorators(
    ApiConsumes('application/x-ndjson'),
    ApiBody({ schema: { type: 'string', example: linesOf(LINES) } }),
    ApiProduces('application/x-ndjson'),
    ApiOkResponse({
      description: 'One line for each line, in order, and a last one that counts them. `code` is that of a problem.',
      schema: { type: 'string', example: linesOf(ANSWERS) },
    }),
  );

import type { ImportOutcome } from '@app/account';
import type { ErrorCode, FieldError } from '@app/contracts';

/** What became of one line. */
export type LineAnswer = { line: number } & (
  | { status: 'created' | 'exists'; id: string }
  | { status: 'refused'; code: ErrorCode; errors?: readonly FieldError[]; reasons?: readonly string[] }
);

/** The last line of the answer. */
export interface ImportCounts {
  lines: number;
  created: number;
  exists: number;
  refused: number;
}

/** Nothing that the line said is in it. */
export function answerTo(line: number, outcome: ImportOutcome): LineAnswer {
  if (outcome.status !== 'refused') return { line, ...outcome };
  const { code, details } = outcome.error;
  return { line, status: 'refused', code, errors: details.fields, reasons: details.reasons };
}

/** Answers the place of a value in a statement. */
export type Given = (value: unknown) => string;

/** A write that commits with others, as clauses of one `WITH`. */
export interface Clauses {
  clauses: (given: Given) => string;
  /** What is selected from them; of those that go together at most one has it. */
  answer?: string;
}

/** For `query`: the text, and the values in the order of their places. */
export function statement(write: (given: Given) => string): [sql: string, values: unknown[]] {
  const values: unknown[] = [];
  return [write((value) => `$${values.push(value)}`), values];
}

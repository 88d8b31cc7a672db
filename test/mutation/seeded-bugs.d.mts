export interface SeededBug {
  name: string;
  edits: [file: string, from: string, to: string][];
  test: string;
  titles: string;
}

export const SEEDED_BUGS: SeededBug[];

/** One setting that is missing or wrong. `expected` says what would be right and never repeats the value. */
export interface SettingProblem {
  name: string;
  expected: string;
}

/** Thrown at start. Its message lists every wrong setting by name, one a line, and holds no value. */
export class SettingsError extends Error {
  constructor(readonly problems: readonly SettingProblem[]) {
    const lines = problems.map(({ name, expected }) => `- ${name}: ${expected}`);
    super(['Some settings are missing or wrong:', ...lines].join('\n'));
    this.name = 'SettingsError';
  }
}

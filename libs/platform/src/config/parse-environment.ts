import { z } from 'zod';
import { type SettingProblem, SettingsError } from './settings-error';

/** Variables by name, as in `process.env`. An empty value counts as an unset one. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The settings that `schema` names, parsed. A setting whose metadata says `requiredInProduction` must be
 * set when `NODE_ENV` is `production`. Throws `SettingsError` with every problem at once.
 */
export function parseEnvironment<Schema extends z.ZodObject>(schema: Schema, env: Environment): z.output<Schema> {
  const { values, problems } = checkEnvironment(schema, env);
  if (problems.length > 0) throw new SettingsError(problems);
  return values as z.output<Schema>;
}

/** As `parseEnvironment`, but gives the good values and the problems side by side; a bad setting has no value. */
export function checkEnvironment<Schema extends z.ZodObject>(
  schema: Schema,
  env: Environment,
): { values: Partial<z.output<Schema>>; problems: SettingProblem[] } {
  const values: Record<string, unknown> = {};
  const problems: SettingProblem[] = [];
  for (const [name, setting] of Object.entries<z.core.$ZodType>(schema.shape)) {
    const result = checkSetting(setting, env[name] || undefined, env.NODE_ENV === 'production');
    if (result.expected !== undefined) problems.push({ name, expected: result.expected });
    else values[name] = result.value;
  }
  return { values: values as Partial<z.output<Schema>>, problems };
}

function checkSetting(
  setting: z.core.$ZodType,
  text: string | undefined,
  isProduction: boolean,
): { value?: unknown; expected?: string } {
  const isRequired = isProduction && z.globalRegistry.get(setting)?.requiredInProduction === true;
  if (isRequired && text === undefined) return { expected: 'must be set in production' };
  const parsed = z.safeParse(setting, text);
  return parsed.success ? { value: parsed.data } : { expected: parsed.error.issues[0]?.message ?? 'is wrong' };
}

import { z } from 'zod';

/**
 * A Markdown table of every setting of `schemas`, from their metadata: `description`, `requiredInProduction` and,
 * where the default is no fixed value, `defaultText`. Throws if a setting has no description.
 */
export function configurationTable(...schemas: readonly z.ZodObject[]): string {
  const rows = schemas
    .flatMap((schema) => Object.entries<z.core.$ZodType>(schema.shape))
    .map(([name, setting]) => row(name, setting));
  return ['| name | default | meaning | required in production |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function row(name: string, setting: z.core.$ZodType): string {
  const { description, requiredInProduction } = z.globalRegistry.get(setting) ?? {};
  if (!description) throw new Error(`The setting ${name} has no description.`);
  const cells = [`\`${name}\``, defaultOf(setting), description, requiredInProduction === true ? 'yes' : ''];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function defaultOf(setting: z.core.$ZodType): string {
  const defaultText = z.globalRegistry.get(setting)?.defaultText;
  if (typeof defaultText === 'string') return defaultText;
  return setting instanceof z.ZodPrefault ? `\`${String(setting.def.defaultValue)}\`` : 'none';
}

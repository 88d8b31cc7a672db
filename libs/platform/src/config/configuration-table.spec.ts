import { z } from 'zod';
import { configurationTable } from './configuration-table';
import { policySchema } from './policy-schema';
import { serviceSchema } from './service-schema';

const rowsOf = (table: string) => table.trimEnd().split('\n').slice(2);

describe('configurationTable', () => {
  it('shows each setting of each schema in one row', () => {
    const colour = z.enum(['red', 'blue']).prefault('red').meta({ description: 'Red | blue.' });
    const key = z
      .string()
      .optional()
      .meta({ description: 'A key.', defaultText: 'generated', requiredInProduction: true });
    const size = z.string().optional().meta({ description: 'A size.' });
    expect(configurationTable(z.object({ COLOUR: colour, KEY: key }), z.object({ SIZE: size }))).toBe(
      [
        '| name | default | meaning | required in production |',
        '|---|---|---|---|',
        '| `COLOUR` | `red` | Red \\| blue. |  |',
        '| `KEY` | generated | A key. | yes |',
        '| `SIZE` | none | A size. |  |',
        '',
      ].join('\n'),
    );
  });

  it('refuses a setting that nobody described', () => {
    expect(() => configurationTable(z.object({ MYSTERY: z.string() }))).toThrow('MYSTERY');
  });

  it('documents every setting of this service', () => {
    const rows = rowsOf(configurationTable(serviceSchema, policySchema));
    expect(rows).toHaveLength(Object.keys({ ...serviceSchema.shape, ...policySchema.shape }).length);
    expect(rows).toContainEqual(expect.stringMatching(/^\| `SESSION_IDLE_SECONDS` \| `1209600` \|/));
  });
});

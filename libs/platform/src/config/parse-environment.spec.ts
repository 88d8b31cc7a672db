import { z } from 'zod';
import { parseEnvironment } from './parse-environment';
import { SettingsError } from './settings-error';

const schema = z.object({
  COLOUR: z.enum(['red', 'blue']).prefault('red'),
  TOKEN: z.string().min(8).optional().meta({ requiredInProduction: true }),
});

describe('parseEnvironment', () => {
  it('reads the named settings only', () => {
    expect(parseEnvironment(schema, { COLOUR: 'blue', TOKEN: 'long enough', HOME: '/root' })).toEqual({
      COLOUR: 'blue',
      TOKEN: 'long enough',
    });
  });

  it('takes an empty value for an unset one', () => {
    expect(parseEnvironment(schema, { COLOUR: '', TOKEN: '' })).toEqual({ COLOUR: 'red', TOKEN: undefined });
  });

  it('[S-136] demands in production what the metadata says', () => {
    expect(() => parseEnvironment(schema, { NODE_ENV: 'production' })).toThrow(
      new SettingsError([{ name: 'TOKEN', expected: 'must be set in production' }]),
    );
  });

  it('[S-136] names every bad setting and no value', () => {
    const parse = () => parseEnvironment(schema, { COLOUR: 'mauve', TOKEN: 'hunter2' });
    expect(parse).toThrow(SettingsError);
    expect(parse).toThrow(/\n- COLOUR: .*\n- TOKEN: /);
    expect(parse).not.toThrow(/mauve|hunter2/);
  });
});

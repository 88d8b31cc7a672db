import { configurationTable, parseEnvironment } from '@app/platform';
import { vivoldiSettingsSchema } from './vivoldi.settings';

describe('the settings of the vivoldi dialect', () => {
  it('accept common passwords unless told otherwise', () => {
    expect(parseEnvironment(vivoldiSettingsSchema, {})).toEqual({ VIVOLDI_COMMON_PASSWORDS: 'accept' });
    expect(parseEnvironment(vivoldiSettingsSchema, { VIVOLDI_COMMON_PASSWORDS: '' })).toEqual({
      VIVOLDI_COMMON_PASSWORDS: 'accept',
    });
    expect(parseEnvironment(vivoldiSettingsSchema, { VIVOLDI_COMMON_PASSWORDS: 'refuse' })).toEqual({
      VIVOLDI_COMMON_PASSWORDS: 'refuse',
    });
  });

  it('[S-136] stop the start by name and without the value when they are wrong', () => {
    const parse = () => parseEnvironment(vivoldiSettingsSchema, { VIVOLDI_COMMON_PASSWORDS: 'perhaps' });
    expect(parse).toThrow(/^Some settings .*\n- VIVOLDI_COMMON_PASSWORDS: must be one of accept, refuse$/);
  });

  it('stand in the table of settings', () => {
    expect(configurationTable(vivoldiSettingsSchema)).toContain('| `VIVOLDI_COMMON_PASSWORDS` | `accept` |');
  });
});

import { z } from 'zod';

/** What an operator may set of this dialect; `VivoldiModule.forRoot` takes it parsed. */
export const vivoldiSettingsSchema = z.object({
  VIVOLDI_COMMON_PASSWORDS: z.enum(['accept', 'refuse'], 'must be one of accept, refuse').prefault('accept').meta({
    description:
      'refuse puts the list of common passwords on the vivoldi paths too, which their contract does not ask.',
  }),
});

export type VivoldiSettings = z.output<typeof vivoldiSettingsSchema>;

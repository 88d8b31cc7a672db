import { parseArgs } from 'node:util';
import { z } from 'zod';

const keepOrEnd = z.enum(['keep', 'end']);

/** What the operator decides: nothing in a backup tells what has happened since. */
const restoreChoice = z.object({
  keys: keepOrEnd,
  undoLinks: keepOrEnd,
  passwords: z.enum(['keep', 'reset']),
  changedIds: z.array(z.guid()),
});
export type RestoreChoice = z.output<typeof restoreChoice>;

const USAGE = `Use: after-restore --keys=keep|end --undo-links=keep|end --passwords=keep|reset [account id …]
docs/runbook.md says what each of them means. Nothing was changed.`;

export class RestoreChoiceMissing extends Error {
  override readonly name = 'RestoreChoiceMissing';
}

/** There are no defaults. @throws RestoreChoiceMissing */
export function restoreChoiceOf(args: readonly string[]): RestoreChoice {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { keys: { type: 'string' }, 'undo-links': { type: 'string' }, passwords: { type: 'string' } },
    });
    return restoreChoice.parse({ ...values, undoLinks: values['undo-links'], changedIds: positionals });
  } catch {
    throw new RestoreChoiceMissing(USAGE);
  }
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../../support/api.mjs';

export const readCompose = () => parse(readFileSync(join(ROOT, 'compose.yaml'), 'utf8'), { merge: true });

/** What compose.yaml runs once on a new database, as its owner. */
export const rolesSql = () => readCompose().configs.roles.content;

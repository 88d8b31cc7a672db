import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import type { Settings } from './config/settings';

/** `LOG_LEVEL` in Nest's words. */
const LEVELS = {
  error: ['fatal', 'error'],
  warn: ['fatal', 'error', 'warn'],
  // Nest tells every module and route at `log`, which would drown what a start says.
  info: ['fatal', 'error', 'warn'],
  debug: ['fatal', 'error', 'warn', 'log', 'debug'],
} satisfies Record<Settings['logLevel'], LogLevel[]>;

/** Writes one JSON object a line: no text of a caller, whatever is in it, begins a line of its own. */
export function jsonLogger({ logLevel }: Pick<Settings, 'logLevel'>): ConsoleLogger {
  return new ConsoleLogger({ json: true, logLevels: LEVELS[logLevel] });
}

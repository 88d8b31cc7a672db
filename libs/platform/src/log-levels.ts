import type { LogLevel } from '@nestjs/common';
import type { Settings } from './config/settings';

const LEVELS = {
  error: ['fatal', 'error'],
  warn: ['fatal', 'error', 'warn'],
  // Nest tells every module and route at `log`, which would drown what a start says.
  info: ['fatal', 'error', 'warn'],
  debug: ['fatal', 'error', 'warn', 'log', 'debug'],
} satisfies Record<Settings['logLevel'], LogLevel[]>;

/** `LOG_LEVEL` in Nest's words. */
export function logLevels({ logLevel }: Pick<Settings, 'logLevel'>): LogLevel[] {
  return LEVELS[logLevel];
}

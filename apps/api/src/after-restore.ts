import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { jsonLogger, loadSettings, PlatformModule, type Settings, startFailure } from '@app/platform';
import { RestoreChoiceMissing, restoreChoiceOf } from './restore/restore-choice';
import { SettleRestore } from './restore/settle-restore';

@Module({})
class AfterRestoreModule {
  static forRoot(settings: Settings) {
    const imports = [PlatformModule.forRoot(settings, [], [])];
    return { module: AfterRestoreModule, imports, providers: [SettleRestore] };
  }
}

/** `node dist/apps/api/src/after-restore.js …`, with the service's settings, before it starts on a restored database. */
async function main(): Promise<void> {
  const choice = restoreChoiceOf(process.argv.slice(2));
  const settings = loadSettings();
  const options = { abortOnError: false, logger: jsonLogger(settings) };
  const context = await NestFactory.createApplicationContext(AfterRestoreModule.forRoot(settings), options);
  try {
    const { accounts, toBeReset, sessionsEnded } = await context.get(SettleRestore).execute(choice);
    console.log(
      `after-restore: ${sessionsEnded} sessions ended; ${accounts} accounts, ${toBeReset} of them with a password to reset`,
    );
  } finally {
    await context.close();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof RestoreChoiceMissing ? error.message : startFailure(error));
  process.exitCode = 1;
});

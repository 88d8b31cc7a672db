import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Deliverer, loadSettings, jsonLogger, Purger, SettingsError, startFailure } from '@app/platform';
import { WorkerModule } from './worker.module';

/** Delivers what the API processes record, and removes what is over; for those that run with `WORKER=off`. */
async function main(): Promise<void> {
  const settings = loadSettings();
  if (settings.databaseUrl === undefined) {
    throw new SettingsError([
      { name: 'DATABASE_URL', expected: 'must be set for a worker: one process alone can use the embedded database' },
    ]);
  }
  const app = await NestFactory.createApplicationContext(WorkerModule.forRoot(settings), {
    abortOnError: false,
    // Held back until the start has succeeded; see startApi.
    bufferLogs: true,
    autoFlushLogs: false,
    logger: jsonLogger(settings),
  });
  try {
    app.get(Deliverer).start();
    app.get(Purger).start();
  } catch (error) {
    await app.close();
    throw error;
  }
  app.flushLogs();
  // A container's first process ignores a signal that it sends itself.
  app.enableShutdownHooks([], { useProcessExit: true });
  console.log('Delivering. Stop with SIGTERM.');
}

main().catch((error: unknown) => {
  console.error(startFailure(error));
  process.exitCode = 1;
});

import 'reflect-metadata';
import { loadSettings } from '@app/platform';
import { startApi } from './start-api';

async function main(): Promise<void> {
  const settings = loadSettings();
  const { app } = await startApi(settings);
  app.enableShutdownHooks();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

import 'reflect-metadata';
import { loadSettings, startFailure } from '@app/platform';
import { ListenFailed } from './http/listen-failed';
import { startApi } from './start-api';
import { welcome } from './welcome';

async function main(): Promise<void> {
  const settings = loadSettings();
  const { app } = await startApi(settings);
  // A container's first process ignores a signal that it sends itself.
  app.enableShutdownHooks([], { useProcessExit: true });
  console.log(welcome(settings));
}

main().catch((error: unknown) => {
  console.error(error instanceof ListenFailed ? error.message : startFailure(error));
  process.exitCode = 1;
});

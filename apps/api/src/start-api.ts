import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Deliverer, type Settings } from '@app/platform';
import { ApiModule } from './api.module';
import { BootstrapInstallation } from './bootstrap-installation';
import { APP_OPTIONS, configureApp } from './configure-app';
import { createAdapter, listen } from './http/listeners';

export interface RunningApi {
  app: NestFastifyApplication;
  publicPort: number;
  internalPort: number;
}

/** Builds the service and serves it. Rejects with nothing left open. */
export async function startApi(settings: Settings): Promise<RunningApi> {
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.forRoot(settings), createAdapter(settings), {
    ...APP_OPTIONS,
    abortOnError: false,
    logger: ['error', 'warn'],
  });
  return serveApi(app, settings);
}

/** Serves a built application on both listeners, and delivers when the settings say so. */
export async function serveApi(app: NestFastifyApplication, settings: Settings): Promise<RunningApi> {
  configureApp(app, settings);
  await putFirstThings(app);
  const ports = await listen(app, settings);
  // Consumers subscribe while the application starts: an earlier deliverer would find nobody.
  if (settings.worker === 'inline') app.get(Deliverer).start();
  return { app, ...ports };
}

/** Before anybody can ask, and after the consumers of what it records have subscribed. */
async function putFirstThings(app: NestFastifyApplication): Promise<void> {
  try {
    await app.init();
    await app.get(BootstrapInstallation).execute();
  } catch (error) {
    await app.close();
    throw error;
  }
}

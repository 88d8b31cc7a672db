import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Deliverer, EventDispatcher, jsonLogger, Purger, type Settings } from '@app/platform';
import { ApiModule } from './api.module';
import { BootstrapInstallation } from './bootstrap-installation';
import { APP_OPTIONS, configureApp } from './configure-app';
import { serveExplorer } from './explorer/serve-explorer';
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
    // Held back until the start has succeeded: the framework would tell a failure before, and not as briefly as, `main`.
    bufferLogs: true,
    autoFlushLogs: false,
    logger: jsonLogger(settings),
  });
  const api = await serveApi(app, settings);
  app.flushLogs();
  return api;
}

/** Serves a built application on both listeners, and delivers and purges when the settings say so. */
export async function serveApi(app: NestFastifyApplication, settings: Settings): Promise<RunningApi> {
  configureApp(app, settings);
  serveExplorer(app, settings);
  await prepare(app, settings);
  const ports = await listen(app, settings);
  if (settings.worker === 'inline') {
    app.get(Deliverer).start();
    app.get(Purger).start();
  }
  return { app, ...ports };
}

/** Before anybody can ask, and after the consumers have subscribed. */
async function prepare(app: NestFastifyApplication, settings: Settings): Promise<void> {
  try {
    await app.init();
    app.get(EventDispatcher).requireHandlers('in-transaction');
    if (settings.worker === 'inline') app.get(EventDispatcher).requireHandlers('after-commit');
    await app.get(BootstrapInstallation).execute();
  } catch (error) {
    await app.close();
    throw error;
  }
}

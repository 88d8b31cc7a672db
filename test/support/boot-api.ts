import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { RouteOptions } from 'fastify';
import { DataSource } from 'typeorm';
import { ACCOUNT_ENTITIES } from '@app/account';
import { Mailbox, NOTIFICATION_ENTITIES } from '@app/notifications';
import { Deliverer, loadSettings, Settings } from '@app/platform';
import { SESSION_ENTITIES } from '@app/session';
import { ApiModule } from '../../apps/api/src/api.module';
import { APP_OPTIONS } from '../../apps/api/src/configure-app';
import { createAdapter } from '../../apps/api/src/http/listeners';
import { serveApi } from '../../apps/api/src/start-api';
import { age } from './age';
import { openTestDatabase } from './database';
import { HttpClient } from './http-client';

export interface TestApi {
  app: NestFastifyApplication;
  settings: Settings;
  dataSource: DataSource;
  /** All that the router knows. */
  routes: readonly RouteOptions[];
  /** Speaks to the public listener. */
  http: HttpClient;
  /** Speaks to the internal one. */
  internal: HttpClient;
  /** Delivers all that is due, then the mails to an address, newest first. */
  mailsTo(address: string): ReturnType<Mailbox['list']>;
  drain(): Promise<void>;
  /** Makes everything in the database older. */
  age(interval: string): Promise<void>;
  close(): Promise<void>;
}

export const TEST_PUBLIC_URL = 'http://rekey.test';

/** The settings of a development service on free ports, with cheap hashes and nobody delivering by itself. */
export function testSettings(changes: Partial<Settings> = {}): Settings {
  const settings = loadSettings({
    NODE_ENV: 'test',
    DATA_DIR: join(tmpdir(), 'rekey-test-keys'),
    PORT: '0',
    INTERNAL_PORT: '0',
    PUBLIC_URL: TEST_PUBLIC_URL,
    BCRYPT_COST: '4',
    SOURCE_REQUESTS_PER_MINUTE: '0',
    SOURCE_FAILURES: '0',
  });
  return new Settings({ ...settings, worker: 'off', ...changes });
}

/** The whole service on a database of its own, on real ports. `rebuild` may put other providers in place. */
export async function bootApi(
  changes: Partial<Settings> = {},
  rebuild = (builder: TestingModuleBuilder) => builder,
  openDatabase: typeof openTestDatabase = openTestDatabase,
): Promise<TestApi> {
  const settings = testSettings(changes);
  const database = await openDatabase([...ACCOUNT_ENTITIES, ...SESSION_ENTITIES, ...NOTIFICATION_ENTITIES]);
  const builder = Test.createTestingModule({ imports: [ApiModule.forRoot(settings)] });
  const module = await rebuild(builder.overrideProvider(DataSource).useValue(database.dataSource)).compile();
  const adapter = createAdapter(settings);
  const routes: RouteOptions[] = [];
  adapter.getInstance().addHook('onRoute', (route) => void routes.push(route));
  const built = module.createNestApplication<NestFastifyApplication>(adapter, {
    ...APP_OPTIONS,
    logger: ['error', 'warn'],
  });
  const { app, publicPort, internalPort } = await serveApi(built, settings);
  const drain = () => app.get(Deliverer).drain();
  return {
    app,
    settings,
    dataSource: database.dataSource,
    routes,
    http: new HttpClient(`http://127.0.0.1:${publicPort}`),
    internal: new HttpClient(`http://127.0.0.1:${internalPort}`, 'internal'),
    drain,
    mailsTo: async (address) => {
      await drain();
      return app.get(Mailbox).list(address);
    },
    age: (interval) => age(database.dataSource, interval),
    close: async () => {
      await app.close();
      await database.close();
    },
  };
}

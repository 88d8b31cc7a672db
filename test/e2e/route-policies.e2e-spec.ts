import { Controller, Get, Module, type Type, UseGuards } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { RouteOptions } from 'fastify';
import { DataSource } from 'typeorm';
import { ACCOUNT_ENTITIES } from '@app/account';
import { NOTIFICATION_ENTITIES } from '@app/notifications';
import { ServiceClients, SESSION_ENTITIES } from '@app/session';
import { ApiModule } from '../../apps/api/src/api.module';
import { Public } from '../../apps/api/src/auth/decorators';
import { RequiresScope, ServiceTokenGuard } from '../../apps/api/src/auth/service-token.guard';
import { APP_OPTIONS, configureApp } from '../../apps/api/src/configure-app';
import { serveExplorer } from '../../apps/api/src/explorer/serve-explorer';
import { createAdapter } from '../../apps/api/src/http/listeners';
import { sideOfRoute } from '../../apps/api/src/http/side';
import { ServiceCallerGuard } from '../../apps/api/src/internal/oauth/service-caller.guard';
import { ServiceClientGuard } from '../../apps/api/src/internal/oauth/service-client.guard';
import { testSettings } from '../support/boot-api';
import { DEVICE_HEADERS } from '../support/device-headers';
import { openTestDatabase, type TestDatabase } from '../support/database';
import { type DeclaredRoute, declaredRoutes } from './route-policies';
import { GUESSES, OPEN_ROUTES } from './public-routes';

/** Routes that no controller declares, so that no guard stands in front: each must say why that is right. */
const WITHOUT_CONTROLLER: Record<string, string> = {
  'OPTIONS *': 'the preflight of CORS: answers without looking at anything',
};

/** The pages and documents of the explorer: the same files for everybody, on each listener its own. */
const EXPLORER = /^(GET|HEAD) \/docs(\/(assets|openapi)\/[a-z0-9.-]+)?$/;

/** What the internal listener shows to whoever reaches it. Its mailbox is absent in production. */
const OPEN_INSIDE = [
  'GET /dev/mailbox',
  'GET /dev/mailbox/messages',
  'DELETE /dev/mailbox/messages',
  'GET /metrics',
  'GET /health/live',
  'GET /health/ready',
];

interface Built {
  app: NestFastifyApplication;
  /** All that the router knows, as `GET /path`. */
  routed: string[];
}

describe('the route table [S-110]', () => {
  const opened: { built?: Built; database?: TestDatabase }[] = [];
  afterEach(async () => {
    for (const { built, database } of opened.splice(0)) {
      await built?.app.close();
      await database?.close();
    }
  });

  async function build(modules: Type<object>[] = [], extend: (app: NestFastifyApplication) => void = () => undefined) {
    const settings = testSettings();
    const database = await openTestDatabase([...ACCOUNT_ENTITIES, ...SESSION_ENTITIES, ...NOTIFICATION_ENTITIES]);
    const testing = await Test.createTestingModule({ imports: [ApiModule.forRoot(settings), ...modules] })
      .overrideProvider(DataSource)
      .useValue(database.dataSource)
      .compile();
    const adapter = createAdapter(settings);
    const routed: string[] = [];
    adapter.getInstance().addHook('onRoute', (route) => void routed.push(...namesOf(route)));
    const app = testing.createNestApplication<NestFastifyApplication>(adapter, { ...APP_OPTIONS, logger: false });
    const built = { app, routed };
    opened.push({ built, database });
    configureApp(app, settings);
    serveExplorer(app, settings);
    extend(app);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return built;
  }

  it('has a declared policy for every route', async () => {
    const built = await build();
    expect(built.routed.length).toBeGreaterThan(30);
    expect(violations(built)).toEqual([]);
  });

  it('reports each route without one', async () => {
    const built = await build([CanaryModule], (app) => {
      app
        .getHttpAdapter()
        .getInstance()
        .get('/canary/raw', () => 'nobody asked who you are');
    });
    expect(violations(built).sort()).toEqual([
      'GET /canary/raw: is of no controller',
      'GET /canary/unexplained: is public without a reason',
      'GET /dev/canary: lets everybody in',
      'GET /internal/v1/canary/for-clients: lets everybody in',
      'GET /internal/v1/canary/for-people: lets people in',
      'GET /internal/v1/canary/no-guard: lets everybody in',
      'GET /internal/v1/canary/no-scope: names no scope',
      'GET /metrics/canary: lets everybody in',
      'GET /oauth2/canary/no-guard: lets everybody in',
      'GET /oauth2/canary/no-scope: names no scope',
      'HEAD /canary/raw: is of no controller',
    ]);
  });

  it('[S-31] lets people in without the global guard only where it is known what proves who they are', async () => {
    const { app } = await build();
    const open = declaredRoutes(app).filter(({ publicReason, isForServices }) => publicReason && !isForServices);
    expect(open.map(({ name }) => name).sort()).toEqual(Object.values(OPEN_ROUTES).flat().sort());
    const guessable = [...OPEN_ROUTES['a password'], ...OPEN_ROUTES['a mailed code']];
    expect(Object.keys(GUESSES)).toEqual(guessable);
  });

  it('[S-31] writes down each wrong guess, and counts it in a budget, at every door where one can guess', async () => {
    const { app } = await build();
    const dataSource = app.get(DataSource);
    const register = `INSERT INTO application (client_id, name) VALUES ($1, 'of a test')`;
    await dataSource.query(register, [DEVICE_HEADERS['X-client-id']]);
    const seen = async () => {
      const [row] = await dataSource.query<[{ rows: number; tries: number }]>(
        `SELECT (SELECT count(*)::int FROM audit_event) AS rows, (SELECT sum(tries)::int FROM guess_budget) AS tries`,
      );
      return [row.rows, row.tries];
    };
    const counts: unknown[] = [];
    for (const [name, guess] of Object.entries(GUESSES)) {
      const url = name.replace('POST ', '');
      await app.inject({ method: 'POST', url, ...guess });
      counts.push([name, ...(await seen())]);
    }
    expect(counts).toEqual(Object.keys(GUESSES).map((name, before) => [name, before + 1, before + 1]));
  });

  it('has the global guard in front of every route that does not say otherwise', async () => {
    const { app } = await build([CanaryModule]);
    const guarded = declaredRoutes(app).filter(({ publicReason }) => publicReason === undefined);
    expect(guarded.length).toBeGreaterThan(10);
    for (const { method, path, name } of guarded.filter(({ path }) => !path.startsWith('/internal/'))) {
      const { statusCode, body } = await app.inject({ method: method as 'GET', url: path });
      expect([name, statusCode, body]).toEqual([name, 401, expect.stringContaining('access-token.missing')]);
    }
  });
});

function violations({ app, routed }: Built): string[] {
  const declared = declaredRoutes(app);
  const known = new Set([...declared.map(({ name }) => name), ...Object.keys(WITHOUT_CONTROLLER)]);
  // Fastify answers HEAD by the route for GET, guards and all.
  const isKnown = (name: string) => known.has(name) || known.has(name.replace(/^HEAD /, 'GET ')) || EXPLORER.test(name);
  const strays = routed.filter((name) => !isKnown(name));
  return [...strays.map((name) => `${name}: is of no controller`), ...declared.flatMap(brokenRules)];
}

function brokenRules(route: DeclaredRoute): string[] {
  const { name, publicReason, isForServices, scope } = route;
  const isInside = sideOfRoute(route.path) !== 'public' && !OPEN_INSIDE.includes(name);
  const isPublic = publicReason !== undefined;
  const rules: [boolean, string][] = [
    [isPublic && publicReason.trim() === '', 'is public without a reason'],
    [isInside && !isPublic, 'lets people in'],
    [isInside && isPublic && !isGuarded(route), 'lets everybody in'],
    [isForServices && !scope, 'names no scope'],
  ];
  return rules.filter(([isBroken]) => isBroken).map(([, rule]) => `${name}: ${rule}`);
}

/** Only a client that has no token yet shows its credentials, and only below `/oauth2/`. */
function isGuarded({ path, isForServices, isForClients }: DeclaredRoute): boolean {
  return isForServices || (isForClients && path.startsWith('/oauth2/'));
}

function namesOf({ method, url }: RouteOptions): string[] {
  return [method].flat().map((name) => `${name} ${url}`);
}

@Controller('canary')
class PublicCanaryController {
  @Get('unexplained')
  @Public(' ')
  unexplained(): void {}

  @Get('guarded')
  guarded(): void {}
}

@Controller('internal/v1/canary')
class InternalCanaryController {
  @Get('for-people')
  forPeople(): void {}

  @Get('no-guard')
  @Public('a reason')
  @RequiresScope('admin')
  noGuard(): void {}

  @Get('no-scope')
  @Public('a reason')
  @UseGuards(ServiceTokenGuard)
  noScope(): void {}
}

@Public('a reason')
@Controller()
class UnguardedCanaryController {
  @Get(['dev/canary', 'metrics/canary', 'oauth2/canary/no-guard'])
  noGuard(): void {}

  @Get('oauth2/canary/no-scope')
  @UseGuards(ServiceCallerGuard)
  noScope(): void {}

  @Get('internal/v1/canary/for-clients')
  @UseGuards(ServiceClientGuard)
  forClients(): void {}
}

@Module({
  controllers: [PublicCanaryController, InternalCanaryController, UnguardedCanaryController],
  providers: [{ provide: ServiceClients, useValue: {} }],
})
class CanaryModule {}

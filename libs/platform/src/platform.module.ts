import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { DataSource } from 'typeorm';
import { Settings } from './config/settings';
import { createDataSource } from './database/data-source';
import { migrate, requireMigrated } from './database/migrate';
import { UnitOfWork } from './database/unit-of-work';
import { EventDispatcher } from './events/event-dispatcher';
import { PasswordHasher } from './hashing/password-hasher';
import { IdempotencyKeys } from './idempotency/idempotency-keys';
import { KeyedOutcomes } from './idempotency/keyed-outcomes';
import { AuditLog } from './outbox/audit-log';
import { AuditTrail } from './outbox/audit-trail';
import { Deliverer } from './outbox/deliverer';
import { DeliveryQueue, freeLeases } from './outbox/delivery-queue';
import { EraseTracesConsumer } from './outbox/erase-traces.consumer';
import { EventFeed } from './outbox/event-feed';
import { OutboxSignal } from './outbox/outbox-signal';
import { OutboxWriter } from './outbox/outbox-writer';
import { ParkedDeliveries } from './outbox/parked-deliveries';
import { PersonalTraces } from './outbox/personal-traces';
import { PLATFORM_RETENTION } from './retention/platform-retention';
import { Purger } from './retention/purger';
import type { RetentionRule } from './retention/retention-rule';
import { SecretKeys } from './secrets/code-key';
import { GuessBudget } from './throttling/guess-budget';

const SERVICES = [
  AuditLog,
  AuditTrail,
  Deliverer,
  DeliveryQueue,
  EventDispatcher,
  EventFeed,
  GuessBudget,
  IdempotencyKeys,
  ParkedDeliveries,
  PasswordHasher,
  SecretKeys,
  UnitOfWork,
];

/** A class with TypeORM's `@Entity`. */
type EntityClass = new () => object;

/** What every library stands on: settings, the database, transactions with events, the outbox, secrets. */
@Global()
@Module({})
export class PlatformModule implements OnApplicationShutdown {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** `retention`: what the libraries have removed, besides what is the platform's own. */
  static forRoot(settings: Settings, entities: EntityClass[], retention: readonly RetentionRule[]): DynamicModule {
    return {
      module: PlatformModule,
      imports: [EventEmitterModule.forRoot()],
      providers: [
        { provide: Settings, useValue: settings },
        { provide: DataSource, useFactory: () => openDatabase(settings, entities) },
        {
          provide: Purger,
          inject: [DataSource, EventFeed],
          useFactory: (dataSource: DataSource, feed: EventFeed) =>
            new Purger(dataSource, feed, [...PLATFORM_RETENTION, ...retention]),
        },
        EraseTracesConsumer,
        KeyedOutcomes,
        OutboxSignal,
        OutboxWriter,
        PersonalTraces,
        ...SERVICES,
      ],
      exports: [Settings, DataSource, Purger, ...SERVICES],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.dataSource.destroy();
  }
}

async function openDatabase(settings: Settings, entities: EntityClass[]): Promise<DataSource> {
  const dataSource = await createDataSource({ url: settings.databaseUrl, dataDir: settings.dataDir, entities });
  try {
    await (settings.migrateAtStart ? migrate(dataSource) : requireMigrated(dataSource));
    // No other process can have the embedded database open.
    if (settings.databaseUrl === undefined) await freeLeases(dataSource);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}

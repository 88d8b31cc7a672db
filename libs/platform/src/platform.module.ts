import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { DataSource } from 'typeorm';
import { Settings } from './config/settings';
import { createDataSource } from './database/data-source';
import { migrate } from './database/migrate';
import { UnitOfWork } from './database/unit-of-work';
import { EventDispatcher } from './events/event-dispatcher';
import { PasswordHasher } from './hashing/password-hasher';
import { AuditLog } from './outbox/audit-log';
import { Deliverer } from './outbox/deliverer';
import { OutboxSignal } from './outbox/outbox-signal';
import { OutboxWriter } from './outbox/outbox-writer';
import { SecretKeys } from './secrets/code-key';
import { GuessBudget } from './throttling/guess-budget';

const SERVICES = [AuditLog, Deliverer, EventDispatcher, GuessBudget, PasswordHasher, SecretKeys, UnitOfWork];

/** A class with TypeORM's `@Entity`. */
type EntityClass = new () => object;

/** What every library stands on: settings, the database, transactions with events, the outbox, secrets. */
@Global()
@Module({})
export class PlatformModule implements OnApplicationShutdown {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  static forRoot(settings: Settings, entities: EntityClass[]): DynamicModule {
    return {
      module: PlatformModule,
      imports: [EventEmitterModule.forRoot()],
      providers: [
        { provide: Settings, useValue: settings },
        { provide: DataSource, useFactory: () => openDatabase(settings, entities) },
        OutboxSignal,
        OutboxWriter,
        ...SERVICES,
      ],
      exports: [Settings, DataSource, ...SERVICES],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.dataSource.destroy();
  }
}

async function openDatabase(settings: Settings, entities: EntityClass[]): Promise<DataSource> {
  const dataSource = await createDataSource({ url: settings.databaseUrl, dataDir: settings.dataDir, entities });
  if (settings.migrateAtStart) await migrate(dataSource);
  return dataSource;
}

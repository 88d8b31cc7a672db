import type { Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { PlatformModule } from '@app/platform';
import { age } from './age';
import { testSettings } from './boot-api';
import { openTestDatabase } from './database';

export interface TestPlatform {
  module: TestingModule;
  dataSource: DataSource;
  age(interval: string): Promise<void>;
  /** Removes every row of what a unit of work writes. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

/** The platform alone on a database of its own, with a test's consumers in place of the libraries'. */
export async function bootPlatform(consumers: Type[]): Promise<TestPlatform> {
  const database = await openTestDatabase([]);
  const imports = [PlatformModule.forRoot(testSettings(), [], [])];
  const module = await Test.createTestingModule({ imports, providers: consumers })
    .overrideProvider(DataSource)
    .useValue(database.dataSource)
    .compile();
  module.useLogger(false);
  await module.init();
  return {
    module,
    dataSource: database.dataSource,
    age: (interval) => age(database.dataSource, interval),
    empty: async () => {
      await database.dataSource.query(
        'TRUNCATE application, audit_event, outbox_message, outbox_delivery, guess_budget',
      );
    },
    close: async () => {
      await module.close();
      await database.close();
    },
  };
}

import { DataSource } from 'typeorm';
import type { Settings } from '@app/platform';
import { bootApi, type TestApi } from './boot-api';

/**
 * Another process of the same service, as far as one process can have it: the database is shared, and passport, which
 * keeps one strategy a process, judges the people's tokens of both by the one that was booted last. What each process
 * has to judge by itself is shown with real ones in test/faults.
 */
export function bootReplica(api: TestApi, changes: Partial<Settings> = {}): Promise<TestApi> {
  // Whoever opened the database closes it.
  const shared = Object.create(api.dataSource, { destroy: { value: () => Promise.resolve() } }) as DataSource;
  return bootApi(changes, (builder) => builder.overrideProvider(DataSource).useValue(shared));
}

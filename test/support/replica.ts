import { DataSource } from 'typeorm';
import type { Settings } from '@app/platform';
import { bootApi, type TestApi } from './boot-api';

/** Another process of the same service, as far as one process can have it: only the database is shared. */
export function bootReplica(api: TestApi, changes: Partial<Settings> = {}): Promise<TestApi> {
  // Whoever opened the database closes it.
  const shared = Object.create(api.dataSource, { destroy: { value: () => Promise.resolve() } }) as DataSource;
  return bootApi(changes, (builder) => builder.overrideProvider(DataSource).useValue(shared));
}

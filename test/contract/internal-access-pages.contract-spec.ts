import { Applications, ServiceClients } from '@app/session';
import { bootApi, type TestApi } from '../support/boot-api';
import { TEST_REQUESTER } from '../support/factories';
import type { HeaderMap } from '../support/http-client';
import { aService, expectFields } from './internal-callers';

const COUNT = 7;
const LISTS = {
  applications: {
    path: '/internal/v1/applications',
    table: 'application',
    make: (api: TestApi, name: string) => api.app.get(Applications).register(name, TEST_REQUESTER),
  },
  serviceClients: {
    path: '/internal/v1/service-clients',
    table: 'service_client',
    make: (api: TestApi, name: string) => api.app.get(ServiceClients).create(name, ['accounts:read'], TEST_REQUESTER),
  },
} as const;

describe.each(Object.keys(LISTS) as (keyof typeof LISTS)[])('the pages of %s', (key) => {
  const { path, table, make } = LISTS[key];
  let api: TestApi;
  let admin: HeaderMap;
  let whole: { clientId: string }[];
  beforeAll(async () => {
    api = await bootApi();
    admin = await aService(api, 'admin');
    for (let made = 0; made < COUNT; made++) await make(api, `number ${made}`);
    // Some of the same moment: the id decides between them.
    await api.dataSource.query(
      `UPDATE ${table} SET created_at = date_trunc('minute', now()) + '1 microsecond' WHERE name LIKE 'number %'
       AND name < 'number 4'`,
    );
    ({ [key]: whole } = (await page({})).body);
  });
  afterAll(() => api.close());

  const page = (query: Record<string, string>) => api.internal.get(`${path}?${new URLSearchParams(query)}`, admin);

  it.each([1, 2, 3, 1000])('of %i hold each once, in the order of the whole list', async (limit) => {
    const read: object[] = [];
    let after: string | null = null;
    do {
      const { body } = await page({ limit: String(limit), ...(after && { after }) });
      expect(body[key].length).toBeLessThanOrEqual(limit);
      read.push(...body[key]);
      after = body.next;
    } while (after !== null);
    expect(whole.length).toBeGreaterThanOrEqual(COUNT);
    expect(read).toEqual(whole);
  });

  it('show one that is made meanwhile', async () => {
    const { body } = await page({ limit: '1' });
    const { name } = await make(api, 'made meanwhile');
    const rest = await page({ after: body.next });
    expect(rest.body[key].at(-1)).toMatchObject({ name });
    expect(rest.body[key]).toHaveLength(whole.length);
  });

  it.each([
    [{ limit: '0' }, 'limit min'],
    [{ limit: '1001' }, 'limit max'],
    [{ limit: 'all' }, 'limit isInt'],
    [{ after: 'x' }, 'after matches'],
    [{ before: 'x' }, 'before unknown'],
  ])('refuse %j', async (query, field) => {
    expectFields(await page(query), expect.arrayContaining([field]) as string[]);
  });
});

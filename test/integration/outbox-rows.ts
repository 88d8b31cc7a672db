import { UnitOfWork } from '@app/platform';
import type { TestPlatform } from '../support/boot-platform';
import { TEST_REQUESTER } from '../support/factories';
import { aPasswordChange, type TestConsumers } from '../support/test-consumers';

export const ADA = 'ada@example.com';
export const BOB = 'bob@example.com';
export const CODE = 'canary-482913';

export interface DeliveryRow {
  id: string;
  target: string;
  status: string;
  attempts: number;
  lease: string | null;
  sealed: Buffer | null;
  last_error: string | null;
  waits: number;
}

/** Commits a change that is to be told to each address, with a code for it. */
export const commitTo = ({ module }: TestPlatform, ...addresses: string[]) =>
  module.get(UnitOfWork).run(TEST_REQUESTER, (tx) => {
    tx.record('account.password-changed.v1', aPasswordChange(...addresses));
    for (const address of addresses) tx.seal(address, { code: `${CODE} for ${address}` });
    return Promise.resolve();
  });

export const deliveriesOf = ({ dataSource }: TestPlatform) =>
  dataSource.query<DeliveryRow[]>(
    `SELECT *, extract(epoch FROM available_at - now())::float AS waits FROM outbox_delivery ORDER BY target`,
  );

export async function onlyDeliveryOf(platform: TestPlatform): Promise<DeliveryRow> {
  const rows = await deliveriesOf(platform);
  expect(rows).toHaveLength(1);
  return rows[0] as DeliveryRow;
}

export const mailsOf = ({ notes }: TestConsumers) => notes.filter((note) => note.startsWith('notifications.send-mail'));

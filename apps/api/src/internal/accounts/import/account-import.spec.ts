import type { ImportAccounts } from '@app/account';
import type { Requester } from '@app/contracts';
import { AccountImport } from './account-import';

const REQUESTER: Requester = {
  actor: { kind: 'service', clientId: 'c-1', name: 'shop' },
  requestId: 'r-1',
  ip: null,
  userAgent: null,
  device: null,
};

it('reads no further than its answers are taken: a caller that stops reading fills no memory', async () => {
  let chunksRead = 0;
  async function* body(): AsyncGenerator<Buffer> {
    for (; ; chunksRead += 1) yield await Promise.resolve(Buffer.from('{}\n'.repeat(1000)));
  }
  const nothingToImport = { execute: () => Promise.resolve([]) } as unknown as ImportAccounts;
  const answers = new AccountImport(nothingToImport).answers(body(), REQUESTER);
  const linesTaken = async () => String((await answers.next()).value).match(/\n/g)?.length;

  for (let batch = 0; batch < 5; batch++) expect(await linesTaken()).toBe(200);
  expect(chunksRead).toBe(0);
  expect(await linesTaken()).toBe(200);
  expect(chunksRead).toBe(1);
  await answers.return(undefined);
});

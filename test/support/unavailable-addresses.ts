import { ManageAccount } from '@app/account';
import type { TestApi } from './boot-api';
import { anAccount, aSession, TEST_REQUESTER } from './factories';

/** Addresses that nobody else can have, by why. */
export async function unavailableAddresses(api: TestApi): Promise<Record<string, string>> {
  const [owner, disabled, moved] = [await anAccount(api), await anAccount(api), await anAccount(api)];
  await api.app.get(ManageAccount, { strict: false }).patch(disabled.id, { disabled: true }, TEST_REQUESTER);
  const { accessToken } = await aSession(api, moved);
  const left = await api.http.put(
    '/api/user/v1/update',
    { eml: `moved-${moved.email}` },
    { 'X-Access-Token': accessToken },
  );
  expect(left.body.code).toBe(0);
  return { taken: owner.email, 'of a disabled account': disabled.email, 'left, and can be restored': moved.email };
}

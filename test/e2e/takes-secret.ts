import type { TestApi } from '../support/boot-api';
import type { EverySecret } from '../support/every-secret';
import type { SecretPlace } from './secret-places';

/** Shows it there, and tells whether it was taken. */
export async function takes(api: TestApi, place: SecretPlace, secret: string, held: EverySecret): Promise<boolean> {
  const { route, sent, isTaken = ({ status }) => status === 200 } = place;
  const [method = '', declared = ''] = route.split(' ');
  const path = declared.replace(':token', encodeURIComponent(secret)).replace(':userId', held.accountIds[0] ?? '');
  const { body, headers = {} } = sent?.(secret, held) ?? {};
  const before = await endings(api);
  const client = /^\/(internal|oauth2)\//.test(path) ? api.internal : api.http;
  const answer = await client.send(method, path, body, headers);
  return isTaken(answer, (await endings(api)) > before);
}

/** How many sessions and tokens have ended so far. */
async function endings(api: TestApi): Promise<number> {
  const [{ count }] = await api.dataSource.query<[{ count: string }]>(
    `SELECT count(*) FROM audit_event WHERE action IN ('session.ended.v1', 'service-token.revoked.v1')`,
  );
  return Number(count);
}

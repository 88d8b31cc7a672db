import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError, type Requester } from '@app/contracts';
import { digest, randomToken, type Tx, UnitOfWork } from '@app/platform';
import { askedTogether } from './asked-together';
import { pageByCreation, type PageQuery } from './page-by-creation';

export const SCOPES = [
  'accounts:read',
  'accounts:write',
  'admin',
  'events:read',
  'tokens:introspect',
  'tokens:revoke',
] as const;
export type Scope = (typeof SCOPES)[number];

export interface ServiceClient {
  id: string;
  name: string;
  scopes: Scope[];
  createdAt: Date;
  revokedAt: Date | null;
}

const COLUMNS = 'id, name, scopes, created_at AS "createdAt", revoked_at AS "revokedAt"';

/** Services that call the internal API, each with secrets of its own. A secret is shown once, stored as a digest. */
@Injectable()
export class ServiceClients {
  private readonly bySecret = askedTogether((secrets: readonly string[]) => this.ofSecrets(secrets));

  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws DomainError `service-client.invalid` unless the client lives and the secret is one of its live ones. */
  async authenticate(id: string, secret: string): Promise<ServiceClient> {
    const client = await this.bySecret(secret);
    if (client?.id !== id) throw new DomainError('service-client.invalid');
    return client;
  }

  async create(
    name: string,
    scopes: readonly Scope[],
    requester: Requester,
  ): Promise<ServiceClient & { secret: string }> {
    const { result } = await this.unitOfWork.run(requester, async (tx) => {
      const secret = randomToken();
      const client = await insert(tx, { id: randomUUID(), name, scopes, secret });
      if (!client) throw new Error('A service client was inserted without a row.');
      return { ...client, secret };
    });
    return result;
  }

  /** Puts a client with a given id and secret; does nothing to one that stands. */
  async put(client: NewServiceClient, requester: Requester): Promise<void> {
    await this.unitOfWork.run(requester, (tx) => insert(tx, client));
  }

  /** The oldest first. */
  async list(query: PageQuery): Promise<{ serviceClients: ServiceClient[]; next: string | null }> {
    const table = { table: 'service_client', id: 'id', columns: COLUMNS };
    const { rows, next } = await pageByCreation<ServiceClient>(this.dataSource, table, query);
    return { serviceClients: rows, next };
  }

  /** A revoked one is known. @throws DomainError `service-client.not-found` */
  async requireKnown(id: string): Promise<void> {
    const rows = await this.dataSource.query<unknown[]>('SELECT 1 FROM service_client WHERE id = $1', [id]);
    if (rows.length === 0) throw new DomainError('service-client.not-found');
  }

  /** One that was revoked already is no error. @throws DomainError `service-client.not-found` */
  async revoke(id: string, requester: Requester): Promise<void> {
    await this.unitOfWork.run(requester, async (tx) => {
      const [client] = await tx.manager.query<RevokedClient[]>(REVOKE, [id]);
      if (!client) throw new DomainError('service-client.not-found');
      if (client.was_live)
        tx.record('service-client.revoked.v1', { ...OF_NO_ACCOUNT, clientId: id, name: client.name });
    });
  }

  /** A new secret; the older ones go on for `overlapSeconds`. @throws DomainError `service-client.not-found` */
  async rotate(id: string, overlapSeconds: number, requester: Requester): Promise<{ secret: string }> {
    const { result } = await this.unitOfWork.run(requester, async (tx) => {
      const secret = randomToken();
      const values = [id, overlapSeconds, randomUUID(), digest(secret)];
      const [client] = await tx.manager.query<{ name: string }[]>(ROTATE, values);
      if (!client) throw new DomainError('service-client.not-found');
      tx.record('service-client.rotated.v1', { ...OF_NO_ACCOUNT, clientId: id, name: client.name, overlapSeconds });
      return { secret };
    });
    return result;
  }

  /** The live client behind each live secret. Those who ask together are one service, mostly. */
  private async ofSecrets(secrets: readonly string[]): Promise<(ServiceClient | undefined)[]> {
    const distinct = [...new Set(secrets)];
    const clients = await Promise.all(distinct.map((each) => this.ofSecret(each)));
    const bySecret = new Map(distinct.map((each, index) => [each, clients[index]]));
    return secrets.map((each) => bySecret.get(each));
  }

  /** One at a time: PostgreSQL keeps the plan for one, and would plan anew each time for an array. */
  private async ofSecret(secret: string): Promise<ServiceClient | undefined> {
    const [client] = await this.dataSource.query<ServiceClient[]>(OF_SECRET, [digest(secret)]);
    return client;
  }
}

const OF_SECRET = `
  SELECT c.id, c.name, c.scopes, c.created_at AS "createdAt", c.revoked_at AS "revokedAt"
  FROM service_client_secret s JOIN service_client c ON c.id = s.client_id
  WHERE s.secret_hash = $1 AND (s.expires_at IS NULL OR s.expires_at > now()) AND c.revoked_at IS NULL`;

interface NewServiceClient {
  id: string;
  name: string;
  scopes: readonly Scope[];
  secret: string;
}

interface RevokedClient {
  name: string;
  was_live: boolean;
}

/** The secrets of every service client; the clients stand, and get new ones by `rotate`. */
export async function endEverySecret(tx: Tx): Promise<void> {
  await tx.manager.query(
    'UPDATE service_client_secret SET expires_at = now() WHERE expires_at IS NULL OR expires_at > now()',
  );
}

const OF_NO_ACCOUNT = { accountId: null, recipients: [] } as const;

/** Nothing when there is one with that id. */
async function insert(tx: Tx, { id, name, scopes, secret }: NewServiceClient): Promise<ServiceClient | undefined> {
  const [client] = await tx.manager.query<ServiceClient[]>(INSERT, [id, name, scopes, randomUUID(), digest(secret)]);
  if (client) tx.record('service-client.created.v1', { ...OF_NO_ACCOUNT, clientId: id, name, scopes });
  return client;
}

const INSERT = `
  WITH client AS (
    INSERT INTO service_client (id, name, scopes) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING RETURNING *
  ), secret AS (
    INSERT INTO service_client_secret (id, client_id, secret_hash) SELECT $4, id, $5 FROM client
    ON CONFLICT (secret_hash) DO NOTHING
  )
  SELECT ${COLUMNS} FROM client`;

const REVOKE = `
  WITH seen AS (
    SELECT id, name, revoked_at IS NULL AS was_live FROM service_client WHERE id = $1 FOR UPDATE
  ), revoked AS (
    UPDATE service_client c SET revoked_at = now() FROM seen WHERE c.id = seen.id AND seen.was_live
  )
  SELECT name, was_live FROM seen`;

const ROTATE = `
  WITH client AS (
    SELECT id, name FROM service_client WHERE id = $1 AND revoked_at IS NULL FOR UPDATE
  ), older AS (
    UPDATE service_client_secret s SET expires_at = least(s.expires_at, now() + make_interval(secs => $2))
    FROM client WHERE s.client_id = client.id
  ), newest AS (
    INSERT INTO service_client_secret (id, client_id, secret_hash) SELECT $3, id, $4 FROM client
  )
  SELECT name FROM client`;

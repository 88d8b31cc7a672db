import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '@app/contracts';
import { digest, randomToken } from '@app/platform';
import { askedTogether } from './asked-together';

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
  private readonly bySecret = askedTogether((hashes: readonly Buffer[]) => this.ofSecrets(hashes));

  constructor(private readonly dataSource: DataSource) {}

  /** @throws DomainError `service-client.invalid` unless the client lives and the secret is one of its live ones. */
  async authenticate(id: string, secret: string): Promise<ServiceClient> {
    const client = await this.bySecret(digest(secret));
    if (client?.id !== id) throw new DomainError('service-client.invalid');
    return client;
  }

  async isLive(id: string): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>(
      'SELECT 1 FROM service_client WHERE id = $1 AND revoked_at IS NULL',
      [id],
    );
    return rows.length === 1;
  }

  async create(name: string, scopes: readonly Scope[]): Promise<ServiceClient & { secret: string }> {
    const id = randomUUID();
    const secret = randomToken();
    const client = await this.put(id, secret, { name, scopes });
    return { ...client, secret };
  }

  /** Puts a client with a given id and secret; does nothing to one that stands. */
  async put(id: string, secret: string, { name, scopes }: { name: string; scopes: readonly Scope[] }) {
    const [client] = await this.dataSource.query<ServiceClient[]>(
      `WITH client AS (
         INSERT INTO service_client (id, name, scopes) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET name = service_client.name RETURNING *
       ), secret AS (
         INSERT INTO service_client_secret (id, client_id, secret_hash) SELECT $4, id, $5 FROM client
         ON CONFLICT (secret_hash) DO NOTHING
       ) SELECT ${COLUMNS} FROM client`,
      [id, name, scopes, randomUUID(), digest(secret)],
    );
    if (!client) throw new Error('A service client was inserted without a row.');
    return client;
  }

  list(): Promise<ServiceClient[]> {
    return this.dataSource.query<ServiceClient[]>(`SELECT ${COLUMNS} FROM service_client ORDER BY created_at, id`);
  }

  async revoke(id: string): Promise<void> {
    const rows = await this.dataSource.query<unknown[]>(
      `WITH revoked AS (
         UPDATE service_client SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1 RETURNING 1
       ) SELECT * FROM revoked`,
      [id],
    );
    if (rows.length === 0) throw new DomainError('service-client.not-found');
  }

  /** A new secret; the older ones go on for `overlapSeconds`. */
  async rotate(id: string, overlapSeconds: number): Promise<{ secret: string }> {
    const secret = randomToken();
    const rows = await this.dataSource.query<unknown[]>(ROTATE, [id, overlapSeconds, randomUUID(), digest(secret)]);
    if (rows.length === 0) throw new DomainError('service-client.not-found');
    return { secret };
  }

  /** The live client behind each live secret; nothing else. */
  private async ofSecrets(hashes: readonly Buffer[]): Promise<(ServiceClient | undefined)[]> {
    const rows = await this.dataSource.query<(ServiceClient & { secretHash: Buffer })[]>(OF_SECRETS, [hashes]);
    const byHash = new Map(rows.map(({ secretHash, ...client }) => [secretHash.toString('hex'), client]));
    return hashes.map((hash) => byHash.get(hash.toString('hex')));
  }
}

const OF_SECRETS = `
  SELECT c.id, c.name, c.scopes, c.created_at AS "createdAt", c.revoked_at AS "revokedAt", s.secret_hash AS "secretHash"
  FROM service_client_secret s JOIN service_client c ON c.id = s.client_id
  WHERE s.secret_hash = ANY($1) AND (s.expires_at IS NULL OR s.expires_at > now()) AND c.revoked_at IS NULL`;

const ROTATE = `
  WITH client AS (
    SELECT id FROM service_client WHERE id = $1 AND revoked_at IS NULL
  ), older AS (
    UPDATE service_client_secret s SET expires_at = least(s.expires_at, now() + make_interval(secs => $2))
    FROM client WHERE s.client_id = client.id
  ), newest AS (
    INSERT INTO service_client_secret (id, client_id, secret_hash) SELECT $3, id, $4 FROM client
  )
  SELECT id FROM client`;

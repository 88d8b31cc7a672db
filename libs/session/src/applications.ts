import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '@app/contracts';

export interface Application {
  clientId: string;
  name: string;
  createdAt: Date;
  revokedAt: Date | null;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const COLUMNS = 'client_id AS "clientId", name, created_at AS "createdAt", revoked_at AS "revokedAt"';

/** The client applications that name themselves with each call. An id is public, not a secret. */
@Injectable()
export class Applications {
  constructor(private readonly dataSource: DataSource) {}

  async isRegistered(clientId: string): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>(
      'SELECT 1 FROM application WHERE client_id = $1 AND revoked_at IS NULL',
      [clientId],
    );
    return rows.length === 1;
  }

  /** `clientId` is 32 letters and digits; made here unless the operator has fixed one. */
  async register(name: string, clientId = randomClientId()): Promise<Application> {
    const [row] = await this.dataSource.query<Application[]>(
      `INSERT INTO application (client_id, name) VALUES ($1, $2)
       ON CONFLICT (client_id) DO UPDATE SET name = EXCLUDED.name RETURNING ${COLUMNS}`,
      [clientId, name],
    );
    if (!row) throw new Error('An application was inserted without a row.');
    return row;
  }

  list(): Promise<Application[]> {
    return this.dataSource.query<Application[]>(`SELECT ${COLUMNS} FROM application ORDER BY created_at, client_id`);
  }

  async revoke(clientId: string): Promise<void> {
    const rows = await this.dataSource.query<unknown[]>(
      `WITH revoked AS (
         UPDATE application SET revoked_at = coalesce(revoked_at, now()) WHERE client_id = $1 RETURNING 1
       ) SELECT * FROM revoked`,
      [clientId],
    );
    if (rows.length === 0) throw new DomainError('application.not-found');
  }
}

function randomClientId(): string {
  return Array.from({ length: 32 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

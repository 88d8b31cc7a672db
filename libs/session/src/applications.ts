import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError, type Requester } from '@app/contracts';
import { type Tx, UnitOfWork } from '@app/platform';
import { pageByCreation, type PageQuery } from './page-by-creation';

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
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async isRegistered(clientId: string): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>(
      'SELECT 1 FROM application WHERE client_id = $1 AND revoked_at IS NULL',
      [clientId],
    );
    return rows.length === 1;
  }

  /** Its id, 32 letters and digits, is made here. */
  async register(name: string, requester: Requester): Promise<Application> {
    const { result } = await this.unitOfWork.run(requester, (tx) => insert(tx, randomClientId(), name));
    if (!result) throw new Error('An application was inserted without a row.');
    return result;
  }

  /** Puts one whose id the operator has fixed; does nothing to one that stands. */
  async put(clientId: string, name: string, requester: Requester): Promise<void> {
    await this.unitOfWork.run(requester, (tx) => insert(tx, clientId, name));
  }

  /** The oldest first. */
  async list(query: PageQuery): Promise<{ applications: Application[]; next: string | null }> {
    const table = { table: 'application', id: 'client_id', columns: COLUMNS };
    const { rows, next } = await pageByCreation<Application>(this.dataSource, table, query);
    return { applications: rows, next };
  }

  /**
   * What it has opened is dead when this resolves: `live_session` asks. One that was revoked already is no error.
   * @throws DomainError `application.not-found`
   */
  async revoke(clientId: string, requester: Requester): Promise<void> {
    await this.unitOfWork.run(requester, async (tx) => {
      const [application] = await tx.manager.query<{ name: string; was_live: boolean }[]>(REVOKE, [clientId]);
      if (!application) throw new DomainError('application.not-found');
      if (application.was_live) tx.record('application.revoked.v1', eventOf(clientId, application.name));
    });
  }
}

/** Nothing when there is one with that id. */
async function insert(tx: Tx, clientId: string, name: string): Promise<Application | undefined> {
  const [application] = await tx.manager.query<Application[]>(
    `INSERT INTO application (client_id, name) VALUES ($1, $2) ON CONFLICT (client_id) DO NOTHING RETURNING ${COLUMNS}`,
    [clientId, name],
  );
  if (application) tx.record('application.registered.v1', eventOf(clientId, name));
  return application;
}

const eventOf = (clientId: string, name: string) => ({ accountId: null, recipients: [], clientId, name }) as const;

const REVOKE = `
  WITH seen AS (
    SELECT client_id, name, revoked_at IS NULL AS was_live FROM application WHERE client_id = $1 FOR UPDATE
  ), revoked AS (
    UPDATE application a SET revoked_at = now() FROM seen WHERE a.client_id = seen.client_id AND seen.was_live
  )
  SELECT name, was_live FROM seen`;

function randomClientId(): string {
  return Array.from({ length: 32 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

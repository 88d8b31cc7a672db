import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '@app/contracts';
import type { Tx } from '@app/platform';
import { askedTogether } from './asked-together';
import type { Scope, ServiceClient } from './service-clients';
import { SignedTokens } from './signed-tokens';
import { isInTime, seconds, type TokenClaims } from './token-claims';

/** Who calls the internal API. */
export interface ServiceIdentity {
  serviceClientId: string;
  name: string;
  scopes: readonly Scope[];
}

interface ServiceTokenClaims extends TokenClaims {
  client_id: string;
  scope: string;
}

interface LiveClient {
  jti: string;
  name: string;
  now: Date;
}

const AUDIENCE = 'internal';
export const SERVICE_TOKEN_SECONDS = 600;

/** Access tokens of services (RFC 6749 4.4): another audience, so a person's token and a service's never pass for each other. */
@Injectable()
export class ServiceTokens {
  private readonly liveClientOf = askedTogether((claims: readonly ServiceTokenClaims[]) => this.liveClientsOf(claims));

  constructor(
    private readonly dataSource: DataSource,
    private readonly tokens: SignedTokens,
  ) {}

  async mint({ id }: ServiceClient, scopes: readonly Scope[]): Promise<string> {
    const iat = seconds(await this.now());
    const claims = { aud: AUDIENCE, sub: id, client_id: id, scope: scopes.join(' '), jti: randomUUID() };
    return this.tokens.sign({ ...claims, iat, exp: iat + SERVICE_TOKEN_SECONDS });
  }

  /** @throws DomainError `access-token.invalid`, also once the token or its client was revoked. */
  async verify(token: string): Promise<ServiceIdentity> {
    const claims = this.claimsOf(token);
    const client = claims && (await this.liveClientOf(claims));
    if (!client || !isInTime(claims, client.now)) throw new DomainError('access-token.invalid');
    return { serviceClientId: claims.sub, name: client.name, scopes: claims.scope.split(' ') as Scope[] };
  }

  /** What a token of a service says, dead or alive; `null` for any other text. */
  claimsOf(token: string): ServiceTokenClaims | null {
    const claims = this.tokens.claimsOf(token, AUDIENCE);
    return claims && 'scope' in claims ? (claims as ServiceTokenClaims) : null;
  }

  /** The token is dead when the transaction has committed. One that was revoked already is no error. */
  async revoke(tx: Tx, { jti, exp, sub }: ServiceTokenClaims): Promise<void> {
    const revoked = await tx.manager.query<unknown[]>(REVOKE, [jti, exp]);
    if (revoked.length === 0) return;
    tx.record('service-token.revoked.v1', { accountId: null, recipients: [], clientId: sub, tokenId: jti });
  }

  private async now(): Promise<Date> {
    const [row] = await this.dataSource.query<{ now: Date }[]>('SELECT now()');
    if (!row) throw new Error('The database did not tell the time.');
    return row.now;
  }

  private async liveClientsOf(claims: readonly ServiceTokenClaims[]): Promise<(LiveClient | undefined)[]> {
    const rows = await this.dataSource.query<LiveClient[]>(LIVE_CLIENTS, [
      claims.map(({ jti }) => jti),
      claims.map(({ sub }) => sub),
    ]);
    const byToken = new Map(rows.map((row) => [row.jti, row]));
    return claims.map(({ jti }) => byToken.get(jti));
  }
}

const REVOKE = `
  WITH revoked AS (
    INSERT INTO revoked_service_token (jti, expires_at) VALUES ($1, to_timestamp($2)) ON CONFLICT DO NOTHING RETURNING 1
  ) SELECT * FROM revoked`;

const LIVE_CLIENTS = `
  SELECT asked.jti, c.name, now() AS now
  FROM unnest($1::text[], $2::text[]) AS asked (jti, client_id)
  JOIN service_client c ON c.id = asked.client_id AND c.revoked_at IS NULL
  WHERE NOT EXISTS (SELECT 1 FROM revoked_service_token r WHERE r.jti = asked.jti)`;

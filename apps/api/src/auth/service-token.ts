import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { sign, verify } from 'jsonwebtoken';
import { DomainError } from '@app/contracts';
import { Settings } from '@app/platform';
import { ACCESS_TOKEN_TYPE, KeyRing, type Scope, type ServiceClient, ServiceClients } from '@app/session';
import { headerOf } from './token-header';

export interface ServiceIdentity {
  serviceClientId: string;
  name: string;
  scopes: readonly Scope[];
}

const AUDIENCE = 'internal';
export const SERVICE_TOKEN_SECONDS = 600;

/** Access tokens of services (RFC 6749 4.4): another audience, so a person's token and a service's never pass for each other. */
@Injectable()
export class ServiceTokens {
  constructor(
    private readonly settings: Settings,
    private readonly keys: KeyRing,
    private readonly clients: ServiceClients,
  ) {}

  mint(client: ServiceClient, scopes: readonly Scope[]): string {
    const claims = { sub: client.id, client_id: client.id, scope: scopes.join(' '), jti: randomUUID() };
    return sign(claims, this.keys.signingKey, {
      algorithm: 'RS256',
      keyid: this.keys.signingKid,
      header: { alg: 'RS256', typ: ACCESS_TOKEN_TYPE },
      issuer: this.settings.publicUrl,
      audience: AUDIENCE,
      expiresIn: SERVICE_TOKEN_SECONDS,
    });
  }

  /** @throws DomainError `access-token.invalid`, also for a client that was revoked since. */
  async verify(token: string): Promise<ServiceIdentity> {
    const claims = this.claimsOf(token);
    const name = claims && (await this.clients.nameOfLive(claims.sub));
    if (!claims || name === null) throw new DomainError('access-token.invalid');
    return { serviceClientId: claims.sub, name, scopes: claims.scope.split(' ') as Scope[] };
  }

  private claimsOf(token: string): { sub: string; scope: string } | null {
    const header = headerOf(token);
    const key = header?.typ === ACCESS_TOKEN_TYPE && header.kid ? this.keys.publicKeyOf(header.kid) : undefined;
    if (!key) return null;
    try {
      const claims = verify(token, key, { algorithms: ['RS256'], issuer: this.settings.publicUrl, audience: AUDIENCE });
      const { sub, scope, exp } = claims as Record<string, unknown>;
      return typeof sub === 'string' && typeof scope === 'string' && typeof exp === 'number' ? { sub, scope } : null;
    } catch {
      return null;
    }
  }
}

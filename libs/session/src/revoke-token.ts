import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError, type Requester } from '@app/contracts';
import { AuditLog, digest, Settings, type Tx, UnitOfWork } from '@app/platform';
import { isAccessToken } from './access-token.judge';
import { AccountHold } from './account-hold';
import { ServiceTokens } from './service-tokens';
import { SignedTokens } from './signed-tokens';

interface TokenSession {
  id: string;
  accountId: string;
}

/**
 * Ends what a token was given out with (RFC 7009). A person's token of any kind, expired or spent ones too, ends its
 * session and with it every other token of the session; a service's ends alone, and only by the service itself.
 */
@Injectable()
export class RevokeToken {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: Settings,
    private readonly tokens: SignedTokens,
    private readonly serviceTokens: ServiceTokens,
    private readonly accounts: AccountHold,
    private readonly audit: AuditLog,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Any text that is no token of ours, or no longer one, is fine: it is dead. @throws DomainError `token.not-own` */
  async execute(token: string, clientId: string, requester: Requester): Promise<void> {
    const ofService = this.serviceTokens.claimsOf(token);
    if (ofService && ofService.sub !== clientId) return this.refuse(requester);
    if (ofService) return void (await this.unitOfWork.run(requester, (tx) => this.serviceTokens.revoke(tx, ofService)));
    const session = await this.sessionOf(token);
    if (session) await this.end(session, requester);
  }

  private async refuse(requester: Requester): Promise<never> {
    await this.audit.note('service-token.not-own', null, requester);
    throw new DomainError('token.not-own');
  }

  private async sessionOf(token: string): Promise<TokenSession | undefined> {
    const claims = this.tokens.claimsOf(token, this.settings.publicUrl);
    const sessionId = isAccessToken(claims) ? claims.sid : null;
    const [session] = await this.dataSource.query<TokenSession[]>(FIND, [sessionId, digest(token)]);
    return session;
  }

  private async end(session: TokenSession, requester: Requester): Promise<void> {
    try {
      await this.unitOfWork.run(requester, (tx) => this.endAndSay(tx, session));
    } catch (error) {
      // Deleted meanwhile: then its sessions have ended with it.
      if (!(error instanceof DomainError && error.code === 'account.not-found')) throw error;
    }
  }

  private async endAndSay(tx: Tx, { id, accountId }: TokenSession): Promise<void> {
    const { credentialVersion } = await this.accounts.hold(tx, accountId);
    const ended = await tx.manager.query<unknown[]>(END, [id]);
    if (ended.length === 0) return;
    // Who signs out by way of a service is not to be alarmed by mail.
    tx.record('session.ended.v1', { accountId, credentialVersion, recipients: [], count: 1 });
  }
}

/** A session whose account is gone has ended with it. */
const FIND = `
  SELECT l.id, l.account_id AS "accountId" FROM live_sessions(ARRAY(
    SELECT $1::uuid
    UNION ALL SELECT session_id FROM refresh_token WHERE token_hash = $2
    UNION ALL SELECT id FROM session WHERE handle_hash = $2)) l
  WHERE l.live`;

const END = `
  WITH ended AS (UPDATE session SET ended_at = now() WHERE id = $1 AND ended_at IS NULL RETURNING id) SELECT id FROM ended`;

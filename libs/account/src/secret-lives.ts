import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { digest, Settings } from '@app/platform';
import { RESET_SECONDS } from './password-resets';

interface MailedSecret {
  codeId?: string;
  cancelToken?: string;
  resetToken?: string;
}

/** The life of a mailed code or link counts from its sending: an outage of the mail server costs nobody a code. */
@Injectable()
export class SecretLives {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: Settings,
  ) {}

  /** Resolves with the end of the new life; `null`: what lives for days keeps its end, what is void stays so. */
  async begin({ codeId, cancelToken, resetToken }: MailedSecret): Promise<Date | null> {
    const { codeSeconds } = this.settings;
    if (codeId !== undefined) return this.beginCode(codeId);
    if (cancelToken !== undefined) return this.prolong(BEGIN_CANCEL, digest(cancelToken), codeSeconds);
    if (resetToken !== undefined) return this.prolong(BEGIN_RESET, digest(resetToken), RESET_SECONDS);
    return null;
  }

  /** Two statements, each alone: one that held both rows could dead-lock with a confirmation. */
  private async beginCode(codeId: string): Promise<Date | null> {
    const expiresAt = await this.prolong(BEGIN_CODE, codeId, this.settings.codeSeconds);
    if (expiresAt) await this.dataSource.query(PROLONG_PENDING, [codeId, expiresAt]);
    return expiresAt;
  }

  private async prolong(statement: string, key: string | Buffer, seconds: number): Promise<Date | null> {
    const [row] = await this.dataSource.query<{ expires_at: Date }[]>(statement, [key, seconds]);
    return row?.expires_at ?? null;
  }
}

const beginning = (table: string, condition: string) => `
  WITH begun AS (
    UPDATE ${table} SET expires_at = now() + make_interval(secs => $2) WHERE ${condition} RETURNING expires_at
  ) SELECT * FROM begun`;
const BEGIN_CODE = beginning('mailed_code', 'id = $1 AND ended_at IS NULL');
const BEGIN_CANCEL = beginning('pending_email_change', 'cancel_token_hash = $1');
const BEGIN_RESET = beginning('reset_token', 'token_hash = $1');

/** A change of address lives as long as the code for it. */
const PROLONG_PENDING = `
  UPDATE pending_email_change p SET expires_at = $2 FROM mailed_code c
  WHERE c.id = $1 AND c.purpose = 'email-change' AND p.account_id = c.account_id AND p.new_email = c.email
    AND p.credential_version = c.credential_version`;

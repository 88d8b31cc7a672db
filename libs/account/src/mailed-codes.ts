import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type CodePurpose, DomainError, type Requester } from '@app/contracts';
import { AuditLog, randomCode, SecretKeys, Settings, type Tx } from '@app/platform';
import type { LiveAccount } from './account.entity';
import { CodeTries } from './code-tries';
import { recipientOf } from './recipient-of';

/** What a code is bound to: it is worth nothing for another purpose, address, account or application. */
export interface CodeBinding {
  purpose: CodePurpose;
  /** Canonical address that the code is mailed to. */
  email: string;
  accountId: string | null;
  applicationId: string | null;
}

/** A code as it was given for what it is bound to. */
export interface GivenCode {
  binding: CodeBinding;
  code: string;
}

export interface CodeAttempt extends GivenCode {
  /** `accountId: null`: somebody who is not signed in, at the address of an account, or of nobody. */
  triedBy: { accountId: string } | { accountId: null; addressOf: string | null };
}

/** How many codes stay good when another is sent. More than one where strangers can ask: they must not void the owner's. */
const LIVE_CODES = { signedIn: 1, anybody: 3 } as const;
const IS_RIGHT =
  'email = $1 AND purpose = $2 AND code_hmac = $3 AND ended_at IS NULL AND expires_at > clock_timestamp()';

/** Six digits to a mailbox, stored only as a keyed hash that holds all that the code is bound to. */
@Injectable()
export class MailedCodes {
  constructor(
    private readonly dataSource: DataSource,
    private readonly tries: CodeTries,
    private readonly audit: AuditLog,
    private readonly keys: SecretKeys,
    private readonly settings: Settings,
  ) {}

  /** Mails a new code for `binding`; older ones of the same asker die. Its life begins anew when the mail is sent. */
  async issue(tx: Tx, binding: CodeBinding, credentialVersion: number | null): Promise<{ expiresAt: Date }> {
    const [codeId, code] = [randomUUID(), randomCode()];
    const keep = binding.accountId === null ? LIVE_CODES.anybody : LIVE_CODES.signedIn;
    await this.endOlder(tx, binding, keep - 1);
    const [row] = await tx.manager.query<{ expires_at: Date }[]>(
      `INSERT INTO mailed_code (id, purpose, email, account_id, application_id, credential_version, code_hmac, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, now() + make_interval(secs => $8)) RETURNING expires_at`,
      [
        codeId,
        binding.purpose,
        binding.email,
        binding.accountId,
        binding.applicationId,
        credentialVersion,
        this.hmacOf(binding, code),
        this.settings.codeSeconds,
      ],
    );
    if (!row) throw new Error('A code was inserted without a row.');
    tx.seal(binding.email, { code, codeId });
    return { expiresAt: row.expires_at };
  }

  /** Mails a code with which the account proves the address that took effect unproved. */
  async mailVerification(tx: Tx, account: LiveAccount): Promise<void> {
    const binding = verificationOf(account);
    const { expiresAt } = await this.issue(tx, binding, account.credentialVersion);
    tx.record('account.code-requested.v1', {
      accountId: account.id,
      purpose: binding.purpose,
      expiresAt: expiresAt.toISOString(),
      recipients: [recipientOf(account)],
      addressTaken: false,
    });
  }

  /**
   * Runs a change on the strength of a code: counts the try, judges the code, and writes down a wrong one. The
   * change spends the code. @throws DomainError `code.invalid`, `request.too-many`, and what the change throws
   */
  async onProof<T>(attempt: CodeAttempt, requester: Requester, change: () => Promise<T>): Promise<T> {
    await this.takeTry(attempt, requester);
    try {
      // Before anything else is looked at or hashed: a wrong code must not tell, or cost, more than that it is wrong.
      if (!(await this.isRight(attempt))) throw new DomainError('code.invalid');
      const result = await change();
      await this.tries.forgive(attempt, requester);
      return result;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'code.invalid') {
        await this.audit.note('code.wrong', attempt.triedBy.accountId, requester);
      }
      throw error;
    }
  }

  /** Spends the code, once. The caller's transaction gives it back if the change does not happen. @throws `code.invalid` */
  async spend(tx: Tx, given: GivenCode): Promise<void> {
    const rows = await tx.manager.query<unknown[]>(
      `WITH spent AS (UPDATE mailed_code SET ended_at = now() WHERE ${IS_RIGHT} RETURNING 1) SELECT * FROM spent`,
      this.keyOf(given),
    );
    if (rows.length === 0) throw new DomainError('code.invalid');
  }

  private async takeTry(attempt: CodeAttempt, requester: Requester): Promise<void> {
    try {
      await this.tries.take(attempt, requester);
    } catch (error) {
      // Only an account's address stops for good: the time of that refusal must be that of a wrong code elsewhere.
      if (attempt.triedBy.accountId === null) await this.isRight({ ...attempt, code: '' });
      throw error;
    }
  }

  private async isRight(given: GivenCode): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>(
      `SELECT 1 FROM mailed_code WHERE ${IS_RIGHT}`,
      this.keyOf(given),
    );
    return rows.length > 0;
  }

  private keyOf({ binding, code }: GivenCode): [string, CodePurpose, Buffer] {
    return [binding.email, binding.purpose, this.hmacOf(binding, code)];
  }

  private async endOlder(
    tx: Tx,
    { purpose, email, accountId, applicationId }: CodeBinding,
    keep: number,
  ): Promise<void> {
    await tx.manager.query(
      `UPDATE mailed_code SET ended_at = now() WHERE id IN (
         SELECT id FROM mailed_code
         WHERE ended_at IS NULL AND purpose = $1 AND account_id IS NOT DISTINCT FROM $2::uuid
           AND ($2::uuid IS NOT NULL OR (email = $3 AND application_id IS NOT DISTINCT FROM $4))
         ORDER BY created_at DESC, id OFFSET $5)`,
      [purpose, accountId, email, applicationId, keep],
    );
  }

  private hmacOf({ purpose, email, accountId, applicationId }: CodeBinding, code: string): Buffer {
    return this.keys.hmac('mailed-code', purpose, email, accountId ?? '', applicationId ?? '', code);
  }
}

export const verificationOf = (account: LiveAccount): CodeBinding => ({
  purpose: 'email-verification',
  email: account.email,
  accountId: account.id,
  applicationId: null,
});

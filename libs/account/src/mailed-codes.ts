import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type CodePurpose, DomainError, type Requester } from '@app/contracts';
import { AuditLog, type Budget, GuessBudget, randomCode, SecretKeys, Settings, type Tx } from '@app/platform';
import type { LiveAccount } from './account.entity';
import { recipientOf } from './recipient-of';

/** What a code is bound to: it is worth nothing for another purpose, address, account or application. */
export interface CodeBinding {
  purpose: CodePurpose;
  /** Canonical address that the code is mailed to. */
  email: string;
  accountId: string | null;
  applicationId: string | null;
}

/** Who tries a code. `accountId: null`: somebody who is not signed in. */
export interface CodeAttempt {
  binding: CodeBinding;
  code: string;
  triedBy: { accountId: string | null };
}

/** How many codes stay good when another is sent. More than one where strangers can ask: they must not void the owner's. */
const LIVE_CODES = { signedIn: 1, anybody: 3 } as const;
const SIX_DIGITS = /^[0-9]{6}$/;

/**
 * Six digits to a mailbox, stored only as a keyed hash. Tries are counted by account and by target address in
 * budgets of their own: a new code, another target or another session gives no new tries.
 */
@Injectable()
export class MailedCodes {
  constructor(
    private readonly budgets: GuessBudget,
    private readonly audit: AuditLog,
    private readonly keys: SecretKeys,
    private readonly settings: Settings,
  ) {}

  /** A new code for `binding`; older ones of the same asker die. */
  async issue(tx: Tx, binding: CodeBinding, credentialVersion: number | null): Promise<{ code: string; expiresAt: Date }> {
    const code = randomCode();
    const keep = binding.accountId === null ? LIVE_CODES.anybody : LIVE_CODES.signedIn;
    await this.endOlder(tx, binding, keep - 1);
    const [row] = await tx.manager.query<{ expires_at: Date }[]>(
      `INSERT INTO mailed_code (id, purpose, email, account_id, application_id, credential_version, code_hmac, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, now() + make_interval(secs => $8)) RETURNING expires_at`,
      [
        randomUUID(),
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
    return { code, expiresAt: row.expires_at };
  }

  /** Mails a code with which the account proves the address that took effect unproved. */
  async mailVerification(tx: Tx, account: LiveAccount): Promise<void> {
    const binding = verificationOf(account);
    const { code, expiresAt } = await this.issue(tx, binding, account.credentialVersion);
    tx.seal(account.email, { code });
    tx.record('account.code-requested.v1', {
      accountId: account.id,
      purpose: binding.purpose,
      expiresAt: expiresAt.toISOString(),
      recipients: [recipientOf(account)],
      addressTaken: false,
    });
  }

  /** Counts a try before anything is judged. @throws DomainError `code.invalid` when there is none left. */
  async takeTry(attempt: CodeAttempt, requester: Requester): Promise<void> {
    const { spentScopes } = await this.budgets.take(...this.budgetsOf(attempt, requester));
    const refused = spentScopes.some((scope) => scope !== 'code-target') || !SIX_DIGITS.test(attempt.code);
    if (refused || (spentScopes.includes('code-target') && !(await this.isFirstTry(attempt)))) {
      throw new DomainError('code.invalid');
    }
  }

  /** Spends the code, once. The caller's transaction gives it back if the change does not happen. @throws `code.invalid` */
  async spend(tx: Tx, { binding, code }: CodeAttempt): Promise<void> {
    const rows = await tx.manager.query<unknown[]>(
      `WITH spent AS (
         UPDATE mailed_code SET ended_at = now()
         WHERE email = $1 AND purpose = $2 AND code_hmac = $3 AND ended_at IS NULL AND expires_at > clock_timestamp()
         RETURNING 1
       ) SELECT * FROM spent`,
      [binding.email, binding.purpose, this.hmacOf(binding, code)],
    );
    if (rows.length === 0) throw new DomainError('code.invalid');
  }

  /** After a success: the asker's failures are forgotten. */
  async forgive(attempt: CodeAttempt, requester: Requester): Promise<void> {
    const [asker, ...others] = this.budgetsOf(attempt, requester);
    if (asker) await this.budgets.clear(asker);
    for (const budget of others) await this.budgets.giveBack(budget);
  }

  /** Runs a change on the strength of a code: counts the try, and writes down a wrong one. */
  async onProof<T>(attempt: CodeAttempt, requester: Requester, change: () => Promise<T>): Promise<T> {
    try {
      await this.takeTry(attempt, requester);
      const result = await change();
      await this.forgive(attempt, requester);
      return result;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'code.invalid') {
        await this.audit.note('code.wrong', attempt.triedBy.accountId, requester);
      }
      throw error;
    }
  }

  private async endOlder(tx: Tx, { purpose, email, accountId, applicationId }: CodeBinding, keep: number): Promise<void> {
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

  /** The asker's own comes first. */
  private budgetsOf({ binding, triedBy }: CodeAttempt, { ip }: Requester): Budget[] {
    const window = { maxTries: this.settings.codeTries, windowSeconds: this.settings.codeSeconds };
    const target = `${binding.purpose}:${this.keys.hmac('code-target', binding.email).toString('base64url')}`;
    if (triedBy.accountId === null) {
      const source = { scope: 'source', key: ip ?? 'none', maxTries: this.settings.sourceFailures, windowSeconds: 900 };
      return [{ scope: 'code', key: target, ...window }, ...(source.maxTries > 0 ? [source] : [])];
    }
    return [
      { scope: 'code', key: `${binding.purpose}:${triedBy.accountId}`, ...window },
      { scope: 'code-target', key: target, ...window, maxTries: window.maxTries * TARGET_CEILING },
    ];
  }

  /** Many accounts that guess at one address must not lock its owner out: past the ceiling each has one try, not five. */
  private async isFirstTry({ binding, triedBy }: CodeAttempt): Promise<boolean> {
    const key = `${binding.purpose}:${triedBy.accountId}`;
    const budget = { scope: 'code-first', key, maxTries: 1, windowSeconds: this.settings.codeSeconds };
    return (await this.budgets.take(budget)).spentScopes.length === 0;
  }
}

/** The target's ceiling is that of so many accounts. */
const TARGET_CEILING = 5;

export const verificationOf = (account: LiveAccount): CodeBinding => ({
  purpose: 'email-verification',
  email: account.email,
  accountId: account.id,
  applicationId: null,
});

import { Injectable } from '@nestjs/common';
import { DomainError } from '@app/contracts';
import { GuessBudget, SecretKeys, Settings } from '@app/platform';
import type { EmailAddress } from './email-address';

const HOUR_SECONDS = 3600;

/** Codes and resets to one mailbox, plus-tags folded. Alerts are outside every quota. */
@Injectable()
export class MailQuota {
  constructor(
    private readonly budgets: GuessBudget,
    private readonly keys: SecretKeys,
    private readonly settings: Settings,
  ) {}

  /** For a code. @throws DomainError `code.too-soon` when the mailbox has had its mails, whoever it belongs to. */
  async take(address: EmailAddress): Promise<void> {
    await this.takeOf('mails', address.foldedMailbox);
  }

  /**
   * For a reset, by itself and by the exact address: codes that strangers ask for, or resets of plus-tags that are
   * nobody's, must not use up an owner's way back in. @throws DomainError `code.too-soon`
   */
  async takeReset(address: EmailAddress): Promise<void> {
    await this.takeOf('reset-mails', address.value);
  }

  /** At most one mail a `CODE_RESEND_SECONDS` for what `what` names. @throws DomainError `code.too-soon` */
  async pause(what: string, address: EmailAddress): Promise<void> {
    if (this.settings.codeResendSeconds === 0) return;
    const { spentScopes, retryAfterSeconds } = await this.budgets.take({
      scope: 'code-send',
      key: this.keys.hmac('code-send', what, address.value).toString('base64url'),
      maxTries: 1,
      windowSeconds: this.settings.codeResendSeconds,
    });
    if (spentScopes.length > 0) throw new DomainError('code.too-soon', { retryAfterSeconds });
  }

  private async takeOf(scope: string, mailbox: string): Promise<void> {
    const { spentScopes, retryAfterSeconds } = await this.budgets.take({
      scope,
      key: this.keys.hmac('mail-quota', mailbox).toString('base64url'),
      maxTries: this.settings.mailsPerAddressPerHour,
      windowSeconds: HOUR_SECONDS,
    });
    if (spentScopes.length > 0) throw new DomainError('code.too-soon', { retryAfterSeconds });
  }
}

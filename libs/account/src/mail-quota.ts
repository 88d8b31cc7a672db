import { Injectable } from '@nestjs/common';
import { DomainError } from '@app/contracts';
import { type Budget, GuessBudget, SecretKeys, Settings } from '@app/platform';
import type { EmailAddress } from './email-address';
import { networkOf } from './network-of';

const HOUR_SECONDS = 3600;
const SOURCE_WINDOW_SECONDS = 900;

/** Codes and resets to one mailbox, plus-tags folded, and both by who asks for them. Alerts are outside every quota. */
@Injectable()
export class MailQuota {
  constructor(
    private readonly budgets: GuessBudget,
    private readonly keys: SecretKeys,
    private readonly settings: Settings,
  ) {}

  /** For a code. @throws DomainError `code.too-soon` when the mailbox has had its mails, whoever it belongs to. */
  async take(address: EmailAddress): Promise<void> {
    await this.require(this.hourly('mails', this.keyOf('mail-quota', address.foldedMailbox)));
  }

  /**
   * For a code that an account has sent to an address which is not its own. Before what is the mailbox's: who asks too
   * often must not use up the mails of others. @throws DomainError `code.too-soon`
   */
  async takeOfAccount(accountId: string): Promise<void> {
    await this.require(this.hourly('mails-of-account', accountId));
  }

  /**
   * For what somebody asks for who is not signed in; before what is the mailbox's. Resets by themselves: codes must not
   * use up the way back in of those who share the address. @throws DomainError `code.too-soon`
   */
  async takeOfSource(mails: 'codes' | 'resets', ip: string | null): Promise<void> {
    const { sourceFailures: maxTries } = this.settings;
    if (maxTries === 0) return;
    await this.require({
      scope: `${mails}-of-source`,
      key: networkOf(ip),
      maxTries,
      windowSeconds: SOURCE_WINDOW_SECONDS,
    });
  }

  /**
   * For a reset, by itself and by the exact address: codes that strangers ask for, or resets of plus-tags that are
   * nobody's, must not use up an owner's way back in. @throws DomainError `code.too-soon`
   */
  async takeReset(address: EmailAddress): Promise<void> {
    await this.require(this.hourly('reset-mails', this.keyOf('mail-quota', address.value)));
  }

  /** At most one mail a `CODE_RESEND_SECONDS` for what `what` names. @throws DomainError `code.too-soon` */
  async pause(what: string, address: EmailAddress): Promise<void> {
    const { codeResendSeconds: windowSeconds } = this.settings;
    if (windowSeconds === 0) return;
    const key = this.keyOf('code-send', what, address.value);
    await this.require({ scope: 'code-send', key, maxTries: 1, windowSeconds });
  }

  private hourly(scope: string, key: string): Budget {
    return { scope, key, maxTries: this.settings.mailsPerAddressPerHour, windowSeconds: HOUR_SECONDS };
  }

  private keyOf(...words: [string, ...string[]]): string {
    return this.keys.hmac(...words).toString('base64url');
  }

  private async require(budget: Budget): Promise<void> {
    const { spentScopes, retryAfterSeconds } = await this.budgets.take(budget);
    if (spentScopes.length > 0) throw new DomainError('code.too-soon', { retryAfterSeconds });
  }
}

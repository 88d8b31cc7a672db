import { Injectable } from '@nestjs/common';
import { DomainError, type Requester } from '@app/contracts';
import { UnitOfWork } from '@app/platform';
import { AccountRepository } from './account.repository';
import { EmailAddress } from './email-address';
import { EmailUndos } from './email-undos';
import { inEvenTime } from './even-time';
import { MailQuota } from './mail-quota';
import { PasswordResets } from './password-resets';

/** Mails a reset link to the account's address. Answers, and takes its time, as if every address were somebody's. */
@Injectable()
export class RequestPasswordReset {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly undos: EmailUndos,
    private readonly quota: MailQuota,
    private readonly resets: PasswordResets,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Never refuses: what is no address is answered as one that is nobody's. */
  execute(email: string, requester: Requester): Promise<void> {
    return inEvenTime(() => this.mailIfKnown(email, requester));
  }

  private async mailIfKnown(email: string, requester: Requester): Promise<void> {
    const address = EmailAddress.tryParse(email);
    if (address && (await this.isWithinQuota(address, requester))) await this.mail(address, requester);
  }

  private async mail(address: EmailAddress, requester: Requester): Promise<void> {
    const account = await this.accounts.findByEmail(address.value);
    const known = account !== null && (await this.undos.mayRecover(account)) ? account : null;
    try {
      await this.unitOfWork.run(requester, async (tx) => {
        // Changed since, the account would be opened again by a link to an address that was taken off it.
        if (known) await this.accounts.requireUnchanged(tx, known);
        await this.resets.mail(tx, known, { onlyWayIn: false });
      });
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'account.changed-meanwhile') throw error;
      await this.mail(address, requester);
    }
  }

  /**
   * For a service that knows the account, so with a true answer, and outside the mailbox's quota: what strangers have
   * asked for must not keep it from being mailed.
   * @throws DomainError `account.not-found`, `account.changed-meanwhile`, `password-reset.not-sendable`
   */
  async executeFor(accountId: string, requester: Requester): Promise<void> {
    const account = await this.accounts.find(accountId);
    const mayReset = account !== null && (await this.undos.mayRecover(account));
    await this.unitOfWork.run(requester, async (tx) => {
      if (!account) throw new DomainError('account.not-found');
      if (!mayReset) throw new DomainError('password-reset.not-sendable');
      await this.accounts.requireUnchanged(tx, account);
      await this.resets.mail(tx, account, { onlyWayIn: false });
    });
  }

  /** Silent: the answer must not tell whose mailbox has had its mails. */
  private async isWithinQuota(address: EmailAddress, { ip }: Requester): Promise<boolean> {
    try {
      await this.quota.takeOfSource('resets', ip);
      await this.quota.pause('password-reset', address);
      await this.quota.takeReset(address);
      return true;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'code.too-soon') return false;
      throw error;
    }
  }
}

import { Injectable } from '@nestjs/common';
import { DomainError } from '@app/contracts';
import type { LiveAccount, Plan } from './account.entity';
import { AccountRepository } from './account.repository';
import { ApiKeys } from './api-keys';
import type { CheckedAccount } from './check-credentials';
import { EmailAddress } from './email-address';
import { reaches, requirePlan } from './require-plan';

export interface ApiKeyPolicy {
  minimumPlan: Plan;
  /** From this plan on an organisation's owner may act for another member of it. */
  actForMembersFrom: Plan;
}

/** The account that a program with an API key acts for. No password is asked: the key is the proof. */
@Injectable()
export class IdentifyByApiKey {
  constructor(
    private readonly apiKeys: ApiKeys,
    private readonly accounts: AccountRepository,
  ) {}

  /**
   * `memberEmail` counts only for the owner of an organisation whose plan allows it; else it is ignored, whatever it is.
   * @throws DomainError `plan.too-low`, `email.invalid`
   */
  async execute(holder: LiveAccount, memberEmail: unknown, policy: ApiKeyPolicy): Promise<CheckedAccount> {
    requirePlan(holder.plan, policy.minimumPlan);
    const mayActForMembers = reaches(holder.plan, policy.actForMembersFrom) && holder.organisationRole === 'owner';
    const account = memberEmail !== undefined && mayActForMembers ? await this.memberOf(holder, memberEmail) : holder;
    return {
      accountId: account.id,
      credentialVersion: account.credentialVersion,
      passwordChangeOnly: account.passwordChangeRequired,
    };
  }

  /** @throws DomainError `api-key.invalid`: also for the key of an account that nobody may sign in to. */
  async holderOf(apiKey: string): Promise<LiveAccount> {
    const account = await this.apiKeys.holderOf(apiKey);
    if (!account || isBlocked(account)) throw new DomainError('api-key.invalid');
    return account;
  }

  /** Somebody who is not a member is answered as an address that is nobody's. */
  private async memberOf(owner: LiveAccount, email: unknown): Promise<LiveAccount> {
    const member = await this.accounts.findByEmail(EmailAddress.parse(email).value);
    if (!member || isBlocked(member) || member.organisationId !== owner.organisationId) {
      throw new DomainError('email.invalid');
    }
    return member;
  }
}

const isBlocked = (account: LiveAccount): boolean => account.disabled || account.passwordResetRequired;

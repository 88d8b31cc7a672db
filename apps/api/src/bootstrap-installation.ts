import { Injectable } from '@nestjs/common';
import { ApiKeys, CreateAccount } from '@app/account';
import { DomainError, type Requester } from '@app/contracts';
import { Settings } from '@app/platform';
import { Applications, SCOPES, ServiceClients } from '@app/session';

const SYSTEM: Requester = {
  actor: { kind: 'system' },
  requestId: 'bootstrap',
  ip: null,
  userAgent: null,
  device: null,
};

/** Puts the first service client, application and account that the settings name. What stands already stays. */
@Injectable()
export class BootstrapInstallation {
  constructor(
    private readonly settings: Settings,
    private readonly serviceClients: ServiceClients,
    private readonly applications: Applications,
    private readonly createAccount: CreateAccount,
    private readonly apiKeys: ApiKeys,
  ) {}

  async execute(): Promise<void> {
    const { serviceClient, applicationId } = this.settings.bootstrap;
    if (serviceClient) {
      await this.serviceClients.put({ ...serviceClient, name: 'bootstrap', scopes: SCOPES }, SYSTEM);
    }
    if (applicationId !== undefined) await this.applications.put(applicationId, 'bootstrap', SYSTEM);
    await this.putAccount();
  }

  private async putAccount(): Promise<void> {
    const { account } = this.settings.bootstrap;
    if (!account) return;
    try {
      const created = await this.createAccount.execute({ ...account, emailVerified: true }, SYSTEM);
      if (account.apiKey !== undefined) await this.apiKeys.put(created.id, account.apiKey, SYSTEM);
    } catch (error) {
      // It stands already, or its address has moved on: either way it is no longer ours to make.
      if (!(error instanceof DomainError && error.code === 'email.unavailable')) throw error;
    }
  }
}

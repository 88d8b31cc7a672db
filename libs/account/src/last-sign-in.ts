import { Injectable } from '@nestjs/common';
import { AuditLog } from '@app/platform';

/** When a password last opened a session of the account, through whichever door; API keys do not count. */
@Injectable()
export class LastSignIn {
  constructor(private readonly audit: AuditLog) {}

  /** `null` when it never did. */
  of(accountId: string): Promise<Date | null> {
    return this.audit.lastTimeOf('sign-in.succeeded', accountId);
  }
}

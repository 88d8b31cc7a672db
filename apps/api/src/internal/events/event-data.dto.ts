import type { Type } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import type { CodePurpose } from '@app/contracts';
import type { FeedEvent, FeedEventName } from '@app/platform';

class AccountEventDto {
  accountId: string;

  /** The account's, after the event; it only grows. */
  credentialVersion: number;
}

class CodeRequestedDto {
  accountId: string;
  purpose: CodePurpose;

  /** RFC 3339. */
  expiresAt: string;
}

class AddressEventDto extends AccountEventDto {
  email: string;
}

class EmailChangeRequestedDto extends AccountEventDto {
  newEmail: string;

  /** RFC 3339. */
  expiresAt: string;
}

class EmailChangeUndoneDto extends AccountEventDto {
  restoredEmail: string;
  replacedEmail: string;
}

class EmailChangedDto extends AccountEventDto {
  oldEmail: string;
  newEmail: string;
  emailVerified: boolean;

  /** The session that asked and goes on under a new id. */
  keepSessionId: string | null;

  /** Until when the address that was left can undo the change, RFC 3339; null when it cannot. */
  undoUntil: string | null;

  /** API keys of the account that go on working. */
  apiKeysAlive: number;
}

class PasswordChangedDto extends AccountEventDto {
  /** By the signed-in person, by a mailed link or by a mailed code. */
  by: 'change' | 'reset' | 'code';

  /** The session that asked and goes on under a new id. */
  keepSessionId: string | null;

  /** Whether breached passwords could be looked up; absent where they are not. */
  breachLookup?: 'clear' | 'failed';

  /** API keys of the account that go on working. */
  apiKeysAlive: number;
}

class PasswordProvedAfterFailuresDto extends AccountEventDto {
  /** How many tries had failed since the last one that was right. */
  failures: number;
}

class PasswordResetRequestedDto {
  accountId: string;

  /** RFC 3339. */
  expiresAt: string;

  /** Nobody signs in until it is used. */
  onlyWayIn: boolean;
}

class AccountUpdatedDto extends AccountEventDto {
  /** Names of the fields that were given. */
  fields: string[];
}

class ApiKeyEventDto extends AccountEventDto {
  apiKeyId: string;
}

class ApiKeyRotatedDto extends ApiKeyEventDto {
  replacedApiKeyId: string;

  /** Until when the one that was replaced works, RFC 3339. */
  replacedUntil: string;
}

class SessionsEndedEventDto extends AccountEventDto {
  /** How many of them were live. */
  count: number;
}

class RefreshTokenReusedDto extends AccountEventDto {
  sessionId: string;
}

class ManyAccountsEventDto {
  @ApiProperty({ type: 'null' })
  accountId: null;
}

class ApplicationRevokedDto extends ManyAccountsEventDto {
  /** Sessions that were opened under it have ended. */
  clientId: string;

  name: string;
}

class InstallationRestoredDto extends ManyAccountsEventDto {
  accounts: number;

  /** Accounts that nobody signs in to before a reset. */
  toBeReset: number;

  sessionsEnded: number;
  undoLinks: 'keep' | 'end';
  keys: 'keep' | 'end';
}

class AllSessionsEndedDto extends ManyAccountsEventDto {
  /** How many of them were live. */
  count: number;
}

/** What the data of an event looks like, by its name. */
export const EVENT_DATA: { [N in FeedEventName]: Type<FeedEvent<N>['data']> } = {
  'account.code-requested.v1': CodeRequestedDto,
  'account.created.v1': AddressEventDto,
  'account.deleted.v1': AccountEventDto,
  'account.disabled.v1': AccountEventDto,
  'account.email-change-cancelled.v1': AccountEventDto,
  'account.email-change-requested.v1': EmailChangeRequestedDto,
  'account.email-change-undone.v1': EmailChangeUndoneDto,
  'account.email-changed.v1': EmailChangedDto,
  'account.email-verified.v1': AddressEventDto,
  'account.email-wanted-by-another.v1': AccountEventDto,
  'account.enabled.v1': AccountEventDto,
  'account.password-change-disowned.v1': AccountEventDto,
  'account.password-change-required.v1': AccountEventDto,
  'account.password-changed.v1': PasswordChangedDto,
  'account.password-proved-after-failures.v1': PasswordProvedAfterFailuresDto,
  'account.password-reset-requested.v1': PasswordResetRequestedDto,
  'account.updated.v1': AccountUpdatedDto,
  'api-key.created.v1': ApiKeyEventDto,
  'api-key.revoked.v1': ApiKeyEventDto,
  'api-key.rotated.v1': ApiKeyRotatedDto,
  'application.revoked.v1': ApplicationRevokedDto,
  'installation.restored.v1': InstallationRestoredDto,
  'session.all-sessions-ended.v1': AllSessionsEndedDto,
  'session.ended.v1': SessionsEndedEventDto,
  'session.refresh-token-reused.v1': RefreshTokenReusedDto,
  'session.sessions-ended.v1': SessionsEndedEventDto,
};

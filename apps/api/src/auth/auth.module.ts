import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccountModule, CheckCredentials, HoldAccount } from '@app/account';
import {
  AccountHold,
  CredentialCheck,
  OwnSessions,
  RefreshSession,
  RevokeSessions,
  RevokeToken,
  SessionModule,
  SignIn,
} from '@app/session';
import { BearerStrategy } from './access-token.strategy';
import { AccessTokenGuard } from './token.guard';

/** Who may come in. Joins what sessions ask of accounts (whose pair is this?) to the account's answers. */
@Global()
@Module({
  imports: [AccountModule, SessionModule],
  providers: [
    { provide: APP_GUARD, useClass: AccessTokenGuard },
    { provide: AccountHold, useExisting: HoldAccount },
    { provide: CredentialCheck, useExisting: CheckCredentials },
    BearerStrategy,
    OwnSessions,
    RefreshSession,
    RevokeSessions,
    RevokeToken,
    SignIn,
  ],
  exports: [AccountModule, OwnSessions, RefreshSession, RevokeSessions, RevokeToken, SessionModule, SignIn],
})
export class AuthModule {}

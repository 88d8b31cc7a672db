import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccountModule, CheckCredentials, HoldAccount } from '@app/account';
import { AccountHold, CredentialCheck, RevokeSessions, SessionModule, SignIn } from '@app/session';
import { AccessTokenJudge } from './access-token.judge';
import { BearerStrategy } from './access-token.strategy';
import { ServiceTokens } from './service-token';
import { AccessTokenGuard } from './token.guard';

/** Who may come in. Joins what sessions ask of accounts (whose pair is this?) to the account's answers. */
@Global()
@Module({
  imports: [AccountModule, SessionModule],
  providers: [
    { provide: APP_GUARD, useClass: AccessTokenGuard },
    { provide: AccountHold, useExisting: HoldAccount },
    { provide: CredentialCheck, useExisting: CheckCredentials },
    AccessTokenJudge,
    BearerStrategy,
    RevokeSessions,
    ServiceTokens,
    SignIn,
  ],
  exports: [AccessTokenJudge, AccountModule, RevokeSessions, ServiceTokens, SessionModule, SignIn],
})
export class AuthModule {}

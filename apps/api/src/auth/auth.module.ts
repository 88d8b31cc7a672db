import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccountModule, CheckCredentials } from '@app/account';
import { CredentialCheck, SessionModule, SignIn } from '@app/session';
import { AccessTokenJudge } from './access-token.judge';
import { BearerStrategy } from './access-token.strategy';
import { ServiceTokens } from './service-token';
import { AccessTokenGuard } from './token.guard';

/** Who may come in. Joins the session's question, whose pair is this, to the account's answer. */
@Global()
@Module({
  imports: [AccountModule, SessionModule],
  providers: [
    { provide: APP_GUARD, useClass: AccessTokenGuard },
    { provide: CredentialCheck, useExisting: CheckCredentials },
    AccessTokenJudge,
    BearerStrategy,
    ServiceTokens,
    SignIn,
  ],
  exports: [AccessTokenJudge, AccountModule, ServiceTokens, SessionModule, SignIn],
})
export class AuthModule {}

import { Module } from '@nestjs/common';
import { AccessTokens } from './access-token';
import { AccessTokenJudge } from './access-token.judge';
import { Applications } from './applications';
import { CheckAskerConsumer } from './check-asker.consumer';
import { ContinueSession } from './continue-session';
import { EndSessionsConsumer } from './end-sessions.consumer';
import { IntrospectToken } from './introspect-token';
import { KeyRing } from './key-ring';
import { Liveness } from './liveness';
import { OpenSession } from './open-session';
import { ServiceClients } from './service-clients';
import { ServiceTokens } from './service-tokens';
import { SignedTokens } from './signed-tokens';

const SERVICES = [
  AccessTokenJudge,
  AccessTokens,
  Applications,
  ContinueSession,
  IntrospectToken,
  KeyRing,
  Liveness,
  OpenSession,
  ServiceClients,
  ServiceTokens,
  SignedTokens,
];

/** Sessions and their tokens. Hears EmailChanged and PasswordChanged and ends what is older. */
@Module({ providers: [...SERVICES, CheckAskerConsumer, EndSessionsConsumer], exports: SERVICES })
export class SessionModule {}

import { Session } from './session.entity';

export { type AccessTokenClaims, AccessTokens } from './access-token';
export { AccessTokenJudge, isAccessToken } from './access-token.judge';
export { AccountHold } from './account-hold';
export { type Application, Applications } from './applications';
export { ContinueSession } from './continue-session';
export { CredentialCheck } from './credential-check';
export { KeyRing, type PublicJwk } from './key-ring';
export { IntrospectToken, type LiveToken } from './introspect-token';
export { Liveness, type LiveSession } from './liveness';
export { type IssuedTokens, OpenSession, type ProvedAccount, type SessionKind } from './open-session';
export { type ListedSession, OwnSessions } from './own-sessions';
export { CREATION_CURSOR } from './page-by-creation';
export { RefreshSession } from './refresh-session';
export { endEveryone, RevokeSessions } from './revoke-sessions';
export { RevokeToken } from './revoke-token';
export { endEverySecret, type Scope, SCOPES, type ServiceClient, ServiceClients } from './service-clients';
export { SERVICE_TOKEN_SECONDS, type ServiceIdentity, ServiceTokens } from './service-tokens';
export { SESSION_RETENTION } from './session-retention';
export { SessionModule } from './session.module';
export { SignIn } from './sign-in';
export { SignedTokens } from './signed-tokens';

export const SESSION_ENTITIES = [Session];

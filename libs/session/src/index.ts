import { Session } from './session.entity';

export { ACCESS_TOKEN_TYPE, type AccessTokenClaims, AccessTokens } from './access-token';
export { AccountHold } from './account-hold';
export { type Application, Applications } from './applications';
export { ContinueSession } from './continue-session';
export { CredentialCheck } from './credential-check';
export { KeyRing, type PublicJwk } from './key-ring';
export { Liveness, type LiveSession } from './liveness';
export { type IssuedTokens, OpenSession, type ProvedAccount, type SessionKind } from './open-session';
export { type ListedSession, OwnSessions } from './own-sessions';
export { RefreshSession } from './refresh-session';
export { RevokeSessions } from './revoke-sessions';
export { type Scope, SCOPES, type ServiceClient, ServiceClients } from './service-clients';
export { SessionModule } from './session.module';
export { SignIn } from './sign-in';

export const SESSION_ENTITIES = [Session];

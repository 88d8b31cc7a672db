export { type ActiveToken, Introspection } from './introspection';
export type { InternalClient } from './oauth-client';
export { type AccountClient, accountClient, internalClient } from './rekey-client';
export type { RekeyOptions } from './rekey-options';
export { RekeyUnavailableError } from './rekey-unavailable.error';
export { Person, RekeyGuard } from './rekey.guard';
export { RekeyModule } from './rekey.module';

import { Module } from '@nestjs/common';
import { Documented } from '../explorer/surface-document';
import { SurfaceRegistry } from '../http/surface';
import { ApiKeysController } from './access/api-keys.controller';
import { ApplicationsController } from './access/applications.controller';
import { ServiceClientsController } from './access/service-clients.controller';
import { AccountAccessController } from './accounts/account-access.controller';
import { AccountsController } from './accounts/accounts.controller';
import { AccountImport } from './accounts/import/account-import';
import { AccountImportController } from './accounts/import/account-import.controller';
import { EventsController } from './events/events.controller';
import { INTERNAL_DOCUMENT } from './internal.docs';
import { OAUTH } from './oauth/oauth.surface';
import { IntrospectionController } from './oauth/introspection.controller';
import { TokenController } from './oauth/token.controller';
import { OutboxController } from './outbox/outbox.controller';
import { SessionsController } from './sessions/sessions.controller';

/** What other services ask of this one, on the internal listener alone. */
@Documented(INTERNAL_DOCUMENT)
@Module({
  controllers: [
    AccountAccessController,
    AccountImportController,
    AccountsController,
    ApiKeysController,
    ApplicationsController,
    EventsController,
    IntrospectionController,
    OutboxController,
    ServiceClientsController,
    SessionsController,
    TokenController,
  ],
  providers: [AccountImport],
})
export class InternalApiModule {
  constructor(surfaces: SurfaceRegistry) {
    surfaces.register(OAUTH);
  }
}

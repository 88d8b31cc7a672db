import { type DynamicModule, Module } from '@nestjs/common';
import { ACCOUNT_ENTITIES, accountRetention, SecretLives } from '@app/account';
import { NOTIFICATION_ENTITIES, NOTIFICATION_RETENTION, NotificationsModule } from '@app/notifications';
import { parseEnvironment, PlatformModule, type Settings } from '@app/platform';
import { SESSION_ENTITIES, SESSION_RETENTION } from '@app/session';
import { AccountApiModule } from './account/account-api.module';
import { AuthModule } from './auth/auth.module';
import { BootstrapInstallation } from './bootstrap-installation';
import { AppliveryModule } from './dialects/applivery/applivery.module';
import { BamboocloudModule } from './dialects/bamboocloud/bamboocloud.module';
import { VivoldiModule } from './dialects/vivoldi/vivoldi.module';
import { DevMailboxModule } from './dev-mailbox/dev-mailbox.module';
import { HealthModule } from './health/health.module';
import { EdgeModule } from './http/edge.module';
import { MetricsModule } from './metrics/metrics.module';
import { PagesModule } from './pages/pages.module';
import { InternalApiModule } from './internal/internal-api.module';

const ENTITIES = [...ACCOUNT_ENTITIES, ...SESSION_ENTITIES, ...NOTIFICATION_ENTITIES];
const retentionOf = (settings: Settings) => [
  ...SESSION_RETENTION,
  ...accountRetention(settings),
  ...NOTIFICATION_RETENTION,
];

/** The composition root: what the service consists of. A dialect goes with its one line. */
@Module({})
export class ApiModule {
  static forRoot(settings: Settings): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        PlatformModule.forRoot(settings, ENTITIES, retentionOf(settings)),
        EdgeModule,
        AuthModule,
        NotificationsModule.forRoot(SecretLives),
        AccountApiModule,
        InternalApiModule,
        ...(settings.isProduction ? [] : [DevMailboxModule]),
        AppliveryModule,
        BamboocloudModule,
        VivoldiModule.forRoot(parseEnvironment(VivoldiModule.settings, process.env)),
        HealthModule,
        MetricsModule,
        PagesModule,
      ],
      providers: [BootstrapInstallation],
    };
  }
}

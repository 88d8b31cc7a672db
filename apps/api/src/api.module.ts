import { type DynamicModule, Module } from '@nestjs/common';
import { ACCOUNT_ENTITIES } from '@app/account';
import { NOTIFICATION_ENTITIES, NotificationsModule } from '@app/notifications';
import { PlatformModule, type Settings } from '@app/platform';
import { SESSION_ENTITIES } from '@app/session';
import { AuthModule } from './auth/auth.module';
import { BootstrapInstallation } from './bootstrap-installation';
import { AppliveryModule } from './dialects/applivery/applivery.module';
import { HealthController } from './health/health.controller';
import { EdgeModule } from './http/edge.module';

/** The composition root: what the service consists of. A dialect goes with its one line. */
@Module({})
export class ApiModule {
  static forRoot(settings: Settings): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        PlatformModule.forRoot(settings, [...ACCOUNT_ENTITIES, ...SESSION_ENTITIES, ...NOTIFICATION_ENTITIES]),
        EdgeModule,
        AuthModule,
        NotificationsModule,
        AppliveryModule,
      ],
      controllers: [HealthController],
      providers: [BootstrapInstallation],
    };
  }
}

import { type DynamicModule, Module } from '@nestjs/common';
import { NOTIFICATION_ENTITIES, NotificationsModule } from '@app/notifications';
import { PlatformModule, type Settings } from '@app/platform';

/** Delivery without HTTP: the after-commit consumers and what they stand on. */
@Module({})
export class WorkerModule {
  static forRoot(settings: Settings): DynamicModule {
    return {
      module: WorkerModule,
      imports: [PlatformModule.forRoot(settings, NOTIFICATION_ENTITIES), NotificationsModule],
    };
  }
}

import { type DynamicModule, Module } from '@nestjs/common';
import { ACCOUNT_RETENTION } from '@app/account';
import { NOTIFICATION_ENTITIES, NOTIFICATION_RETENTION, NotificationsModule } from '@app/notifications';
import { PlatformModule, type Settings } from '@app/platform';
import { SESSION_RETENTION } from '@app/session';

const RETENTION = [...SESSION_RETENTION, ...ACCOUNT_RETENTION, ...NOTIFICATION_RETENTION];

/** What is done without HTTP: the after-commit consumers, and the purge of what is over. */
@Module({})
export class WorkerModule {
  static forRoot(settings: Settings): DynamicModule {
    return {
      module: WorkerModule,
      imports: [PlatformModule.forRoot(settings, NOTIFICATION_ENTITIES, RETENTION), NotificationsModule],
    };
  }
}

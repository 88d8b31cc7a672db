import { type DynamicModule, Module } from '@nestjs/common';
import { accountRetention, SecretLives } from '@app/account';
import { NOTIFICATION_ENTITIES, NOTIFICATION_RETENTION, NotificationsModule } from '@app/notifications';
import { PlatformModule, type Settings } from '@app/platform';
import { SESSION_RETENTION } from '@app/session';

/** What is done without HTTP: the after-commit consumers, and the purge of what is over. */
@Module({})
export class WorkerModule {
  static forRoot(settings: Settings): DynamicModule {
    const retention = [...SESSION_RETENTION, ...accountRetention(settings), ...NOTIFICATION_RETENTION];
    return {
      module: WorkerModule,
      imports: [
        PlatformModule.forRoot(settings, NOTIFICATION_ENTITIES, retention),
        NotificationsModule.forRoot(SecretLives),
      ],
    };
  }
}

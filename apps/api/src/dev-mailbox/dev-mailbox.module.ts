import { Module } from '@nestjs/common';
import { NotificationsModule } from '@app/notifications';
import { DevMailboxController } from './dev-mailbox.controller';

/** The mails that would have gone out. Never part of a production service. */
@Module({ imports: [NotificationsModule], controllers: [DevMailboxController] })
export class DevMailboxModule {}

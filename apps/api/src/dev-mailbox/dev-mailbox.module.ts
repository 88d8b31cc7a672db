import { Module } from '@nestjs/common';
import { Mailbox } from '@app/notifications';
import { DevMailboxController } from './dev-mailbox.controller';

/** The mails that would have gone out. Never part of a production service. */
@Module({ controllers: [DevMailboxController], providers: [Mailbox] })
export class DevMailboxModule {}

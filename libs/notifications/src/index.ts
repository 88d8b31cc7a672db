import { MailboxMessage } from './mailbox-message.entity';

export const NOTIFICATION_ENTITIES = [MailboxMessage];
export type { DeliverySecret } from './delivery-secret';
export { Mailbox } from './mailbox';
export { MailboxMessage } from './mailbox-message.entity';
export { NOTIFICATION_RETENTION } from './notification-retention';
export { NotificationsModule } from './notifications.module';

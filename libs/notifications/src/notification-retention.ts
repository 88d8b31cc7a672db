import { removeWhere, type RetentionRule } from '@app/platform';

/** The development mailbox. */
export const NOTIFICATION_RETENTION: readonly RetentionRule[] = [
  removeWhere('mailbox_message', `sent_at <= now() - interval '7 days'`),
];

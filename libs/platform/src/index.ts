export { configurationTable } from './config/configuration-table';
export { loadSettings } from './config/load-settings';
export { parseEnvironment } from './config/parse-environment';
export { PasswordList } from './config/password-list';
export { policySchema } from './config/policy-schema';
export { serviceSchema } from './config/service-schema';
export { Settings } from './config/settings';
export { SettingsError } from './config/settings-error';
export { createDataSource } from './database/data-source';
export { migrate } from './database/migrate';
export { type Clauses, type Given, statement } from './database/statement';
export { Tx, UnitOfWork } from './database/unit-of-work';
export { AfterCommit, type Delivery, InTransaction } from './events/decorators';
export { EventDispatcher } from './events/event-dispatcher';
export { PasswordHasher } from './hashing/password-hasher';
export { normalisePassword } from './hashing/password-text';
export { IdempotencyKeys, type KeyedRequest } from './idempotency/idempotency-keys';
export { isRepeat, type Reservation, withoutReservation, withReservation } from './idempotency/reservation';
export { jsonLogger } from './json-logger';
export { AuditLog } from './outbox/audit-log';
export { type AuditEntry, AuditTrail } from './outbox/audit-trail';
export { Deliverer } from './outbox/deliverer';
export { DeliveryQueue } from './outbox/delivery-queue';
export { EventFeed, type FeedPage, type FeedQuery } from './outbox/event-feed';
export { type FeedEvent, type FeedEventName, MAIL_ONLY, OF_MANY_ACCOUNTS } from './outbox/feed-event';
export { LastingFailure } from './outbox/lasting-failure';
export { forgetSealed } from './outbox/forget-sealed';
export { ParkedDeliveries, type ParkedDelivery, type RetriedNews } from './outbox/parked-deliveries';
export { PlatformModule } from './platform.module';
export { Purger } from './retention/purger';
export { removeWhere, type RetentionRule } from './retention/retention-rule';
export { SecretKeys } from './secrets/code-key';
export { digest, equalBytes, randomCode, randomToken } from './secrets/random-code';
export { startFailure } from './start-failure';
export {
  type Budget,
  budgetsJson,
  type Grant,
  type GrantRow,
  grantOf,
  GuessBudget,
  type Settlement,
} from './throttling/guess-budget';

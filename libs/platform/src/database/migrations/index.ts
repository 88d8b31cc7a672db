import { Init1790000000000 } from './1790000000000-init';
import { EventFeed1790000001000 } from './1790000001000-event-feed';
import { PersonalTraces1790000010000 } from './1790000010000-personal-traces';
import { RevokedServiceTokens1790000015000 } from './1790000015000-revoked-service-tokens';
import { AuditByService1790000020000 } from './1790000020000-audit-by-service';
import { IdempotencyOutcome1790000021000 } from './1790000021000-idempotency-outcome';
import { Retention1790000030000 } from './1790000030000-retention';

/** In the order they run. One that has landed is never edited. */
export const MIGRATIONS = [
  Init1790000000000,
  EventFeed1790000001000,
  PersonalTraces1790000010000,
  RevokedServiceTokens1790000015000,
  AuditByService1790000020000,
  IdempotencyOutcome1790000021000,
  Retention1790000030000,
];

import { Init1790000000000 } from './1790000000000-init';
import { EventFeed1790000001000 } from './1790000001000-event-feed';
import { PersonalTraces1790000010000 } from './1790000010000-personal-traces';
import { RevokedServiceTokens1790000015000 } from './1790000015000-revoked-service-tokens';
import { AuditByService1790000020000 } from './1790000020000-audit-by-service';
import { IdempotencyOutcome1790000021000 } from './1790000021000-idempotency-outcome';
import { Retention1790000030000 } from './1790000030000-retention';
import { SessionsOfApplications1790000040000 } from './1790000040000-sessions-of-applications';
import { RetentionOfLinks1790000040001 } from './1790000040001-retention-of-links';
import { LogOnlyAddedTo1790000041000 } from './1790000041000-log-only-added-to';
import { PasswordHistory1790000041001 } from './1790000041001-password-history';
import { UndoChains1790000042000 } from './1790000042000-undo-chains';
import { NotMeLinks1790000042001 } from './1790000042001-not-me-links';
import { TakeGuesses1790000043000 } from './1790000043000-take-guesses';
import { LiveSessions1790000044000 } from './1790000044000-live-sessions';
import { MailboxOrder1790000045000 } from './1790000045000-mailbox-order';
import { ReuseTold1790000046000 } from './1790000046000-reuse-told';
import { Languages1790000048000 } from './1790000048000-languages';
import { HardStop1790000049000 } from './1790000049000-hard-stop';
import { UndoLanguages1790000052000 } from './1790000052000-undo-languages';
import { RefusesAll1790000054000 } from './1790000054000-refuses-all';

/** In the order they run. One that has landed is never edited. */
export const MIGRATIONS = [
  Init1790000000000,
  EventFeed1790000001000,
  PersonalTraces1790000010000,
  RevokedServiceTokens1790000015000,
  AuditByService1790000020000,
  IdempotencyOutcome1790000021000,
  Retention1790000030000,
  SessionsOfApplications1790000040000,
  RetentionOfLinks1790000040001,
  LogOnlyAddedTo1790000041000,
  PasswordHistory1790000041001,
  UndoChains1790000042000,
  NotMeLinks1790000042001,
  TakeGuesses1790000043000,
  LiveSessions1790000044000,
  MailboxOrder1790000045000,
  ReuseTold1790000046000,
  Languages1790000048000,
  HardStop1790000049000,
  UndoLanguages1790000052000,
  RefusesAll1790000054000,
];

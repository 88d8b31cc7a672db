import { CODE_PURPOSES, type DomainEvent, type EventMap, type Recipient } from '@app/contracts';
import type { DeliverySecret } from './delivery-secret';
import {
  ACCOUNT,
  codeRequested,
  emailChanged,
  emailChangeUndone,
  emailChangeRequested,
  EXPIRES,
  NEW,
  passwordChanged,
  resetRequested,
  type Role,
  SECRETS,
} from './mail-examples';

export interface Row {
  title: string;
  role: Role;
  /** The secrets that this mail shows; every other one must be absent. */
  shows: (keyof DeliverySecret)[];
  /** What its delivery holds, where that is not every secret at once. */
  secret?: DeliverySecret | null;
  event: (recipients: Recipient[]) => DomainEvent;
  /** Nobody has proved that the mailbox is the asker's, whose words must not get there. */
  isUnproved?: true;
  /** Its reader has an account, which is not the asker's: from where that one was signed in is the asker's own. */
  isOfAnother?: true;
}

/** To the account's own address, without a secret. */
const alert = (title: string, event: Row['event']): Row => ({ title, role: 'current', shows: [], event });
const plainAlert = (
  name: 'account.email-wanted-by-another.v1' | 'account.disabled.v1' | 'account.enabled.v1' | 'account.deleted.v1',
): Row => alert(name, (recipients) => ({ name, data: { ...ACCOUNT, recipients } }));

/** An alert that offers a reset, and the same where none is mailed. */
function resetOffer(title: string, event: (data: EventMap['account.password-change-required.v1']) => DomainEvent) {
  return [true, false].map((canReset) =>
    alert(canReset ? title : `${title} where none is mailed`, (recipients) =>
      event({ ...ACCOUNT, canReset, recipients }),
    ),
  );
}

export const ROWS: Row[] = [
  ...(['change', 'reset', 'code'] as const).map((by): Row => ({
    title: `account.password-changed.v1 by ${by}`,
    role: 'current',
    shows: ['notMeToken'],
    event: (recipients) => passwordChanged({ by, recipients }),
  })),
  {
    title: 'account.password-changed.v1 to a common one with API keys alive',
    role: 'current',
    shows: ['notMeToken'],
    event: (recipients) => passwordChanged({ commonPassword: true, apiKeysAlive: 3, keepSessionId: null, recipients }),
  },
  {
    title: 'account.password-changed.v1 beside a change of address that it can undo',
    role: 'old',
    shows: [],
    secret: { undoToken: SECRETS.undoToken },
    event: (recipients) => passwordChanged({ recipients }),
  },
  {
    title: 'account.password-changed.v1 beside a change of address that it cannot undo',
    role: 'old',
    shows: [],
    secret: null,
    event: (recipients) => passwordChanged({ recipients }),
  },
  {
    title: 'account.password-changed.v1 of an unproved address',
    role: 'current',
    shows: [],
    secret: null,
    event: (recipients) => passwordChanged({ notMeUntil: null, recipients }),
  },
  {
    title: 'account.email-changed.v1',
    role: 'old',
    shows: ['undoToken'],
    event: (recipients) => emailChanged({ recipients }),
  },
  {
    title: 'account.email-changed.v1 that it cannot undo',
    role: 'old',
    shows: [],
    event: (recipients) => emailChanged({ undoUntil: null, recipients }),
  },
  {
    title: 'account.email-changed.v1',
    role: 'earlier',
    shows: [],
    event: (recipients) => emailChanged({ recipients }),
  },
  {
    title: 'account.email-changed.v1, unverified',
    role: 'new',
    isUnproved: true,
    shows: [],
    event: (recipients) => emailChanged({ recipients }),
  },
  {
    title: 'account.email-changed.v1, verified',
    role: 'new',
    shows: [],
    event: (recipients) => emailChanged({ emailVerified: true, recipients }),
  },
  {
    title: 'account.email-change-requested.v1',
    role: 'current',
    shows: ['cancelToken'],
    event: (recipients) => emailChangeRequested({ recipients }),
  },
  {
    title: 'account.email-change-requested.v1',
    role: 'new',
    isUnproved: true,
    shows: ['code'],
    event: (recipients) => emailChangeRequested({ recipients }),
  },
  {
    title: 'account.email-change-requested.v1 for a taken address',
    role: 'new',
    isUnproved: true,
    isOfAnother: true,
    shows: [],
    event: (recipients) => emailChangeRequested({ newEmailTaken: true, recipients }),
  },
  ...CODE_PURPOSES.flatMap((purpose) =>
    [false, true].map((addressTaken): Row => ({
      title: `account.code-requested.v1 for ${purpose}${addressTaken ? ', taken' : ''}`,
      role: 'current',
      shows: ['code'],
      event: (recipients) => codeRequested({ purpose, addressTaken, recipients }),
      ...(purpose === 'email-verification' && { isUnproved: true }),
    })),
  ),
  ...(['current', 'old', 'earlier'] as const).map((role): Row => ({
    title: 'account.email-change-undone.v1',
    role,
    shows: [],
    event: (recipients) => emailChangeUndone({ recipients }),
  })),
  alert('account.email-change-undone.v1 where no reset is mailed', (recipients) =>
    emailChangeUndone({ canReset: false, recipients }),
  ),
  {
    title: 'account.email-verified.v1 that ends its link',
    role: 'old',
    shows: [],
    event: (recipients) => ({ name: 'account.email-verified.v1', data: { ...ACCOUNT, email: NEW, recipients } }),
  },
  ...[false, true].map((onlyWayIn): Row => ({
    title: `account.password-reset-requested.v1${onlyWayIn ? ' after an undo' : ''}`,
    role: 'current',
    shows: ['resetToken'],
    event: (recipients) => resetRequested({ onlyWayIn, recipients }),
  })),
  ...resetOffer('account.password-proved-after-failures.v1', (data) => ({
    name: 'account.password-proved-after-failures.v1',
    data: { ...data, failures: 12 },
  })),
  ...resetOffer('account.password-change-required.v1', (data) => ({
    name: 'account.password-change-required.v1',
    data,
  })),
  plainAlert('account.email-wanted-by-another.v1'),
  ...resetOffer('account.password-change-disowned.v1', (data) => ({
    name: 'account.password-change-disowned.v1',
    data,
  })),
  plainAlert('account.disabled.v1'),
  plainAlert('account.enabled.v1'),
  ...[['plan'], ['locale', 'displayName']].map((fields) =>
    alert(`account.updated.v1 of ${fields.join(' and ')}`, (recipients) => ({
      name: 'account.updated.v1',
      data: { ...ACCOUNT, fields, recipients },
    })),
  ),
  plainAlert('account.deleted.v1'),
  {
    title: 'account.deleted.v1 that ends its link',
    role: 'earlier',
    shows: [],
    event: (recipients) => ({
      name: 'account.deleted.v1',
      data: { ...ACCOUNT, recipients: [{ address: NEW, locale: 'en', role: 'current' }, ...recipients] },
    }),
  },
  ...(['api-key.created.v1', 'api-key.revoked.v1'] as const).map((name) =>
    alert(name, (recipients) => ({ name, data: { ...ACCOUNT, apiKeyId: 'k-1', recipients } })),
  ),
  {
    title: 'api-key.rotated.v1',
    role: 'current',
    shows: [],
    event: (recipients) => ({
      name: 'api-key.rotated.v1',
      data: { ...ACCOUNT, apiKeyId: 'k-2', replacedApiKeyId: 'k-1', replacedUntil: EXPIRES, recipients },
    }),
  },
  ...resetOffer('session.sessions-ended.v1', (data) => ({
    name: 'session.sessions-ended.v1',
    data: { ...data, count: 3 },
  })),
  ...resetOffer('session.refresh-token-reused.v1', (data) => ({
    name: 'session.refresh-token-reused.v1',
    data: { ...data, sessionId: 's-1' },
  })),
];

import {
  type Change,
  CODE_PURPOSES,
  type DomainEvent,
  type EventMap,
  type Locale,
  type Recipient,
  type Requester,
} from '@app/contracts';
import type { DeliverySecret } from './delivery-secret';

export const SENDER = { publicUrl: 'https://accounts.example', from: 'Rekey <no-reply@accounts.example>' };
export const OLD = 'ada@old.example';
export const NEW = 'countess@new.example';
/** Every secret at once: a mail may show only the one that is its own. */
export const SECRETS = {
  code: '424242',
  cancelToken: 'cancel-token',
  notMeToken: 'not-me-token',
  undoToken: 'undo-token',
  resetToken: 'reset-token',
};
export const ACCOUNT = { accountId: 'a-1', credentialVersion: 2 };
const EXPIRES = '2026-11-21T23:15:00.000Z';

export type Role = Recipient['role'];
export const ADDRESSES = { current: OLD, old: OLD, new: NEW, earlier: OLD };
export const to = (role: Role, locale: Locale): Recipient => ({ address: ADDRESSES[role], locale, role });

export function changeOf(events: DomainEvent[], requester: Partial<Requester> = {}): Change {
  return {
    id: '0b9ad6a5-6a5b-4a4e-9d8e-1f0f2b7f4c11',
    at: '2026-11-21T23:05:07.123Z',
    requester: {
      actor: { kind: 'account', accountId: 'a-1', sessionId: 's-1' },
      requestId: 'r-1',
      ip: '203.0.113.7',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
      device: "Ada's laptop",
      ...requester,
    },
    events,
  };
}

export const passwordChanged = (data: Partial<EventMap['account.password-changed.v1']> = {}): DomainEvent => ({
  name: 'account.password-changed.v1',
  data: {
    ...ACCOUNT,
    by: 'change',
    keepSessionId: 's-2',
    commonPassword: false,
    apiKeysAlive: 0,
    notMeUntil: '2026-11-28T23:05:07.123Z',
    recipients: [to('current', 'en')],
    ...data,
  },
});
export const emailChanged = (data: Partial<EventMap['account.email-changed.v1']> = {}): DomainEvent => ({
  name: 'account.email-changed.v1',
  data: {
    ...ACCOUNT,
    oldEmail: OLD,
    newEmail: NEW,
    emailVerified: false,
    keepSessionId: null,
    undoUntil: '2026-11-28T23:05:07.123Z',
    apiKeysAlive: 2,
    recipients: [to('old', 'en'), to('new', 'en')],
    ...data,
  },
});
export const emailChangeRequested = (
  data: Partial<EventMap['account.email-change-requested.v1']> = {},
): DomainEvent => ({
  name: 'account.email-change-requested.v1',
  data: { ...ACCOUNT, newEmail: NEW, expiresAt: EXPIRES, newEmailTaken: false, recipients: [], ...data },
});
export const codeRequested = (data: Partial<EventMap['account.code-requested.v1']> = {}): DomainEvent => ({
  name: 'account.code-requested.v1',
  data: {
    accountId: 'a-1',
    purpose: 'address-proof',
    expiresAt: EXPIRES,
    addressTaken: false,
    recipients: [],
    ...data,
  },
});
export const resetRequested = (data: Partial<EventMap['account.password-reset-requested.v1']> = {}): DomainEvent => ({
  name: 'account.password-reset-requested.v1',
  data: { ...ACCOUNT, expiresAt: EXPIRES, onlyWayIn: false, recipients: [to('current', 'en')], ...data },
});

export interface Row {
  title: string;
  role: Role;
  /** The secrets that this mail shows; every other one must be absent. */
  shows: (keyof DeliverySecret)[];
  /** What its delivery holds, where that is not every secret at once. */
  secret?: DeliverySecret | null;
  event: (recipients: Recipient[]) => DomainEvent;
}

/** To the account's own address, without a secret. */
const alert = (title: string, event: Row['event']): Row => ({ title, role: 'current', shows: [], event });
const plainAlert = (
  name:
    | 'account.email-wanted-by-another.v1'
    | 'account.password-change-required.v1'
    | 'account.password-change-disowned.v1'
    | 'account.disabled.v1'
    | 'account.enabled.v1'
    | 'account.deleted.v1',
): Row => alert(name, (recipients) => ({ name, data: { ...ACCOUNT, recipients } }));

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
    shows: ['code'],
    event: (recipients) => emailChangeRequested({ recipients }),
  },
  {
    title: 'account.email-change-requested.v1 for a taken address',
    role: 'new',
    shows: [],
    event: (recipients) => emailChangeRequested({ newEmailTaken: true, recipients }),
  },
  ...CODE_PURPOSES.flatMap((purpose) =>
    [false, true].map((addressTaken): Row => ({
      title: `account.code-requested.v1 for ${purpose}${addressTaken ? ', taken' : ''}`,
      role: 'current',
      shows: ['code'],
      event: (recipients) => codeRequested({ purpose, addressTaken, recipients }),
    })),
  ),
  ...(['current', 'old', 'earlier'] as const).map((role): Row => ({
    title: 'account.email-change-undone.v1',
    role,
    shows: [],
    event: (recipients) => ({
      name: 'account.email-change-undone.v1',
      data: { ...ACCOUNT, restoredEmail: OLD, replacedEmail: NEW, recipients },
    }),
  })),
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
  ...[true, false].map((canReset) =>
    alert(`account.password-proved-after-failures.v1${canReset ? '' : ' to an unproved address'}`, (recipients) => ({
      name: 'account.password-proved-after-failures.v1',
      data: { ...ACCOUNT, failures: 12, canReset, recipients },
    })),
  ),
  plainAlert('account.email-wanted-by-another.v1'),
  plainAlert('account.password-change-disowned.v1'),
  plainAlert('account.password-change-required.v1'),
  plainAlert('account.disabled.v1'),
  plainAlert('account.enabled.v1'),
  ...[['plan'], ['locale', 'displayName']].map((fields) =>
    alert(`account.updated.v1 of ${fields.join(' and ')}`, (recipients) => ({
      name: 'account.updated.v1',
      data: { ...ACCOUNT, fields, recipients },
    })),
  ),
  plainAlert('account.deleted.v1'),
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
  alert('session.sessions-ended.v1', (recipients) => ({
    name: 'session.sessions-ended.v1',
    data: { ...ACCOUNT, count: 3, recipients },
  })),
  alert('session.refresh-token-reused.v1', (recipients) => ({
    name: 'session.refresh-token-reused.v1',
    data: { ...ACCOUNT, sessionId: 's-1', recipients },
  })),
];

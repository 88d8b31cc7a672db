import type { Change, DomainEvent, EventMap, Locale, Recipient, Requester } from '@app/contracts';

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
export const EXPIRES = '2026-11-21T23:15:00.000Z';

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
export const emailChangeUndone = (data: Partial<EventMap['account.email-change-undone.v1']> = {}): DomainEvent => ({
  name: 'account.email-change-undone.v1',
  data: {
    ...ACCOUNT,
    restoredEmail: OLD,
    replacedEmail: NEW,
    canReset: true,
    recipients: [to('current', 'en'), to('old', 'en')],
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

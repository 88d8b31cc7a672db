import type { CodeRequested, DomainEvent, EventMap, EventsOf, Recipient } from '@app/contracts';
import type { DeliverySecret } from '../delivery-secret';
import { maskAddress, utcTime } from './plain-text';

type MailedName = EventsOf<'notifications.send-mail'>;
export type MailedEvent = DomainEvent<MailedName>;

type Ending = Pick<CodeRequested, 'expiresAt'>;

/** One piece of news in a mail: a template and what it shows. */
export interface Section {
  template: string;
  data: Readonly<Record<string, string | number | boolean | null>>;
}

interface MailContext {
  /** When the change happened, RFC 3339. */
  at: string;
  to: Recipient;
  secret: DeliverySecret | null;
  /** Of what the mail carries; if it is not what the event says. */
  expiresAt?: Date | null;
  isRepeated: boolean;
  publicUrl: string;
}

export function isMailed(event: DomainEvent): event is MailedEvent {
  return Object.hasOwn(SECTIONS, event.name);
}

export function sectionOf<N extends MailedName>(name: N, data: EventMap[N], mail: MailContext): Section {
  return SECTIONS[name](data, mail);
}

const SECTIONS: { [N in MailedName]: (data: EventMap[N], mail: MailContext) => Section } = {
  'account.code-requested.v1': (data, mail) => ({
    template: `code-${data.purpose}`,
    data: { ...codeOf(data, mail), taken: data.addressTaken, url: `${mail.publicUrl}/email-verification` },
  }),
  'account.deleted.v1': accountDeleted,
  'account.disabled.v1': () => ({ template: 'account-disabled', data: {} }),
  'account.email-change-requested.v1': (data, mail) => {
    const newEmail = masked(data.newEmail, mail);
    if (mail.to.role !== 'new') {
      const url = tokenLink(mail, '/email-change/cancel', mail.secret?.cancelToken);
      return { template: 'email-change-requested-old', data: { newEmail, url, until: utcTime(endOf(data, mail)) } };
    }
    if (data.newEmailTaken) return { template: 'email-change-requested-taken', data: {} };
    return { template: 'email-change-requested-new', data: codeOf(data, mail) };
  },
  'account.email-change-undone.v1': (data, mail) => ({
    template: `email-change-undone-${UNDONE_FOR[mail.to.role]}`,
    data: {
      restoredEmail: masked(data.restoredEmail, mail),
      replacedEmail: masked(data.replacedEmail, mail),
      canReset: data.canReset,
    },
  }),
  'account.email-changed.v1': (data, mail) =>
    mail.to.role === 'new' ? emailChangedNew(data, mail) : emailChangedOld(data, mail),
  'account.email-verified.v1': (data, mail) => ({
    template: 'undo-link-ended',
    data: { email: masked(data.email, mail) },
  }),
  'account.email-wanted-by-another.v1': () => ({ template: 'email-change-requested-taken', data: {} }),
  'account.enabled.v1': () => ({ template: 'account-enabled', data: {} }),
  'account.password-change-disowned.v1': ({ canReset }) => ({
    template: 'password-change-disowned',
    data: { canReset },
  }),
  'account.password-change-required.v1': (data, mail) => ({
    template: 'password-change-required',
    data: resetOffer(data, mail),
  }),
  'account.password-changed.v1': (data, mail) => ({
    template: 'password-changed',
    data: {
      by: data.by,
      keptSession: data.keepSessionId !== null,
      commonPassword: data.commonPassword,
      apiKeysAlive: data.apiKeysAlive,
      // No reset goes to an address that has no link: the account has left it, or nobody proved it (ADR 0015).
      canReset: mail.to.role !== 'old' && data.notMeUntil !== null,
      canUndo: mail.secret?.undoToken !== undefined,
      url: tokenLink(mail, '/not-me', mail.secret?.notMeToken),
      until: data.notMeUntil && utcTime(data.notMeUntil),
      ...resetPage(mail),
    },
  }),
  'account.password-proved-after-failures.v1': (data, mail) => ({
    template: 'password-proved-after-failures',
    data: { failures: data.failures, ...resetOffer(data, mail) },
  }),
  'account.password-reset-requested.v1': (data, mail) => ({
    template: 'password-reset-requested',
    data: {
      url: tokenLink(mail, '/password-reset', mail.secret?.resetToken),
      until: utcTime(endOf(data, mail)),
      onlyWayIn: data.onlyWayIn,
    },
  }),
  'account.updated.v1': ({ fields }) => ({
    template: 'account-updated',
    data: Object.fromEntries(fields.map((field) => [field, true])),
  }),
  'api-key.created.v1': () => ({ template: 'api-key-created', data: {} }),
  'api-key.revoked.v1': () => ({ template: 'api-key-revoked', data: {} }),
  'api-key.rotated.v1': (data) => ({ template: 'api-key-rotated', data: { until: utcTime(data.replacedUntil) } }),
  'session.sessions-ended.v1': (data, mail) => ({ template: 'sessions-ended', data: resetOffer(data, mail) }),
  'session.refresh-token-reused.v1': (data, mail) => ({
    template: 'refresh-token-reused',
    data: resetOffer(data, mail),
  }),
};

/** What an undo was to a mailbox, by what its address is to the account. */
const UNDONE_FOR = { current: 'restored', old: 'replaced', new: 'replaced', earlier: 'earlier' } as const;

function accountDeleted({ recipients }: EventMap['account.deleted.v1'], mail: MailContext): Section {
  const last = recipients.find(({ role }) => role === 'current');
  if (!last || mail.to.role === 'current') return { template: 'account-deleted', data: {} };
  return { template: 'account-deleted-earlier', data: { email: masked(last.address, mail) } };
}

function emailChangedOld(data: EventMap['account.email-changed.v1'], mail: MailContext): Section {
  const facts = { newEmail: masked(data.newEmail, mail), apiKeysAlive: data.apiKeysAlive };
  if (mail.to.role === 'earlier') return { template: 'email-changed-again', data: facts };
  if (data.undoUntil === null) return { template: 'email-changed-left', data: facts };
  const url = tokenLink(mail, '/email-change/undo', mail.secret?.undoToken);
  return { template: 'email-changed-old', data: { ...facts, url, until: utcTime(data.undoUntil) } };
}

function emailChangedNew(data: EventMap['account.email-changed.v1'], mail: MailContext): Section {
  return {
    template: 'email-changed-new',
    data: {
      oldEmail: masked(data.oldEmail, mail),
      // An unverified one is asked to prove itself by the same change's code, which has a section of its own.
      verified: data.emailVerified,
      apiKeysAlive: data.apiKeysAlive,
      ...resetPage(mail),
    },
  };
}

function codeOf(data: Ending, mail: MailContext): Section['data'] {
  const end = endOf(data, mail);
  const minutes = Math.max(1, Math.round((Date.parse(end) - Date.parse(mail.at)) / 60_000));
  return { code: mail.secret?.code ?? null, until: utcTime(end), minutes };
}

/** A mail that leaves late carries something that lives longer than its event says. */
const endOf = (data: Ending, { expiresAt }: MailContext): string => expiresAt?.toISOString() ?? data.expiresAt;

const masked = (address: string, { isRepeated }: MailContext): string =>
  maskAddress(address, { withDomain: !isRepeated });

const resetPage = ({ publicUrl }: MailContext): Section['data'] => ({ resetUrl: `${publicUrl}/password-reset` });

const resetOffer = ({ canReset }: { canReset: boolean }, mail: MailContext): Section['data'] => ({
  canReset,
  ...resetPage(mail),
});

/**
 * In the path: a fragment never reaches a page that works without a script, and a query is what proxies and
 * statistics keep. The page sends no referrer, and opening it changes nothing.
 */
function tokenLink({ publicUrl }: MailContext, path: string, token: string | undefined): string | null {
  return token === undefined ? null : `${publicUrl}${path}/${encodeURIComponent(token)}`;
}

import { TEST_PUBLIC_URL } from './boot-api';

const LINKED_PAGES = ['email-change/undo', 'email-change/cancel', 'not-me', 'password-reset'] as const;
export type LinkedPage = (typeof LINKED_PAGES)[number];

/** What `api.mailsTo` lists; of an empty list the first one is none. */
type Mail = { text: string } | undefined;

/** The six digits that a mail shows. */
export function codeIn(mail: Mail): string {
  return found(mail, /\b(\d{6})\b/, 'code');
}

/** Where a mail's link to a page leads, without our own address. Throws when it leads anywhere else. */
export function pathIn(mail: Mail, page: LinkedPage): string {
  return found(mail, new RegExp(`^${TEST_PUBLIC_URL}(/${page}/[\\w-]+)$`, 'm'), `link to ${page}`);
}

/** The secret of that link. */
export function tokenIn(mail: Mail, page: LinkedPage): string {
  return pathIn(mail, page).slice(`/${page}/`.length);
}

/** Its subject, and what its secrets are for: `code`, or the pages that its links open. */
export function gistOf(mail: { subject: string; text: string } | undefined): string {
  if (!mail) return '(there is no mail)';
  const links = LINKED_PAGES.filter((page) => mail.text.includes(`\n${TEST_PUBLIC_URL}/${page}/`));
  const code = /^Your code: \d{6}$/m.test(mail.text) ? ['code'] : [];
  return [mail.subject, ...code, ...links].join(' → ');
}

function found(mail: Mail, pattern: RegExp, what: string): string {
  const text = mail?.text ?? '(there is no mail)';
  const part = pattern.exec(text)?.[1];
  if (part === undefined) throw new Error(`The mail holds no ${what}:\n${text}`);
  return part;
}

/** The plain part of a mail as it went over the wire, decoded. */
export function mailText(raw: string): string {
  const [, part = ''] = /^Content-Type: text\/plain[^]*?\r\n\r\n([^]*?)\r\n--/m.exec(raw) ?? [];
  return fromQuotedPrintable(part).replaceAll('\r\n', '\n');
}

/** The same with its subject, as `gistOf` takes it. */
export function mailOf(raw: string): { subject: string; text: string } {
  const [, folded = ''] = /^Subject: (.*(?:\r\n\s.*)*)/m.exec(raw) ?? [];
  const subject = folded.replaceAll(/\?=\s+=\?UTF-8\?Q\?/g, '').replaceAll(/\r\n(\s)/g, '$1');
  const words = subject.replaceAll(/=\?UTF-8\?Q\?(.*?)\?=/g, (_, word: string) =>
    fromQuotedPrintable(word.replaceAll('_', ' ')),
  );
  return { subject: words, text: mailText(raw) };
}

function fromQuotedPrintable(text: string): string {
  const bytes = text
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}

export function messageIdOf(raw: string): string {
  return /^Message-ID:\s+(\S+)/im.exec(raw)?.[1] ?? '';
}

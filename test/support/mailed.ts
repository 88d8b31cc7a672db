import { TEST_PUBLIC_URL } from './boot-api';

export type LinkedPage = 'email-change/undo' | 'email-change/cancel' | 'not-me' | 'password-reset';

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

function found(mail: Mail, pattern: RegExp, what: string): string {
  const text = mail?.text ?? '(there is no mail)';
  const part = pattern.exec(text)?.[1];
  if (part === undefined) throw new Error(`The mail holds no ${what}:\n${text}`);
  return part;
}

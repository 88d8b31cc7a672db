import { createHash } from 'node:crypto';
import { Eta } from 'eta';
import type { MailboxMessage } from '@app/notifications';

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
  article { border: 1px solid #999; border-radius: 6px; padding: 0 1rem; margin: 1rem 0; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
`;

const TEMPLATE = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width">
  <title>Development mailbox</title>
  <style>${STYLE}</style>
</head>
<body>
  <h1>Development mailbox</h1>
  <form method="get">
    <label for="to">Mails to</label>
    <input id="to" name="to" value="<%= it.to %>" autocomplete="off">
    <button>Show</button>
  </form>
  <% if (it.messages.length === 0) { %><p>No mail.</p><% } %>
  <% for (const message of it.messages) { %>
  <article>
    <h2><%= message.subject %></h2>
    <p>To <%= message.to %>, <time><%= message.sentAt.toISOString() %></time></p>
    <pre><%= message.text %></pre>
  </article>
  <% } %>
</body>
</html>`;

const eta = new Eta({ autoEscape: true });

const styleHash = createHash('sha256').update(STYLE).digest('base64');

/** No script, nothing from outside, and the form goes nowhere else. */
export const MAILBOX_PAGE_CSP = [
  "default-src 'none'",
  `style-src 'sha256-${styleHash}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The mails as a page. Shows their text; everything in it is escaped. */
export function mailboxPage(messages: readonly MailboxMessage[], to: string): string {
  return eta.renderString(TEMPLATE, { messages, to });
}

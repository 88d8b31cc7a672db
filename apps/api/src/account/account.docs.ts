import { HealthModule } from '../health/health.module';
import { problemFormat } from '../explorer/problem-format';
import type { SurfaceDocument } from '../explorer/surface-document';

const DESCRIPTION = `
Changes a signed-in person's e-mail address and password. Every change ends each older token, code and link of the
account in the same commit: from the moment its answer is sent, none of them is accepted anywhere.

**Try it here.** Run \`POST /account/v1/sessions\`: in development the body is that of the first account,
\`ada@example.com\` with \`Correct-Horse-Battery-9\`. Put the \`accessToken\` of its answer under *Authorize*. A change
that keeps the session answers with new tokens; the old one is dead. Mails are at \`/dev/mailbox\` of the internal
listener (port 3001).

**Errors** are problem details (RFC 9457). Programs look at \`code\`; each operation lists the codes that it has.
\`instance\` is the request id, which is in the header \`X-Request-Id\` of every answer too.

**Sending again.** Where an operation lists the header \`Idempotency-Key\`, a request whose answer was lost can be sent again
with its key: it gets that answer, and nothing is done twice. A refusal (4xx) changes nothing and frees the key.

**Bodies** are JSON in UTF-8 without duplicate keys, sent as \`application/json\`. Times are RFC 3339 in UTC.
`;

export const ACCOUNT_DOCUMENT: SurfaceDocument = {
  name: 'account',
  title: 'Rekey: account API',
  description: DESCRIPTION.trim(),
  listener: 'public',
  errors: [problemFormat('public')],
  securitySchemes: {
    'access-token': {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'The `accessToken` of `POST /account/v1/sessions`, or of a sign-in through any other of our APIs.',
    },
  },
  security: [{ 'access-token': [] }],
  alsoShows: [HealthModule],
};

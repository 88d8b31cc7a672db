import { DevMailboxModule } from '../dev-mailbox/dev-mailbox.module';
import { problemFormat } from '../explorer/problem-format';
import type { SurfaceDocument } from '../explorer/surface-document';
import { HealthModule } from '../health/health.module';
import { MetricsModule } from '../metrics/metrics.module';
import { OAUTH } from './oauth/oauth.surface';
import { OAuthErrorDto } from './oauth/oauth-error.dto';

const DESCRIPTION = `
For other services, on the internal listener alone: none of these paths exists on the public one.

**Try it here.** Under *Authorize* fill in \`service-client\`: in development \`dev\` with
\`dev-secret-change-me-0000000000000000\`. Run \`POST /oauth2/token\`, and put the \`access_token\` of its answer under
\`service-token\`. Each operation names the scope that it needs.

**Nobody can set or learn a password** of an account that stands, an administrator neither.

**Sending again.** Where an operation lists the header \`Idempotency-Key\`, a request whose answer was lost can be sent again
with its key: it gets that answer, and nothing is done twice. A refusal (4xx) changes nothing and frees the key.

**Errors** are problem details (RFC 9457), below \`/oauth2/\` those of RFC 6749. Times are RFC 3339 in UTC. The
development mailbox is absent in production.
`;

export const INTERNAL_DOCUMENT: SurfaceDocument = {
  name: 'internal',
  title: 'Rekey: internal API',
  description: DESCRIPTION.trim(),
  listener: 'internal',
  errors: [
    problemFormat('internal'),
    { surface: OAUTH, body: OAuthErrorDto, code: 'error', text: 'error_description' },
  ],
  securitySchemes: {
    'service-client': {
      type: 'http',
      scheme: 'basic',
      description: 'Id and secret of a service client, for `POST /oauth2/token`.',
    },
    'service-token': { type: 'http', scheme: 'bearer', description: 'The `access_token` of `POST /oauth2/token`.' },
  },
  security: [{ 'service-token': [] }],
  alsoShows: [DevMailboxModule, HealthModule, MetricsModule],
};

import type { SurfaceDocument } from '../dialect';
import { FailureDto } from './answers.dto';
import { VIVOLDI } from './vivoldi.dialect';
import { FIELD_ERRORS, VIVOLDI_ERRORS } from './vivoldi.errors';

const ERRORS = [...Object.values(VIVOLDI_ERRORS), ...Object.values(FIELD_ERRORS)].filter(
  (error) => error !== undefined,
);

/** One line for each code. They are stable: programs may look at them. */
const CODES = [
  ...new Set(ERRORS.map(({ status, code, message }) => `| \`${code}\` | ${status} | ${message} |`)),
].sort();

const DESCRIPTION = `
Updates the e-mail address and the password of a user, as the published User Update API does.

**Call it from a server.** A page or an app that calls it itself hands its user's token and new password to whatever
runs beside it; so these paths allow no foreign origin (no CORS). This explorer may call them because it is served from
the same origin.

**Try it here.** Under *Authorize* fill in \`api-key\`: in development
\`APIKey dev-api-key-0000000000000000000000\`, the key of \`ada@example.com\`. Run \`POST /api/user/v1/auth\`, and put the
\`result\` of its answer under \`access-token\`: it is good for 60 seconds. A sign-in through any other of our APIs gives a
token that does as well, for 15 minutes after the password was typed.

**After a change every token of the account has ended**, the one that asked included: call the Authentication API again
before the next request. The API key goes on. A new address is in force at once and unverified; a mail asks for its
verification, and the old address gets an alert with a link that undoes the change.

**Rotating passwords.**

1. \`PASSWORD_MAX_AGE_DAYS\`, or the rotation report of the internal API
   (\`GET /internal/v1/accounts?passwordOlderThanDays=…\`), says whose password is due.
2. \`POST /api/user/v1/auth\` with the account's API key gives a token of 60 seconds. The owner of an organisation on the
   Business plan may name another member in \`eml\`.
3. \`PUT /api/user/v1/update\` with the new \`pwd\`, once. The token is dead now, and so is every other one of the account.
4. The next account, or the next rotation, begins again at 2: keys survive a change.

The current address counts as absent, so a job that synchronises may send what it has. The current password is refused
(\`2103\`).

**Errors.** \`code\` tells, not the HTTP status: a refused request is HTTP 200 with a \`code\` other than 0 and a
\`message\`. Other statuses are for faults of the transport; their body has the same form.

| code | HTTP | message |
|---|---|---|
${CODES.join('\n')}
`;

export const VIVOLDI_DOCUMENT: SurfaceDocument = {
  name: VIVOLDI.name,
  title: 'User Update API',
  description: DESCRIPTION.trim(),
  listener: 'public',
  errors: [{ surface: VIVOLDI, body: FailureDto, code: 'code', text: 'message' }],
  securitySchemes: {
    'access-token': {
      type: 'apiKey',
      in: 'header',
      name: 'X-Access-Token',
      description: 'The `result` of `POST /api/user/v1/auth`.',
    },
    'api-key': {
      type: 'apiKey',
      in: 'header',
      name: 'Authorization',
      description:
        '`APIKey <key>`, with the word before the key. In development: `APIKey dev-api-key-0000000000000000000000`.',
    },
  },
  security: [{ 'access-token': [] }],
};

import { ApiBody } from '@nestjs/swagger';
import type { SurfaceDocument } from '../dialect';
import { FailureDto } from './answers.dto';
import { APPLIVERY } from './applivery.dialect';
import { ChangePasswordDto } from './change-password.dto';

const DESCRIPTION = `
Lets the currently authenticated user change the account password, by the existing password and a new one.

**Try it here.** Run \`POST /v1/auth/login\`: in development the body is that of the first account,
\`ada@example.com\` with \`Correct-Horse-Battery-9\`. Put \`data.accessToken.token\` of its answer under *Authorize*, and run
\`POST /v1/users/profile/change-password\` with the example *development account*.

**After a change every token of the account is dead**, the one that asked included: sign in again with the new password.

**The new password** has 8 to 128 characters; at least three of lower-case letters, upper-case letters, digits and other
characters; at least four different characters. It is not a common one, not the address, its local part or the name of
the account, and not the old one.

**Errors** are \`{"status": false, "error": {"code", "message"}}\`. A wrong old password counts in the same budget as a
wrong sign-in. An old password of fewer than 8 characters, set through another API, can't be changed here.
`;

export const APPLIVERY_DOCUMENT: SurfaceDocument = {
  name: APPLIVERY.name,
  title: 'Users: change password',
  description: DESCRIPTION.trim(),
  listener: 'public',
  errors: [{ surface: APPLIVERY, body: FailureDto, code: 'error.code', text: 'error.message' }],
  securitySchemes: {
    'access-token': {
      type: 'http',
      scheme: 'bearer',
      description: '`data.accessToken.token` of `POST /v1/auth/login`.',
    },
  },
  security: [{ 'access-token': [] }],
};

/** The page's example as it stands, and one that works for the first account in development. */
export const ChangePasswordBody = () =>
  ApiBody({
    type: ChangePasswordDto,
    examples: {
      published: {
        summary: 'as published',
        value: { oldPassword: 'CurrentSecureP@ss123', newPassword: 'NewSecureP@ssw0rd!' },
      },
      development: {
        summary: 'development account',
        value: { oldPassword: 'Correct-Horse-Battery-9', newPassword: 'NewSecureP@ssw0rd!' },
      },
    },
  });

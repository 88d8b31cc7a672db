import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { SurfaceDocument } from '../dialect';
import { FailureDto } from './answers.dto';
import { BAMBOOCLOUD } from './bamboocloud.dialect';
import { BAMBOOCLOUD_ERRORS, HEADER_ERRORS } from './bamboocloud.errors';

const ERRORS = [...Object.values(HEADER_ERRORS), ...Object.values(BAMBOOCLOUD_ERRORS)];
const CODES = [
  ...new Set(ERRORS.map(({ status, code, en, zh }) => `| \`${code}\` | ${status} | ${en} | ${zh} |`)),
].sort();

const DESCRIPTION = `
Updates the personal email of a signed-in user, by a verification code that the new address has received.

**Try it here.** The headers are filled in as published; the application \`nTo1eRIub60vPb54WeE6aojPwYwImtl4\` is
registered in development.

1. \`POST /api/v2/sdk/login\`: in development the body is that of the first account, \`ada@example.com\` with
   \`Correct-Horse-Battery-9\`. Put the \`id_token\` of its answer under *Authorize*.
2. \`POST /api/v2/sdk/email/send\` with type \`UPDATE_EMAIL_EMS\` mails a code to the new address. In development it is in
   the mailbox at \`/dev/mailbox\` of the internal listener (port 3001).
3. \`POST /api/v2/sdk/profile/update-email\` with that code as \`verify_code\`.

**After a change every token of the account is dead**, the one that asked included: sign in again.

**Who has an address is told only to somebody who reads its mailbox.** \`IDAAS.SDK.USER.0036\` (E-mail already exists)
comes only after a right code; with a wrong code an address that is taken answers \`IDAAS.SDK.CAPTCHA.0007\` (Incorrect
verification code) like any other. The try is used up either way. A send answers the same for every address; the mail
to a taken one says that it is taken.

**Errors** are HTTP 400 for everything that the published page lists, token errors included, with the first check that
fails. \`X-L: zh\` gives their texts, and the mails, in Chinese.

| code | HTTP | English | 中文 |
|---|---|---|---|
${CODES.join('\n')}
`;

export const BAMBOOCLOUD_DOCUMENT: SurfaceDocument = {
  name: BAMBOOCLOUD.name,
  title: 'CIAM: update personal email',
  description: DESCRIPTION.trim(),
  listener: 'public',
  errors: [{ surface: BAMBOOCLOUD, body: FailureDto, code: 'error_code', text: 'error_msg' }],
  securitySchemes: {
    'id-token': { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The `id_token` of a login.' },
  },
  security: [{ 'id-token': [] }],
};

const text = (name: string, description: string, required: boolean, example: string) =>
  ApiHeader({ name, description, required, schema: { type: 'string' }, example });

/** Those of every call, with the page's own values. */
export const DescribesHeaders = () =>
  applyDecorators(
    text('X-operating-sys-version', 'Calling client OS version', true, 'windows10.1.1'),
    text('X-device-fingerprint', 'Calling client device fingerprint', true, '156aysdna213sc50'),
    text('X-device-ip', 'Calling client IP. Shown in alerts, and nothing else', false, '192.168.1.2'),
    text('X-agent', 'User agent information', true, 'Mozilla/5.0 (iPhone; CPU iPhone OS 13_3 like Mac OS X)'),
    text('X-L', 'Language of texts and mails: `zh`, else English', false, 'en'),
    text('X-client-id', 'Application authorization ID', true, 'nTo1eRIub60vPb54WeE6aojPwYwImtl4'),
  );

import { z } from 'zod';

/** The bootstrap values of development. They are public, so production refuses them. */
export const DEVELOPMENT_BOOTSTRAP = {
  serviceClient: { id: 'dev', secret: 'dev-secret-change-me-0000000000000000' },
  applicationId: 'nTo1eRIub60vPb54WeE6aojPwYwImtl4',
  account: {
    email: 'ada@example.com',
    password: 'Correct-Horse-Battery-9',
    apiKey: 'dev-api-key-0000000000000000000000',
  },
} as const;

/** `id:secret` */
export const serviceClient = z
  .string()
  .regex(/^[\w.-]+:[\x21-\x7e]+$/, 'must be id:secret in printable ASCII')
  .transform(atFirstColon)
  .transform(([id, secret]) => ({ id, secret }));

export const applicationId = z.string().regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 printable ASCII characters');

/** `email:password` */
export const accountLogin = z
  .string()
  .regex(/^[^\s@:]+@[^\s@:]+:.+$/, 'must be email:password')
  .transform(atFirstColon)
  .transform(([email, password]) => ({ email, password }));

function atFirstColon(text: string): [string, string] {
  const colon = text.indexOf(':');
  return [text.slice(0, colon), text.slice(colon + 1)];
}

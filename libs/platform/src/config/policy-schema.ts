import { z } from 'zod';
import { integer, passwordList, rangeUrl } from './setting-values';

const DAY = 86_400;
const NO_LIMIT_NEEDED = 1_000_000;

/** How long things live, how often they may be tried and what a password must be. Times are in the unit of the name. */
export const policySchema = z.object({
  BCRYPT_COST: integer(12, [4, 15]).meta({ description: 'Cost of new password hashes; at least 10 in production.' }),
  ACCESS_TOKEN_SECONDS: integer(600, [1, DAY]).meta({ description: 'Life of an access token.' }),
  SESSION_IDLE_SECONDS: integer(14 * DAY, [1, 400 * DAY]).meta({ description: 'A session unused for so long ends.' }),
  SESSION_MAX_SECONDS: integer(30 * DAY, [1, 400 * DAY]).meta({ description: 'No session lives longer than this.' }),
  REFRESH_GRACE_SECONDS: integer(10, [0, 300]).meta({
    description: 'For so long a spent refresh token gets its same successor again, for an answer that was lost.',
  }),
  STEP_UP_MAX_AGE_SECONDS: integer(900, [0, DAY]).meta({
    description: 'A password proof older than this does not count as a recent sign-in.',
  }),
  CODE_SECONDS: integer(600, [1, 3600]).meta({ description: 'Life of a mailed code.' }),
  CODE_TRIES: integer(5, [1, 100]).meta({ description: 'Wrong tries after which a code is dead.' }),
  CODE_RESEND_SECONDS: integer(60, [0, DAY]).meta({
    description: 'Pause between two codes to one mailbox; 0 is none.',
  }),
  UNDO_DAYS: integer(7, [1, 365]).meta({
    description: 'How long a mailbox can undo a change of e-mail or disown one of the password.',
  }),
  PASSWORD_MIN_LENGTH: integer(15, [8, 128]).meta({
    description: 'Code points of a new password on the native surface (NIST SP 800-63B-4, 3.1.1.2).',
  }),
  PASSWORD_MAX_AGE_DAYS: integer(0, [0, 3650]).meta({ description: 'An older password must be changed; 0 is never.' }),
  PASSWORD_HISTORY: integer(0, [0, 24]).meta({
    description:
      'How many earlier passwords of an account the native surface refuses, besides the current one; each costs a hash at a change.',
  }),
  PASSWORD_BLOCKLIST_FILE: passwordList.optional().meta({
    description:
      'Passwords to refuse besides the list of common ones, wherever that is used: UTF-8, one a line, a million at most. Read at start.',
  }),
  BREACH_LOOKUP_URL: rangeUrl.optional().meta({
    description:
      'Range API to look new passwords up in, wherever the list of common ones is used, such as https://api.pwnedpasswords.com/range/; it learns five hex digits of their SHA-1. https in production. A look-up that fails refuses nothing.',
  }),
  ACCOUNT_FAILURES: integer(10, [1, NO_LIMIT_NEEDED]).meta({
    description: 'Wrong passwords per account in 15 minutes; less than 100 in production (NIST SP 800-63B-4, 3.2.2).',
  }),
  SOURCE_FAILURES: integer(100, [0, NO_LIMIT_NEEDED]).meta({
    description:
      'Wrong passwords per source address (an IPv6 one by its /64) in 15 minutes, at every door, as many wrong codes, as many codes sent to who is not signed in, and as many resets; 0 is no limit.',
  }),
  SOURCE_REQUESTS_PER_MINUTE: integer(600, [0, NO_LIMIT_NEEDED]).meta({
    description: 'Requests per source address, counted by each replica; 0 is no limit.',
  }),
  MAILS_PER_ADDRESS_PER_HOUR: integer(10, [1, NO_LIMIT_NEEDED]).meta({
    description:
      'Codes and resets to one mailbox, and codes that one account has sent to other addresses; alerts are outside every quota.',
  }),
});

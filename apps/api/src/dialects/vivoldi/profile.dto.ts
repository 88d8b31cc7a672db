import type { LiveSession } from '@app/session';

/** `result` of `GET /api/user/v1/get`. Times are `YYYY-MM-DD HH:mm:ss` in UTC. */
export class ProfileDto {
  /** @example your@gmail.com */
  eml: string;

  /**
   * Name of the user; empty when the account has none.
   * @example Tester
   */
  nm: string;

  /** @example PERSONAL */
  planNm: string;

  /** Always `null`: plans are given and taken by another service, and none has an end that is known here. */
  planExpires: string | null;

  /**
   * Language of the user's mails.
   * @example en
   */
  locale: string;

  /**
   * Always `UTC`, the zone of the times below: no account has one of its own.
   * @example UTC
   */
  timeZone: string;

  /** Whether the owner has proved the address. */
  emlVerifiedYn: 'Y' | 'N';

  /** Always `N`: there is no second factor. */
  twoAuthYn: 'Y' | 'N';

  /**
   * When a password last signed in to the account, through any of our APIs; a token from the Authentication API is no
   * sign-in. `null` when none ever did.
   * @example "2025-10-08 03:36:28"
   */
  sinYmdt: string | null;

  /**
   * When the account was made.
   * @example "2019-08-13 12:13:01"
   */
  regYmdt: string;

  static of(session: LiveSession, lastSignIn: Date | null): ProfileDto {
    return {
      eml: session.email,
      nm: session.displayName ?? '',
      planNm: session.plan,
      planExpires: null,
      locale: session.locale,
      timeZone: 'UTC',
      emlVerifiedYn: session.emailVerified ? 'Y' : 'N',
      twoAuthYn: 'N',
      sinYmdt: lastSignIn && ymdt(lastSignIn),
      regYmdt: ymdt(session.createdAt),
    };
  }
}

const ymdt = (time: Date): string => time.toISOString().slice(0, 19).replace('T', ' ');

import { asForm, oauthClient } from './oauth-client';
import type { RekeyOptions } from './rekey-options';
import { bodyOf, RekeyUnavailableError } from './rekey-unavailable.error';

/** A token is not shown in its last seconds: it might expire on its way. */
const MARGIN_SECONDS = 30;

/** As it was issued: two are told apart by which they are, not by their text. */
export interface IssuedToken {
  readonly text: string;
}

/** The service's own access token (RFC 6749 4.4), kept until shortly before it expires. */
export class ServiceToken {
  private issued: Promise<IssuedToken> | undefined;
  private current: IssuedToken | undefined;

  constructor(private readonly options: RekeyOptions) {}

  /** Callers that come together wait for one token. @throws RekeyUnavailableError */
  value(): Promise<IssuedToken> {
    this.issued ??= this.issue().catch((error: unknown) => {
      this.issued = undefined;
      throw error;
    });
    return this.issued;
  }

  /** After a 401 to it: the next caller gets a new one. A newer one stays, however late that answer comes. */
  forget(refused: IssuedToken): void {
    if (refused !== this.current) return;
    this.current = undefined;
    this.issued = undefined;
  }

  private async issue(): Promise<IssuedToken> {
    const request = { ...asForm(this.options), body: { grant_type: 'client_credentials' } };
    const issued = await bodyOf(oauthClient(this.options).POST('/oauth2/token', request));
    const { access_token: text, expires_in: seconds } = issued;
    if (!/^[\w.-]+$/.test(String(text)) || !(seconds > 0 && seconds < 86_400)) throw new RekeyUnavailableError(null);
    const token = { text };
    setTimeout(() => this.forget(token), Math.max(0, seconds - MARGIN_SECONDS) * 1000).unref();
    this.current = token;
    return token;
  }
}

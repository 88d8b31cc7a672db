import { Inject, Injectable } from '@nestjs/common';
import type { components } from './generated/internal';
import { asForm, type InternalClient, oauthClient } from './oauth-client';
import { REKEY_OPTIONS, type RekeyOptions } from './rekey-options';
import { bodyOf, RekeyUnavailableError } from './rekey-unavailable.error';

/** What Rekey says of a good token: `sub` is the person's account id. */
export type ActiveToken = components['schemas']['ActiveTokenDto'];

/** Asks Rekey whether a person's token is good at this moment (RFC 7662). No answer is kept. */
@Injectable()
export class Introspection {
  private readonly unsent = new Map<string, Promise<ActiveToken | null>>();

  private readonly rekey: InternalClient;

  constructor(@Inject(REKEY_OPTIONS) private readonly options: RekeyOptions) {
    this.rekey = oauthClient(options);
  }

  /**
   * Questions about one token that come together share a request. None joins a request that was sent already: its answer
   * may be older than the change that this one must see. `null`: not good. @throws RekeyUnavailableError
   */
  of(token: string): Promise<ActiveToken | null> {
    const waiting = this.unsent.get(token) ?? this.send(token);
    this.unsent.set(token, waiting);
    return waiting;
  }

  private async send(token: string): Promise<ActiveToken | null> {
    await new Promise((resolve) => setImmediate(resolve));
    this.unsent.delete(token);
    const question = { ...asForm(this.options), body: { token } };
    const answer = await bodyOf(this.rekey.POST('/oauth2/introspect', question));
    if (isActive(answer)) return answer;
    if (answer.active === false) return null;
    throw new RekeyUnavailableError(answer);
  }
}

/** The types say what Rekey answers; who really answers may be a proxy, or somebody else. */
function isActive(answer: { active: unknown }): answer is ActiveToken {
  const { active, token_type, sub, sid } = answer as Record<string, unknown>;
  return active === true && token_type === 'Bearer' && [sub, sid].every((id) => typeof id === 'string' && id !== '');
}

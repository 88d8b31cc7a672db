import type { TokenClaims } from './token-claims';

/** About 20 MB. Beyond them the oldest are forgotten, and verified anew when they come again. */
const MOST = 10_000;

/**
 * What the tokens say whose form, signature and issuer were found right by a key of this process. The same text stays
 * right while the process has its keys, so the costly part is done once; whether a token is good is another question,
 * which the database answers each time (ADR 0013).
 */
export class VerifiedTokens {
  private readonly claimsByText = new Map<string, Readonly<TokenClaims>>();

  of(token: string): Readonly<TokenClaims> | undefined {
    return this.claimsByText.get(token);
  }

  remember(token: string, claims: TokenClaims): void {
    const [oldest] = this.claimsByText.keys();
    if (this.claimsByText.size === MOST && oldest !== undefined) this.claimsByText.delete(oldest);
    this.claimsByText.set(token, Object.freeze(claims));
  }
}

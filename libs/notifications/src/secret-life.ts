import type { DeliverySecret } from './delivery-secret';

/** What the sending of a code or link asks of those who judge it; bound in the app. */
export abstract class SecretLife {
  /**
   * Its life begins now, also when it has expired unsent. Called before each attempt to send it.
   * Resolves with its end; with `null` for one whose end stays, or that was used, replaced or made void meanwhile.
   */
  abstract begin(secret: DeliverySecret): Promise<Date | null>;
}

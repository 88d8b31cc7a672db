import type { Requester } from '@app/contracts';

/** An `Idempotency-Key` in the hands of one request. */
export class Reservation {
  private hasRun = false;

  constructor(
    /** Whose key it is, for which route. */
    readonly scope: string,
    readonly keyHash: Buffer,
    readonly fingerprint: Buffer,
    /** Tells this request from any other with the same key. */
    readonly lease: string,
    /** True when the same request was done before, so that its unit of work does nothing again. */
    readonly isRepeat: boolean,
  ) {}

  /** Throws the second time: a request has one outcome, so it may have one unit of work. */
  startRun(): void {
    if (this.hasRun) throw new Error('A request with an Idempotency-Key has run a second unit of work.');
    this.hasRun = true;
  }
}

// A symbol: JSON does not see it, so it never gets into the log, the outbox or the feed.
const RESERVATION = Symbol('reservation');
type Keyed = Requester & { [RESERVATION]?: Reservation };

/** The same requester, whose next unit of work is done once however often the request is sent. */
export const withReservation = (requester: Requester, reservation: Reservation): Requester =>
  ({ ...requester, [RESERVATION]: reservation }) as Keyed;

/** For a unit of work beside the request's own: what comes of it is not the answer. */
export const withoutReservation = (requester: Requester): Requester =>
  ({ ...requester, [RESERVATION]: undefined }) as Keyed;

export const reservationOf = (requester: Requester): Reservation | undefined => (requester as Keyed)[RESERVATION];

/** Whether this very request was done before. What would be judged before its unit of work is left out then. */
export const isRepeat = (requester: Requester): boolean => reservationOf(requester)?.isRepeat ?? false;

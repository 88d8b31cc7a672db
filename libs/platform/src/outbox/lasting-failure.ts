/** Thrown by a consumer, with its `cause`, when whom it asked has refused for good: a day of tries would change nothing. */
export class LastingFailure extends Error {}

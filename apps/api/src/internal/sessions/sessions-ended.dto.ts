export class SessionsEndedDto {
  /**
   * How many live ones there were.
   * @example 3
   */
  sessionsEnded: number;
}

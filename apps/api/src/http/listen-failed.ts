/** A listener could not be opened: its port is taken, or its address is not this machine's. `cause` tells which. */
export class ListenFailed extends Error {
  constructor(listener: string, settings: string, cause: unknown) {
    super(`The ${listener} listener can't be opened (see ${settings}): ${(cause as Error).message}`, { cause });
    this.name = 'ListenFailed';
  }
}

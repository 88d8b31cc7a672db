/** Rekey gave no answer that can be relied on: not in time, not at all, or not to this service client. */
export class RekeyUnavailableError extends Error {
  constructor(cause: unknown) {
    super('Rekey did not answer.', { cause });
    this.name = 'RekeyUnavailableError';
  }
}

/** The body of a good answer. @throws RekeyUnavailableError for any other */
export async function bodyOf<T>(call: Promise<{ data?: T; error?: unknown }>): Promise<T> {
  const { data, error } = await call.catch((failure: unknown) => ({ data: undefined, error: failure }));
  if (data === undefined) throw new RekeyUnavailableError(error);
  return data;
}

/** Rekey gave no answer that can be relied on: not in time, not at all, or not to this service client. */
export class RekeyUnavailableError extends Error {
  constructor(cause: unknown) {
    super('Rekey did not answer.', { cause });
    this.name = 'RekeyUnavailableError';
  }
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response?: Response;
}

/** The object that an answer 200 holds. @throws RekeyUnavailableError for any other */
export async function bodyOf<T extends object>(call: Promise<Answer<T>>): Promise<T> {
  const answer = await call.catch((error: unknown): Answer<T> => ({ error }));
  const isGood = answer.response?.status === 200 && typeof answer.data === 'object' && answer.data !== null;
  if (!isGood) throw new RekeyUnavailableError(answer.error);
  return answer.data as T;
}

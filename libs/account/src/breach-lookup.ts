import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Settings } from '@app/platform';

/** `off`: there is nobody to ask. `failed`: who was asked gave no answer that could be used in time. */
export type BreachVerdict = 'off' | 'clear' | 'breached' | 'failed';

const TIMEOUT_MS = 500;
/** A padded range has about 1,000 rows, which is 40 kB. */
const MAX_BYTES = 256 * 1024;
const ROW = /^(?<suffix>[0-9A-F]{35}):(?<count>\d{1,15})$/i;

/**
 * Asks a service of the range API of Have I Been Pwned whether a password is known from a breach. It learns five hex
 * digits of the password's SHA-1 (k-anonymity). A look-up that fails holds nobody up.
 */
@Injectable()
export class BreachLookup {
  private readonly logger = new Logger(BreachLookup.name);

  constructor(private readonly settings: Settings) {}

  async of(password: string): Promise<BreachVerdict> {
    const { breachLookupUrl } = this.settings;
    if (breachLookupUrl === undefined) return 'off';
    const digest = createHash('sha1').update(password, 'utf8').digest('hex').toUpperCase();
    try {
      const range = await rangeAt(breachLookupUrl + digest.slice(0, 5));
      return range.get(digest.slice(5)) ? 'breached' : 'clear';
    } catch (error) {
      // Nothing of the error's own text: it may hold the address that was asked for, with the digits.
      this.logger.warn(`The look-up of breached passwords failed: ${reasonOf(error)}`);
      return 'failed';
    }
  }
}

class UnusableAnswer extends Error {
  override readonly name = 'UnusableAnswer';
}

/** How often each suffix is known; padding has a count of 0. */
async function rangeAt(url: string): Promise<Map<string, number>> {
  const response = await fetch(url, {
    headers: { 'Add-Padding': 'true' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await readCapped(response);
  if (response.status !== 200) throw new UnusableAnswer();
  return new Map(text.trimEnd().split(/\r?\n/).map(rowOf));
}

async function readCapped(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let [text, bytes] = ['', 0];
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).length;
    // Leaving the loop cancels the rest.
    if (bytes > MAX_BYTES) throw new UnusableAnswer();
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}

function rowOf(line: string): [suffix: string, count: number] {
  const { suffix, count } = ROW.exec(line)?.groups ?? {};
  if (suffix === undefined) throw new UnusableAnswer();
  return [suffix.toUpperCase(), Number(count)];
}

function reasonOf(error: unknown): string {
  const { name, cause } = error as Error & { cause?: { code?: string } };
  return cause?.code ?? name;
}

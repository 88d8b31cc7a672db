import { dictionary } from '@zxcvbn-ts/language-common';

/** Fewer means that a part of the list was lost. */
const FEWEST_ENTRIES = 49_233;

// While the module loads, so that a service without its list does not start.
const COMMON_PASSWORDS = completeList(dictionary['passwords-common']);

/** The list as a set. Throws if it is empty or cut short. */
export function completeList(entries: readonly string[]): ReadonlySet<string> {
  const list = new Set(entries);
  if (list.size < FEWEST_ENTRIES) throw new Error(`The list of common passwords has only ${list.size} entries.`);
  return list;
}

/** Whether the whole password, in any case, is on the list of common and breached ones; its entries are lower case. */
export function isCommonPassword(password: string): boolean {
  return COMMON_PASSWORDS.has(password.toLowerCase());
}

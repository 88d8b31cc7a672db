import { DomainError } from '@app/contracts';
import { canonicalDomain } from './email-address-domain';

/** RFC 5321 4.5.3.1.1, and 254 for the whole by the 256-octet path; the domain's own 255 can't be reached before that. */
const MAX_LOCAL_PART = 64;
const MAX_ADDRESS = 254;
/** What is longer as typed, decomposed accents included, is not cut down to 254 octets by canonicalising. */
const MAX_INPUT = 1024;

/** A dot-atom of RFC 5322 3.2.3: no quotes, comments, lists or groups. */
const LOCAL_PART = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
/** RFC 2047; legal characters of a local part, but some mail software decodes it into another address. */
const ENCODED_WORD = /=\?.*\?=/;
/** Control, bidi, zero-width, space, private and unassigned characters. */
const INVISIBLE = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u;

/**
 * An e-mail address in its one canonical form: lower-case ASCII local part, domain as lower-case A-labels (UTS-46).
 * Two addresses are the same mailbox exactly when their `value`s are equal; dots and plus tags stay distinct.
 * It is also the only form that mail is sent to.
 */
export class EmailAddress {
  readonly value: string;

  private constructor(
    readonly localPart: string,
    readonly domain: string,
  ) {
    this.value = `${localPart}@${domain}`;
  }

  /** @throws DomainError `email.invalid` for everything else, whatever its type or length. */
  static parse(text: unknown): EmailAddress {
    const address = EmailAddress.tryParse(text);
    if (!address) throw new DomainError('email.invalid');
    return address;
  }

  /** As `parse`; null where that throws. */
  static tryParse(text: unknown): EmailAddress | null {
    const [localText = '', domainText = '', ...more] = isReadable(text) ? text.split('@') : [];
    const localPart = canonicalLocalPart(localText);
    const domain = canonicalDomain(domainText);
    if (localPart === null || domain === null || more.length > 0) return null;

    const address = new EmailAddress(localPart, domain);
    return address.value.length <= MAX_ADDRESS ? address : null;
  }

  /** The mailbox without its plus tag. For quotas only: it never says that two addresses are the same. */
  get foldedMailbox(): string {
    return `${this.localPart.split('+', 1)[0]}@${this.domain}`;
  }

  /** For texts that others may see, e.g. `a***@example.com`; says nothing of the local part's length. */
  masked(): string {
    const first = this.localPart.length > 1 ? this.localPart.charAt(0) : '';
    return `${first}***@${this.domain}`;
  }
}

/** For shapes of bodies: whether `EmailAddress.parse` takes it. */
export const isEmailAddress = (text: unknown): boolean => EmailAddress.tryParse(text) !== null;

function isReadable(text: unknown): text is string {
  return typeof text === 'string' && text.length <= MAX_INPUT && !INVISIBLE.test(text);
}

function canonicalLocalPart(text: string): string | null {
  const acceptable = text.length <= MAX_LOCAL_PART && LOCAL_PART.test(text) && !ENCODED_WORD.test(text);
  // Only ASCII gets here: NFC and toLowerCase both turn the Kelvin sign into a letter of somebody else's mailbox.
  return acceptable ? text.toLowerCase() : null;
}

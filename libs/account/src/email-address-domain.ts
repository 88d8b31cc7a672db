import { domainToASCII, domainToUnicode } from 'node:url';
import { isDeceptiveLabel } from './email-address-homographs';

/** The only ASCII that may reach `domainToASCII`: it reads a URL's host, so it cuts `a.com/x` and decodes `%61`. */
const DOMAIN_CHARACTERS = /^[A-Za-z0-9.\-\u0080-\u{10FFFF}]+$/u;
const LDH_LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
const ALL_DIGITS = /^[0-9]+$/;
const FULLWIDTH = /[\uFF01-\uFF5E]/;

/**
 * The lower-case A-label form of a domain (UTS-46, non-transitional), or null for one that is not a host name of two
 * labels or more, or that is spelt to look like another.
 */
export function canonicalDomain(text: string): string | null {
  if (!DOMAIN_CHARACTERS.test(text) || [...text].some(isDisguisedAscii)) return null;

  const domain = domainToASCII(text);
  return isHostName(domain) && isFaithful(domain) ? domain : null;
}

/** A Kelvin sign, a ligature or a mathematical letter that UTS-46 would silently turn into ASCII. */
function isDisguisedAscii(character: string): boolean {
  return (
    !/\p{ASCII}/u.test(character) && !FULLWIDTH.test(character) && /^\p{ASCII}+$/u.test(character.normalize('NFKC'))
  );
}

function isHostName(domain: string): boolean {
  const labels = domain.split('.');
  // An all-numeric last label is an IPv4 literal to most software (RFC 3696 2).
  return labels.length >= 2 && labels.every((label) => LDH_LABEL.test(label)) && !ALL_DIGITS.test(labels.at(-1) ?? '');
}

function isFaithful(domain: string): boolean {
  const unicode = domainToUnicode(domain);
  // A fake A-label such as `xn---9cxc` decodes to another name than it encodes.
  return domainToASCII(unicode) === domain && !unicode.split('.').some(isDeceptiveLabel);
}

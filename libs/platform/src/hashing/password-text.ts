/** The longest password of any surface, in code points after NFC. */
const MAX_LENGTH = 128;
/** At most 6 UTF-16 units compose into one code point, so more than this is over 128 in any spelling. */
const MAX_TYPED_UNITS = 1024;
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The one spelling (NFC) under which a password is judged, hashed and compared; nothing is trimmed or folded. Null for
 * a text that no password may be: with NUL, with a lone surrogate, or over 1,024 UTF-16 units.
 */
export function normalisePassword(text: string): string | null {
  // Before normalising: NFC of a long run of combining marks takes quadratic time (1 MB: over a minute).
  if (text.length > MAX_TYPED_UNITS) return null;
  return text.includes('\0') || LONE_SURROGATE.test(text) ? null : text.normalize('NFC');
}

/** As `normalisePassword`, and null for more than 128 code points. */
export function hashablePassword(text: string): string | null {
  const normalised = normalisePassword(text);
  return normalised === null || [...normalised].length > MAX_LENGTH ? null : normalised;
}

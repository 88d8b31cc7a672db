/** The recommended scripts of UAX-31 table 5 that stand alone; those that may stand together are in the next list. */
const SINGLE_SCRIPTS = [
  'Arabic',
  'Armenian',
  'Bengali',
  'Cyrillic',
  'Devanagari',
  'Ethiopic',
  'Georgian',
  'Greek',
  'Gujarati',
  'Gurmukhi',
  'Hebrew',
  'Kannada',
  'Khmer',
  'Lao',
  'Malayalam',
  'Myanmar',
  'Oriya',
  'Sinhala',
  'Tamil',
  'Telugu',
  'Thaana',
  'Thai',
  'Tibetan',
];
/** UTS-39 5.2, "highly restrictive". */
const TOGETHER = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
];
const ALLOWED_MIXES = [...SINGLE_SCRIPTS.map((script) => [script]), ...TOGETHER].map(onlyOf);

/** Letters, marks, digits, hyphen, and the middle dot between two l (RFC 5892 A.3): no signs, no emoji. */
const LABEL_CHARACTERS = /^(?:[\p{L}\p{M}\p{Nd}-]|(?<=l)\u00B7(?=l))+$/u;
/** Cyrillic, then Greek letters that UTS-39 maps to a Latin letter. */
const LATIN_LOOK_ALIKES = /^[0-9-]*[асԁеһіјӏорԛѕԝхуүѵҽгьαγινορσυϳ][0-9асԁеһіјӏорԛѕԝхуүѵҽгьαγινορσυϳ-]*$/u;

/** Whether a decoded label (NFC, lower case) mixes scripts, holds signs, or could be read as a Latin one. */
export function isDeceptiveLabel(label: string): boolean {
  return (
    !LABEL_CHARACTERS.test(label) || !ALLOWED_MIXES.some((mix) => mix.test(label)) || LATIN_LOOK_ALIKES.test(label)
  );
}

function onlyOf(scripts: string[]): RegExp {
  const classes = [...scripts, 'Common', 'Inherited'].map((script) => `\\p{scx=${script}}`);
  return new RegExp(`^[${classes.join('')}]+$`, 'u');
}

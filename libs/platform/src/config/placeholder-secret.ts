const LONGEST_PATTERN = 16;

/** Whether a secret was typed by a person: one short pattern over and over, or words of an example. */
export function isPlaceholder(secretBytes: Buffer): boolean {
  const texts = [secretBytes.toString('latin1'), secretBytes.toString('base64url')];
  // `test` is short enough to turn up in the base64url of an honest key now and then.
  return (
    /test/i.test(texts[0] ?? '') || texts.some((text) => /change-?me|secret|example/i.test(text) || isRepeated(text))
  );
}

function isRepeated(text: string): boolean {
  const patternLengths = Array.from({ length: LONGEST_PATTERN }, (_, index) => index + 1);
  return patternLengths.some((length) => text.startsWith(text.slice(length)));
}

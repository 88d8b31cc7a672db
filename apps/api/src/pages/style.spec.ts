import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Palette = Record<string, string>;

const STYLE = readFileSync(join(__dirname, 'templates/style.css'), 'utf8');
const [light = {}, dark = {}] = [...STYLE.matchAll(/:root \{(.*?)\}/gs)].map(([, block]) => paletteOf(block ?? ''));
const LOOKS = { light, dark };

/** WCAG 2.2: 1.4.3 asks 4.5 of text, 1.4.11 asks 3 of what shows where to type and where one is. */
const CONTRASTS = [
  ['ink', 'sheet', 4.5],
  ['quiet', 'sheet', 4.5],
  ['alarm', 'sheet', 4.5],
  ['action', 'sheet', 4.5],
  ['on-action', 'action', 4.5],
  ['line', 'sheet', 3],
] as const;

describe.each(['light', 'dark'] as const)('the pages in %s', (look) => {
  it.each(CONTRASTS)('set %s off from %s by %d to 1', (front, ground, least) => {
    const [brighter, darker] = [luminanceOf(look, front), luminanceOf(look, ground)].sort((a, b) => b - a);
    expect((Number(brighter) + 0.05) / (Number(darker) + 0.05)).toBeGreaterThanOrEqual(least);
  });

  it('are what their name says', () => {
    const isDark = luminanceOf(look, 'sheet') < luminanceOf(look, 'ink');
    expect(isDark).toBe(look === 'dark');
  });
});

it('the pages have no colour but those', () => {
  const rules = STYLE.replace(/:root \{.*?\}/gs, '');
  const colours = [...rules.matchAll(/\b(?:color|background|border[\w-]*|outline): ([^;]*)/g)].map(
    ([, value]) => value,
  );
  expect(colours.length).toBeGreaterThan(10);
  expect(colours.filter((value) => !/^(\d.*)?var\(--[\w-]+\)$|^0$|^[\d.]+rem$/.test(value ?? ''))).toEqual([]);
});

function paletteOf(block: string): Palette {
  return Object.fromEntries(
    [...block.matchAll(/--([a-z]+(?:-[a-z]+)*): (#[0-9a-f]{6});/g)].map(([, name, colour]) => [name, colour]),
  );
}

/** Relative luminance as WCAG defines it. */
function luminanceOf(look: keyof typeof LOOKS, name: string): number {
  const colour = LOOKS[look][name] ?? '';
  const [red = NaN, green = NaN, blue = NaN] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

// Every page in every look that people have: shown, measured, and kept as a picture in artefacts/pages.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflateSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { LOCALES } from '../../dist/libs/contracts/src/index.js';
import { chromiumPath } from './chromium.mjs';
import { expectHeard } from './page-reader.mjs';

export const PICTURES = join(dirname(fileURLToPath(import.meta.url)), '../../artefacts/pages');
const LOOKS = {
  light: { colorScheme: 'light', viewport: { width: 1024, height: 768 } },
  dark: { colorScheme: 'dark', viewport: { width: 1024, height: 768 } },
  phone: { colorScheme: 'light', viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true },
};
/** CSS pixels (WCAG 2.2, 2.5.8). */
const SMALLEST_TARGET = 24;
/** A line of text alone has more different rows of pixels; an empty page has a few. */
const FEWEST_ROWS = 20;

export const openBrowser = () => chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });

/** `visit(page, shoot, look)` in every language and look, without scripts; fails on what a page asks for outside. */
export async function inEveryLook(browser, publicUrl, visit) {
  mkdirSync(PICTURES, { recursive: true });
  for (const locale of LOCALES) {
    for (const [name, options] of Object.entries(LOOKS)) {
      const context = await browser.newContext({ javaScriptEnabled: false, locale, ...options });
      const page = await context.newPage();
      const faults = watch(page, publicUrl);
      const look = { name: `${locale}-${name}`, hasTouch: options.hasTouch };
      await visit(page, (shown) => shoot(page, shown, look.name), look);
      assert.deepEqual(faults, []);
      await context.close();
    }
  }
}

async function shoot(page, name, look) {
  const path = join(PICTURES, `${name}-${look}.png`);
  await page.screenshot({ path, fullPage: true });
  assert.ok(differentRows(readFileSync(path)) >= FEWEST_ROWS, `${path} is blank`);
  const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  assert.equal(isTooWide, false, `${name} is wider than its window (${look})`);
  for (const target of await page.locator('a, input:not([type=hidden]), button').all()) {
    const { width, height } = await target.boundingBox();
    const least = Math.min(width, height);
    assert.ok(least >= SMALLEST_TARGET, `${name} has a target of ${width} by ${height} (${look})`);
  }
  await expectHeard(page, name);
}

/** Of a PNG whose rows are not interlaced, as Chromium writes it. */
function differentRows(png) {
  const [width, parts] = [png.readUInt32BE(16), []];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const channels = png[25] === 6 ? 4 : 3;
  const [pixels, step] = [inflateSync(Buffer.concat(parts)).toString('latin1'), 1 + width * channels];
  return new Set(Array.from({ length: pixels.length / step }, (_, n) => pixels.slice(n * step, (n + 1) * step))).size;
}

/** What a page asks for outside, and what its policy stops. */
function watch(page, publicUrl) {
  const faults = [];
  page.on(
    'console',
    (message) => /content security policy|blocked/i.test(message.text()) && faults.push(message.text()),
  );
  page.on('request', (request) => request.url().startsWith(publicUrl) || faults.push(request.url()));
  return faults;
}

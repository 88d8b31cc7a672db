import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumPath } from './chromium.mjs';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const ARTEFACTS = new URL('../../artefacts/', import.meta.url).pathname;

/** A browser with a profile of its own. `complaints` gathers what no page of ours may cause. */
export async function openBrowser() {
  const profile = mkdtempSync(join(tmpdir(), 'rekey-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath(),
    headless: true,
    args: ARGS,
    viewport: { width: 1280, height: 1000 },
  });
  const close = async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  };
  return { context, close };
}

/** The explorer's page as a person uses it. */
export class Explorer {
  complaints = [];

  static async open(context, origin) {
    const explorer = new Explorer();
    explorer.page = await context.newPage();
    explorer.page.setDefaultTimeout(15_000);
    await explorer.watch(origin);
    await explorer.page.goto(`${origin}/docs`);
    return explorer;
  }

  async watch(origin) {
    const complain = (text) => this.complaints.push(text);
    this.page.on('console', (message) => message.type() === 'error' && complain(`console: ${message.text()}`));
    this.page.on('pageerror', (error) => complain(`script: ${error.message}`));
    this.page.on('request', (request) => isFrom(origin, request.url()) || complain(`request: ${request.url()}`));
    await this.page.exposeFunction('complainOfPolicy', (text) => complain(`policy: ${text}`));
    await this.page.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) =>
        globalThis.complainOfPolicy(
          `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`,
        ),
      );
    });
  }

  /** Shows a document; resolves when its operations are there. */
  async choose(name) {
    await this.page.locator('.topbar select').selectOption({ label: name });
    await this.page.locator('.information-container a.link', { hasText: `/docs/openapi/${name}.json` }).waitFor();
    await this.page.locator('.opblock').first().waitFor();
  }

  async authorise(scheme, ...values) {
    await this.page.locator('.scheme-container .btn.authorize').click();
    const form = this.page.locator('.auth-container', { has: this.page.locator('h4 code', { hasText: scheme }) });
    const inputs = await form.locator('input').all();
    assert.equal(inputs.length, values.length, `${scheme} has ${inputs.length} fields`);
    for (const [index, input] of inputs.entries()) await input.fill(values[index]);
    await form.locator('button.authorize').click();
    await this.page.locator('.auth-container .btn-done').first().click();
  }

  /** Try it out, fill in, Execute: what the page had filled in, what it sent, and the status and text that it shows. */
  async run(method, path, { body, example } = {}) {
    const summary = this.page.locator(`.opblock-summary-path[data-path="${path}"]`);
    const block = this.page.locator(`.opblock-${method}`, { has: summary });
    await block.locator(summary).click();
    await block.locator('.try-out__btn').click();
    const editor = block.locator('textarea.body-param__text');
    const prefilled = (await editor.count()) > 0 ? JSON.parse(await editor.inputValue()) : null;
    if (example)
      await block.locator('.opblock-section-request-body .examples-select select').selectOption({ label: example });
    if (body) await editor.fill(JSON.stringify(body, null, 2));
    await block.locator('.btn.execute').click();
    const answer = block.locator('.live-responses-table tr.response');
    await answer.scrollIntoViewIfNeeded();
    const status = Number((await answer.locator('.response-col_status').innerText()).trim().split('\n')[0]);
    const text = await answer.locator('.response-col_description pre').first().innerText();
    return { prefilled, status, text };
  }

  async shot(name) {
    mkdirSync(ARTEFACTS, { recursive: true });
    await this.page.screenshot({ path: join(ARTEFACTS, `explorer-${name}.png`) });
  }
}

const isFrom = (origin, url) => url.startsWith('data:') || new URL(url).origin === origin;

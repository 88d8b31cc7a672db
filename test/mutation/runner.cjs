const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { default: TestRunner } = require('jest-runner');

const isMutantActive = () => process.env.__STRYKER_ACTIVE_MUTANT__ !== undefined;

/**
 * Stryker says by title which tests reach a mutant, and has Jest load every file for them. This runner loads only the
 * files that hold one, the quickest first, and none after one in which a test fails. The first run, without a mutant,
 * notes what it needs for that.
 */
module.exports = class FewestFilesRunner extends TestRunner {
  async runTests(tests, watcher) {
    const { rootDir, testNamePattern } = this._globalConfig;
    const notesFile = join(rootDir, 'test-files.json');
    if (!isMutantActive()) return this.note(tests, watcher, notesFile);
    const wanted = new RegExp(testNamePattern ?? '', 'i');
    const notes = JSON.parse(readFileSync(notesFile, 'utf8')).filter(({ titles }) =>
      titles.some((each) => wanted.test(each)),
    );
    await this.runUntilFailure(
      notes.map(({ path }) => tests.find((test) => test.path === path)),
      watcher,
    );
  }

  async note(tests, watcher, notesFile) {
    const notes = [];
    this.on('test-file-success', ([{ path }, { perfStats, testResults }]) => {
      notes.push({ path, ms: perfStats.runtime, titles: testResults.map(({ fullName }) => fullName) });
    });
    await super.runTests(tests, watcher, { serial: true });
    writeFileSync(notesFile, JSON.stringify(notes.sort((a, b) => a.ms - b.ms)));
  }

  async runUntilFailure(tests, watcher) {
    let hasFailed = false;
    this.on('test-file-success', ([, { numFailingTests }]) => {
      hasFailed ||= numFailingTests > 0;
    });
    for (const test of tests) if (!hasFailed) await super.runTests([test], watcher, { serial: true });
  }
};

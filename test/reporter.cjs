const DATABASES = ['embedded', 'postgres'];

/** Ends a run by saying which databases it used, and its result alone on the last line. */
module.exports = class ClosingReporter {
  onRunComplete(contexts, results) {
    const lines = [databasesOf(contexts), totalsOf(results)];
    // Jest prints its own summary after every other reporter.
    process.once('exit', () => console.log(`\n${lines.join('\n')}`));
  }
};

function databasesOf(contexts) {
  const projects = new Set([...contexts].map(({ config }) => config.displayName?.name));
  const databases = DATABASES.filter((name) => projects.has(name));
  const missing = process.env.TEST_DATABASE_URL ? '' : ' (not postgres: TEST_DATABASE_URL is not set)';
  return `databases: ${databases.join(', ') || 'none'}${missing}`;
}

function totalsOf(results) {
  // A file that doesn't load holds no failed test, yet has failed.
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  return `${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped`;
}

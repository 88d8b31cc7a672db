const NodeEnvironment = require('@stryker-mutator/jest-runner/jest-env/node');

/** Beside a mutant the first test that fails is enough: those after it in the file are skipped. */
module.exports = class FirstFailureEnvironment extends NodeEnvironment {
  hasFailed = false;

  constructor(...args) {
    super(...args);
    const tell = this.handleTestEvent;
    this.handleTestEvent = async (event, state) => {
      if (event.name === 'test_start' && this.hasFailed) event.test.mode = 'skip';
      if (event.name === 'test_done') this.hasFailed ||= event.test.errors.length > 0;
      await tell(event, state);
    };
  }
};

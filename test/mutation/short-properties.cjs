const fc = require('fast-check');

// A mutant that refuses everything is skipped a million times, and one that fails is shrunk for long: its fate is clear before.
fc.configureGlobal({ interruptAfterTimeLimit: 300, endOnFailure: true });

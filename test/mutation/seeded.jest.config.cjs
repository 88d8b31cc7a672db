const { projects, testTimeout } = require('../jest.config.cjs');

// The template is made once for all bugs, by seeded.mjs.
const { globalSetup, globalTeardown, ...project } = projects.find(({ displayName }) => displayName === 'postgres');

module.exports = { ...project, testTimeout };

const { projects } = require('../jest.config.cjs');

const nameOfProject = process.env.TEST_DATABASE_TEMPLATE ? 'postgres' : 'unit';
// The template is made once for all mutants, by run.mjs.
const { globalSetup, globalTeardown, ...project } = projects.find(({ displayName }) => displayName === nameOfProject);

module.exports = {
  ...project,
  runner: `${__dirname}/runner.cjs`,
  testEnvironment: `${__dirname}/environment.cjs`,
  setupFiles: [...project.setupFiles, `${__dirname}/short-properties.cjs`],
  testTimeout: 20000,
};

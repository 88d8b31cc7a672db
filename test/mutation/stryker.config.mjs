import { GROUPS } from './groups.mjs';

const name = process.env.MUTATION_GROUP ?? 'addresses';
const { mutate, tests, database } = GROUPS[name];

/** Emptied texts, objects and lists: of these the compiler refuses most, and a statement of SQL without text dies at once. */
const NO_QUESTION_BESIDE_A_DATABASE = ['ArrayDeclaration', 'ObjectLiteral', 'StringLiteral'];

export default {
  mutate,
  mutator: { excludedMutations: database ? NO_QUESTION_BESIDE_A_DATABASE : [] },
  plugins: ['@stryker-mutator/jest-runner'],
  testRunner: 'jest',
  jest: {
    configFile: 'test/mutation/jest.config.cjs',
    config: { testMatch: tests.map((pattern) => `<rootDir>/${pattern}`) },
    enableFindRelatedTests: false,
  },
  coverageAnalysis: 'perTest',
  ignoreStatic: database,
  ignorePatterns: ['/dist', '!/dist/openapi', '/artefacts', '/.data', '/test/bench', '/docs', '/apps/*/bin'],
  tempDirName: 'artefacts/mutation/sandbox',
  reporters: ['progress-append-only', 'clear-text', 'html', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: `artefacts/mutation/${name}.html` },
  jsonReporter: { fileName: `artefacts/mutation/${name}.json` },
  concurrency: Number(process.env.MUTATION_WORKERS ?? 1),
  // A busy machine is no killed mutant: a test that hangs fails by itself before this.
  timeoutMS: 60_000,
  thresholds: { high: 95, low: 90, break: 90 },
};

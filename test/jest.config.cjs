const { resolve } = require('node:path');

const root = resolve(__dirname, '..');

// Jest can't require() an ESM-only package on Node < 24.9, so swc turns these into CommonJS too.
// "Must use import to load ES Module: …/node_modules/<name>/…" means: add <name> here.
const esmOnly = [
  '@nestjs',
  '@electric-sql',
  'file-type',
  'load-esm',
  'token-types',
  '@tokenizer',
  'strtok3',
  'uint8array-extras',
  '@borewit',
  'jose',
  'oauth4webapi',
  'openid-client',
  'nodemailer',
  'eta',
  'cookie',
  'content-disposition',
];

// No .swcrc, so that nothing else picks this up.
const swc = (parser, sourceMaps = 'inline') => [
  '@swc/jest',
  {
    swcrc: false,
    sourceMaps,
    module: { type: 'commonjs' },
    jsc: {
      parser,
      target: 'es2022',
      keepClassNames: true,
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
  },
];

const common = {
  rootDir: root,
  testEnvironment: 'node',
  moduleFileExtensions: ['js', 'mjs', 'cjs', 'json', 'ts'],
  transform: {
    '^.+\\.ts$': swc({ syntax: 'typescript', decorators: true }),
    '^.+\\.[cm]?js$': swc({ syntax: 'ecmascript' }, false),
  },
  // Looks at the last node_modules of a path: a nested copy counts as the package it is.
  transformIgnorePatterns: [`/node_modules/(?!.*/node_modules/)(?!(${esmOnly.join('|')})/)`],
  moduleNameMapper: {
    '^@app/(contracts|platform|account|session|notifications)$': '<rootDir>/libs/$1/src',
    '^@rekey/client$': '<rootDir>/libs/client/src',
  },
  // The built package would be a second one of its name.
  modulePathIgnorePatterns: ['<rootDir>/dist/client'],
  setupFiles: ['reflect-metadata'],
};

const unit = {
  ...common,
  displayName: 'unit',
  testMatch: ['<rootDir>/{apps,libs}/**/*.spec.ts', '<rootDir>/test/architecture/**/*.spec.ts'],
};

/** The same tests, once for each database. */
const onDatabase = (kind) => ({
  ...common,
  displayName: kind,
  testMatch: ['<rootDir>/test/**/*.{int-spec,contract-spec,e2e-spec}.ts', '<rootDir>/{apps,libs}/**/*.int-spec.ts'],
  globals: { DATABASE_KIND: kind },
  globalSetup: `<rootDir>/test/global-setup-${kind}.ts`,
  globalTeardown: `<rootDir>/test/global-teardown-${kind}.ts`,
});

const withPostgres = Boolean(process.env.TEST_DATABASE_URL);
// How requests, answers, tokens, pages and mails are spelled and sent: once is enough, whichever the database.
const OF_NO_DATABASE = [
  '/test/contract/',
  '/test/e2e/(client|edge-|email-change-states|introspection-agrees|mail-|oauth-clients|openapi|pages|route-policies|secret-places|stories)',
  '/test/e2e/(key-rotation|token-(attacks|ambiguity|claims|carriers|contents|respelling)|undone-addresses)\\.',
  '/test/integration/(smtp-mailer|database-tls)\\.',
];
// Who is told, refused or stopped, at every door: what it stores is asked of both databases in test/integration.
const OF_ALL_DOORS = [
  '/test/e2e/(after-failures|alerts|code-stop|meanwhile|own-password-guesses|quiet-endings|refused-sign-ins|token-only-takeover)\\.',
];
// What many connections do to each other: the embedded database has one.
const OF_CONNECTIONS = ['/test/e2e/(([a-z]+-)?races|feed-reader)\\.', '/test/integration/event-feed-order\\.'];
// Roles and what they may do: the embedded database has one.
const OF_POSTGRES = ['/test/integration/service-role\\.'];
const ELSEWHERE = [...OF_NO_DATABASE, ...OF_ALL_DOORS, ...OF_CONNECTIONS];

module.exports = {
  rootDir: root,
  projects: [
    unit,
    {
      ...onDatabase('embedded'),
      testPathIgnorePatterns: ['/node_modules/', ...OF_POSTGRES, ...(withPostgres ? ELSEWHERE : [])],
    },
    ...(withPostgres ? [onDatabase('postgres')] : []),
  ],
  reporters: ['default', '<rootDir>/test/reporter.cjs'],
  collectCoverageFrom: ['{apps,libs}/*/src/**/*.ts', '!**/*.spec.ts', '!**/*.int-spec.ts', '!**/main.ts'],
  coverageProvider: 'v8',
  maxWorkers: 2,
  // An embedded database's memory is given back only when its worker ends.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 60000,
};

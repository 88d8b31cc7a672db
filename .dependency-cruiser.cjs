/** Who may import whom: the table of ARCHITECTURE.md. test/architecture holds a canary that must be reported. */
const lib = (name) => `^libs/${name}/`;
const libraries = ['account', 'session', 'notifications', 'platform', 'contracts'];
const allows = {
  account: ['platform', 'contracts'],
  session: ['platform', 'contracts'],
  notifications: ['platform', 'contracts'],
  platform: ['contracts'],
  contracts: [],
};

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      comment: 'The benchmark has packages of its own, which only `npm run bench` installs.',
      severity: 'error',
      from: { pathNot: '^test/bench/' },
      to: { couldNotResolve: true },
    },
    { name: 'libraries-know-no-app', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
    { name: 'apps-know-no-test', severity: 'error', from: { path: '^(apps|libs)/' }, to: { path: '^test/' } },
    ...libraries.map((name) => ({
      name: `${name}-imports-only-what-it-may`,
      severity: 'error',
      from: { path: lib(name) },
      to: { path: '^libs/', pathNot: [lib(name), ...allows[name].map(lib)] },
    })),
    {
      name: 'the-client-knows-nothing-of-ours',
      severity: 'error',
      from: { path: lib('client') },
      to: { path: '^(apps|libs)/', pathNot: lib('client') },
    },
    {
      name: 'contracts-import-nothing',
      severity: 'error',
      from: { path: lib('contracts'), pathNot: '\\.spec\\.ts$' },
      to: { pathNot: lib('contracts') },
    },
    {
      name: 'across-libraries-by-their-index',
      comment: 'A library is entered by @app/<library> alone.',
      severity: 'error',
      from: { path: '^(apps|libs/([^/]+))/' },
      to: { path: '^libs/([^/]+)/src/.+', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^libs/$2/'] },
    },
    {
      name: 'dialects-know-no-other-dialect',
      severity: 'error',
      from: { path: '^apps/api/src/dialects/([^/]+)/' },
      to: { path: '^apps/api/src/dialects/([^/]+)/', pathNot: '^apps/api/src/dialects/$1/' },
    },
    {
      name: 'dialects-know-the-port-and-the-core',
      severity: 'error',
      from: { path: '^apps/api/src/dialects/[^/]+/', pathNot: '\\.spec\\.ts$' },
      to: {
        path: '^(apps|libs|node_modules/typeorm)/',
        pathNot: [
          '^apps/api/src/dialects/',
          '^apps/api/src/auth/',
          '^libs/(account|session|contracts)/src/index\\.ts$',
        ],
      },
    },
    {
      name: 'libraries-know-no-http',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: 'node_modules/(fastify|@fastify|@nestjs/platform-fastify|passport|passport-jwt)/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'default', 'types'] },
  },
};

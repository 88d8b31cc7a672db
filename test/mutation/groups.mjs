const account = (...names) => names.map((name) => `libs/account/src/${name}.ts`);
const session = (...names) => names.map((name) => `libs/session/src/${name}.ts`);
const platform = (...names) => names.map((name) => `libs/platform/src/${name}.ts`);
const auth = (...names) => names.map((name) => `apps/api/src/auth/${name}.ts`);
const http = (...names) => names.map((name) => `apps/api/src/http/${name}.ts`);

/**
 * The security core: files where a wrong comparison loses an account, by group, each with the tests that judge it.
 * `database: false`: specs in memory alone, in milliseconds.
 */
export const GROUPS = {
  addresses: {
    database: false,
    mutate: account('email-address', 'email-address-domain', 'email-address-homographs'),
    tests: ['libs/account/src/email-address*.spec.ts'],
  },
  tokens: {
    database: false,
    mutate: [
      ...session('access-token.judge', 'key-ring', 'signed-tokens', 'token-claims', 'uuid', 'verified-tokens'),
      ...auth('bearer-token', 'requester', 'service-token.guard', 'token.guard'),
    ],
    tests: ['libs/session/src/*.spec.ts', 'apps/api/src/auth/{bearer-token,requester,*guard}.spec.ts'],
  },
  'access-tokens': {
    database: false,
    mutate: [...session('access-token'), ...auth('access-token.strategy')],
    tests: ['libs/session/src/access-token.spec.ts', 'apps/api/src/auth/access-token.strategy.spec.ts'],
  },
  secrets: {
    database: false,
    mutate: platform('secrets/code-key', 'secrets/random-code'),
    tests: ['libs/platform/src/secrets/*.spec.ts'],
  },
  passwords: {
    database: false,
    mutate: [
      ...account('common-passwords', 'even-time', 'new-password', 'password-policy', 'password-policy-context'),
      ...platform('hashing/hashing-pool', 'hashing/password-hasher', 'hashing/password-text'),
    ],
    tests: [
      'libs/account/src/{common-passwords,even-time,new-password,password-policy}.spec.ts',
      'libs/platform/src/hashing/*.spec.ts',
    ],
  },
  edge: {
    database: false,
    mutate: [
      ...http('problem', 'strict-form', 'strict-json', 'to-domain-error', 'trusted-proxies'),
      ...account('network-of'),
    ],
    tests: [
      'apps/api/src/http/{body-parsers,problem,strict-form,strict-json,to-domain-error,trusted-proxies}.spec.ts',
      'libs/account/src/network-of.spec.ts',
    ],
  },
  changes: {
    database: true,
    mutate: account('account.repository', 'change-password', 'credential-changes', 'void-proofs.consumer'),
    tests: [
      'test/e2e/native-change-password.e2e-spec.ts',
      'test/integration/{account-swap,credential-changes}.int-spec.ts',
    ],
  },
  undos: {
    database: true,
    mutate: account('undo-email-change', 'email-undos', 'email-claims'),
    tests: [
      'test/e2e/{native-undo,undo-chains,undone-addresses}.e2e-spec.ts',
      'test/integration/email-undos.int-spec.ts',
    ],
  },
  codes: {
    database: true,
    mutate: account('mailed-codes', 'not-me-links'),
    tests: [
      'test/contract/bamboocloud-codes.contract-spec.ts',
      'test/e2e/{not-me,retried-links}.e2e-spec.ts',
      'test/integration/mailed-codes.int-spec.ts',
    ],
  },
  candidates: {
    database: true,
    mutate: account('new-passwords', 'password-history', 'right-password'),
    tests: ['test/contract/password-{history,verdicts}.contract-spec.ts', 'test/e2e/after-failures.e2e-spec.ts'],
  },
  'taken-addresses': {
    database: true,
    mutate: account('taken-addresses'),
    tests: ['test/contract/vivoldi{,-conflicts}.contract-spec.ts'],
  },
  'mail-quota': {
    database: true,
    mutate: account('mail-quota'),
    tests: [
      'test/contract/{bamboocloud-send,native-email-change}.contract-spec.ts',
      'test/e2e/native-password-reset.e2e-spec.ts',
    ],
  },
  'mailed-changes': {
    database: true,
    mutate: account('start-email-change', 'change-email-by-code', 'change-password-by-code'),
    tests: [
      'test/contract/bamboocloud-{code-stop,password,update-email-checks}.contract-spec.ts',
      'test/contract/{idempotency,native-email-change}.contract-spec.ts',
      'test/e2e/{meanwhile,native-change-email}.e2e-spec.ts',
    ],
  },
  verifications: {
    database: true,
    mutate: account('verify-email'),
    tests: ['test/contract/native-mailbox-proofs.contract-spec.ts', 'test/e2e/{code-stop,pages}.e2e-spec.ts'],
  },
  updates: {
    database: true,
    mutate: account('update-credentials', 'confirm-password-reset'),
    tests: [
      'test/contract/vivoldi{,-checks,-conflicts}.contract-spec.ts',
      'test/e2e/native-password-reset.e2e-spec.ts',
    ],
  },
  outbox: {
    database: true,
    mutate: platform(
      'database/unit-of-work',
      'events/event-dispatcher',
      'outbox/deliverer',
      'outbox/delivery-queue',
      'outbox/outbox-writer',
      'outbox/parked-deliveries',
    ),
    tests: [
      'test/contract/internal-outbox.contract-spec.ts',
      'test/e2e/retried-links.e2e-spec.ts',
      'test/integration/{deliverer,outbox,outbox-leases,outbox-retries,unit-of-work}.int-spec.ts',
    ],
  },
  sessions: {
    database: true,
    mutate: session('continue-session', 'end-sessions.consumer', 'liveness'),
    tests: ['test/integration/{kept-sessions,liveness}.int-spec.ts'],
  },
  endings: {
    database: true,
    mutate: session('check-asker.consumer', 'own-sessions', 'revoke-sessions', 'revoke-token'),
    tests: [
      'test/contract/internal-revocation.contract-spec.ts',
      'test/e2e/meanwhile.e2e-spec.ts',
      'test/integration/{kept-sessions,session-ends}.int-spec.ts',
    ],
  },
  'sign-in': {
    database: true,
    mutate: account('check-credentials', 'password-tries', 'sign-in-accounts', 'sign-in-proof'),
    tests: [
      'test/contract/internal-accounts-{password-change,rehash}.contract-spec.ts',
      'test/e2e/{native-sign-in,own-password-guesses}.e2e-spec.ts',
      'test/integration/password-proof.int-spec.ts',
    ],
  },
  callers: {
    database: true,
    mutate: session('applications', 'service-clients', 'service-tokens'),
    tests: ['test/integration/service-callers.int-spec.ts'],
  },
  refreshes: {
    database: true,
    mutate: session('refresh-session', 'sign-in'),
    tests: ['test/e2e/native-refresh.e2e-spec.ts'],
  },
  guesses: {
    database: true,
    mutate: [...account('code-tries', 'password-budgets', 'password-proof'), ...platform('throttling/guess-budget')],
    tests: [
      'libs/account/src/password-budgets.spec.ts',
      'test/integration/{code-tries,guess-budget,password-proof}.int-spec.ts',
    ],
  },
};

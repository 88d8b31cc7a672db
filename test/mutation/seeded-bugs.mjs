const CODES = 'libs/account/src/mailed-codes.ts';
const JUDGE = 'libs/session/src/access-token.judge.ts';
const LISTENERS = 'apps/api/src/http/listeners.ts';
const OUTBOX = 'libs/platform/src/outbox/outbox-writer.ts';
const REPOSITORY = 'libs/account/src/account.repository.ts';
const TOKENS = 'libs/session/src/signed-tokens.ts';
const UNIT_OF_WORK = 'libs/platform/src/database/unit-of-work.ts';

/**
 * Bugs that other services had, and lines that carry our promise taken away. `edits`: file, what stands there once, and
 * what stands there with the bug. `test` and `titles` (a regular expression): who must notice.
 */
export const SEEDED_BUGS = [
  {
    name: 'a code that was used is good again',
    edits: [[CODES, 'code_hmac = $3 AND ended_at IS NULL', 'code_hmac = $3']],
    test: 'test/contract/bamboocloud-codes.contract-spec.ts',
    titles: 'S-48',
  },
  {
    name: 'a change is committed before the sessions end',
    edits: [
      [
        UNIT_OF_WORK,
        'await this.dispatcher.dispatchInTransaction(tx);',
        `await tx.manager.queryRunner!.commitTransaction();
         await tx.manager.queryRunner!.startTransaction();
         await this.dispatcher.dispatchInTransaction(tx);`,
      ],
    ],
    test: 'test/integration/unit-of-work.failing-consumer.int-spec.ts',
    titles: 'is answered as a failure',
  },
  {
    name: 'a mail is queued outside the transaction',
    edits: [[OUTBOX, 'tx.manager.query(INSERT', 'tx.manager.connection.query(INSERT']],
    test: 'test/integration/unit-of-work.int-spec.ts',
    titles: 'leaves nothing behind',
  },
  {
    name: 'a token is judged by its `iat`, in whole seconds',
    edits: [
      [
        JUDGE,
        'session.live ||',
        '!session.passwordChangedAt || claims.iat >= Math.floor(session.passwordChangedAt.getTime() / 1000) ||',
      ],
    ],
    test: 'test/e2e/native-change-password.e2e-spec.ts',
    titles: 'S-36',
  },
  {
    name: 'tries are counted in the memory of each replica',
    edits: [
      [
        'libs/platform/src/throttling/guess-budget.ts',
        `const [row] = await this.dataSource.query<[GrantRow]>('SELECT spent, wait FROM take_guesses($1)', [
      budgetsJson(budgets),
    ]);`,
        `const taken = ((this as any).taken ??= new Map<string, number>());
    const isSpent = ({ scope, key, maxTries }: Budget) => {
      const tries = (taken.get(scope + key) ?? 0) + 1;
      taken.set(scope + key, tries);
      return tries > maxTries;
    };
    const row = { spent: budgets.filter(isSpent).map(({ scope }) => scope), wait: null };`,
      ],
    ],
    test: 'test/e2e/replica-races.e2e-spec.ts',
    titles: 'R15',
  },
  {
    name: 'every proxy is trusted',
    edits: [[LISTENERS, 'trustProxy: proxies.includes', 'trustProxy: true']],
    test: 'test/e2e/edge-proxy.e2e-spec.ts',
    titles: 'S-25',
  },
  {
    name: 'a token is refused by the text that was seen when it ended',
    edits: [
      [TOKENS, `part !== '' && bytes.toString('base64url') === part ? bytes : null`, 'bytes'],
      [
        'apps/api/src/auth/access-token.strategy.ts',
        'return this.sessionOf(claims);\n    }',
        'return (this.judge as any).liveness.of((claims as any).sid);\n    }',
      ],
    ],
    test: 'test/e2e/token-respelling.e2e-spec.ts',
    titles: 'door "native me".*an ended token stays dead',
  },
  {
    name: 'passwords are folded by NFKC',
    edits: [['libs/platform/src/hashing/password-text.ts', "normalize('NFC')", "normalize('NFKC')"]],
    test: 'test/e2e/native-sign-in.e2e-spec.ts',
    titles: 'S-3\\b',
  },
  {
    name: 'a token chooses its algorithm',
    edits: [
      [TOKENS, 'algorithms: [...ALGORITHMS], ', ''],
      [TOKENS, 'alg === ALGORITHM && ', ''],
    ],
    test: 'test/e2e/token-attacks.e2e-spec.ts',
    titles: 'S-79',
  },
  {
    name: 'a condition that is left out finds the first row',
    edits: [
      [
        REPOSITORY,
        'find(accountId: string): Promise<SeenAccount | null> {\n    return this.findWithHash({ id: accountId });',
        'find(accountId: string): Promise<SeenAccount | null> {\n    return this.findWithHash({});',
      ],
    ],
    test: 'test/contract/internal-accounts.contract-spec.ts',
    titles: 'S-18',
  },

  {
    name: 'a change ends no session',
    edits: [
      [
        'libs/session/src/end-sessions.consumer.ts',
        'WHERE account_id = $1 AND ended_at IS NULL RETURNING',
        'WHERE account_id = $1 AND false RETURNING',
      ],
    ],
    test: 'test/e2e/native-change-password.e2e-spec.ts',
    titles: 'S-35',
  },
  {
    name: 'a change is no new version',
    edits: [
      [
        REPOSITORY,
        'const credentialVersion = seen.credentialVersion + 1;',
        'const credentialVersion = seen.credentialVersion;',
      ],
    ],
    test: 'test/e2e/voided-proofs.e2e-spec.ts',
    titles: 'L-1\\b',
  },
  {
    name: 'the last of two changes wins',
    edits: [[REPOSITORY, "'id = :id AND credential_version = :version AND deleted_at", "'id = :id AND deleted_at"]],
    // Over HTTP the session that the first of them has ended refuses the others, too.
    test: 'test/integration/account-swap.int-spec.ts',
    titles: 'S-38',
  },
  {
    name: 'what happened is not written to the outbox',
    edits: [[OUTBOX, 'if (tx.events.length === 0) return;', 'return;']],
    test: 'test/e2e/alerts.e2e-spec.ts',
    titles: 'S-39',
  },
  {
    name: 'a guess of a code is counted after it was judged',
    edits: [
      [CODES, 'await this.takeTry(attempt, requester);\n    try {', 'try {'],
      [
        CODES,
        "if (!(await this.isRight(attempt))) throw new DomainError('code.invalid');",
        `if (!(await this.isRight(attempt))) {
        await this.takeTry(attempt, requester);
        throw new DomainError('code.invalid');
      }`,
      ],
    ],
    test: 'test/contract/bamboocloud-code-races.contract-spec.ts',
    titles: 'S-49',
  },
  {
    name: 'a password is judged although its tries are spent',
    edits: [
      [
        'libs/account/src/sign-in-proof.ts',
        'isSpent ? null : (account?.passwordHash ?? null)',
        'account?.passwordHash ?? null',
      ],
    ],
    test: 'test/e2e/native-sign-in.e2e-spec.ts',
    titles: 'S-23|S-33',
  },
  {
    name: 'liveness is not asked',
    edits: [[JUDGE, 'session.live || session.accountGone ? session : null', 'session']],
    test: 'test/e2e/every-change.e2e-spec.ts',
    titles: 'native password',
  },
  {
    name: 'the answer about a live session is kept',
    edits: [
      [
        'libs/session/src/liveness.ts',
        'return isUuid(sessionId) ? this.ask(sessionId) : null;',
        `const kept = ((this as any).kept ??= new Map<string, Promise<LiveSession | null>>());
    if (!kept.has(sessionId)) kept.set(sessionId, this.ask(sessionId));
    return kept.get(sessionId)!;`,
      ],
    ],
    test: 'test/e2e/every-change.e2e-spec.ts',
    titles: 'native password',
  },
  {
    name: 'a spent refresh token is rotated again',
    edits: [
      [
        'libs/session/src/refresh-session.ts',
        'WHERE token_hash = $1 AND spent_at IS NULL RETURNING',
        'WHERE token_hash = $1 RETURNING',
      ],
    ],
    test: 'test/e2e/native-refresh.e2e-spec.ts',
    titles: 'S-91',
  },
  {
    name: 'a kept session gets a new end',
    edits: [
      [
        'libs/session/src/end-sessions.consumer.ts',
        'user_agent, device, ip, authenticated_at, idle_expires_at, expires_at\n    FROM',
        "user_agent, device, ip, authenticated_at, now() + interval '1 day', now() + interval '7 days'\n    FROM",
      ],
    ],
    test: 'test/e2e/native-change-password.e2e-spec.ts',
    titles: 'L-5',
  },
  {
    name: 'an undo leaves the links of later changes',
    edits: [
      [
        'libs/account/src/email-undos.ts',
        'AND created_at >= (SELECT at FROM first_left WHERE email = $2)',
        'AND id = $3 AND $2::text IS NOT NULL',
      ],
    ],
    test: 'test/e2e/native-undo.e2e-spec.ts',
    titles: 'S-64',
  },
  {
    name: 'an address that can be restored is free',
    edits: [['libs/account/src/email-claims.ts', 'OR c.reserved_until <= now()', 'OR c.reserved_until IS NOT NULL']],
    test: 'test/contract/bamboocloud-update-email-checks.contract-spec.ts',
    titles: 'S-65',
  },
  {
    name: 'who must change the password may do everything',
    edits: [['apps/api/src/auth/token.guard.ts', 'if (session.passwordChangeOnly && ', 'if (false && ']],
    test: 'test/contract/internal-accounts-password-change.contract-spec.ts',
    titles: 'S-9\\b',
  },
  {
    name: 'an alert goes to the address of the day',
    edits: [
      [
        'libs/platform/src/outbox/delivery-queue.ts',
        'SELECT claimed.*, m.requester, m.events, m.recorded_at\n  FROM claimed JOIN outbox_message m ON m.id = claimed.message_id',
        `SELECT claimed.id, consumer, attempts, sealed, message_id, m.requester, m.recorded_at, coalesce(a.email, target) AS target,
      replace(m.events::text, target, coalesce(a.email, target))::jsonb AS events
    FROM claimed JOIN outbox_message m ON m.id = claimed.message_id
    LEFT JOIN account a ON target <> '' AND a.id = (m.events -> 0 -> 'data' ->> 'accountId')::uuid`,
      ],
    ],
    test: 'test/e2e/attack-chains.e2e-spec.ts',
    titles: 'L-10',
  },
  {
    name: 'a better hash overwrites a change that was made meanwhile',
    edits: [[REPOSITORY, ' AND password_hash = ${given(oldHash)}', '']],
    test: 'test/contract/internal-accounts-rehash.contract-spec.ts',
    titles: 'L-13',
  },
  {
    name: 'a code is good for everybody',
    edits: [[CODES, "email, accountId ?? '', applicationId", "email, '', applicationId"]],
    test: 'test/e2e/native-change-email.e2e-spec.ts',
    titles: 'S-52',
  },
  {
    name: 'a code is stored under a hash without a key',
    edits: [['libs/platform/src/secrets/code-key.ts', 'this.subKey(`hmac:${purpose}`)', 'purpose']],
    test: 'test/contract/bamboocloud-codes.contract-spec.ts',
    titles: 'S-46',
  },
  {
    name: 'an address that cannot be had is told of before its code',
    edits: [
      [
        'libs/account/src/send-code.ts',
        "if (purpose === 'address-proof') return this.claims.isUnavailable(email, null);",
        `if (purpose === 'address-proof') {
      if (await this.claims.isUnavailable(email, null)) throw new DomainError('email.invalid');
      return false;
    }`,
      ],
      [
        'libs/account/src/send-code.ts',
        'import type { Locale, Requester } from',
        'import { DomainError, type Locale, type Requester } from',
      ],
    ],
    test: 'test/contract/bamboocloud-send.contract-spec.ts',
    titles: 'S-61',
  },
];

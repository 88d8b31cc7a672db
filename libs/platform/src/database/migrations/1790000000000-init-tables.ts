/** The tables of the first schema, by the library that they belong to. As a migration: never edited once landed. */
export const ACCOUNT = [
  // A deleted account stays as a tombstone without an address, so that a live token meets "account gone".
  `CREATE TABLE account (
    id uuid PRIMARY KEY,
    email text UNIQUE,
    email_verified boolean NOT NULL DEFAULT false,
    password_hash text,
    credential_version integer NOT NULL DEFAULT 1 CHECK (credential_version > 0),
    plan text NOT NULL DEFAULT 'PERSONAL' CHECK (plan IN ('FREE', 'PERSONAL', 'PREMIUM', 'BUSINESS')),
    locale text NOT NULL DEFAULT 'en' CHECK (locale IN ('en', 'zh')),
    display_name text,
    organisation_id text,
    organisation_role text CHECK (organisation_role IN ('owner', 'member')),
    disabled boolean NOT NULL DEFAULT false,
    password_change_required boolean NOT NULL DEFAULT false,
    password_reset_required boolean NOT NULL DEFAULT false,
    password_changed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    CHECK ((deleted_at IS NULL) = (email IS NOT NULL)),
    CHECK (deleted_at IS NULL OR (password_hash IS NULL AND display_name IS NULL)),
    CHECK ((organisation_id IS NULL) = (organisation_role IS NULL))
  )`,
  'CREATE INDEX account_organisation ON account (organisation_id) WHERE organisation_id IS NOT NULL',
  'CREATE INDEX account_password_age ON account (password_changed_at, id) WHERE deleted_at IS NULL',

  // Who may use an address: its account, or, while an undo is possible, the account that left it.
  `CREATE TABLE email_claim (
    email text PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account (id),
    reserved_until timestamptz
  )`,
  'CREATE INDEX email_claim_account ON email_claim (account_id)',

  `CREATE TABLE pending_email_change (
    account_id uuid PRIMARY KEY REFERENCES account (id),
    id uuid NOT NULL UNIQUE,
    new_email text NOT NULL,
    credential_version integer NOT NULL,
    cancel_token_hash bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    resend_after timestamptz NOT NULL
  )`,

  `CREATE TABLE mailed_code (
    id uuid PRIMARY KEY,
    purpose text NOT NULL,
    email text NOT NULL,
    account_id uuid REFERENCES account (id),
    application_id text,
    credential_version integer,
    code_hmac bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    ended_at timestamptz
  )`,
  'CREATE INDEX mailed_code_live ON mailed_code (email, purpose) WHERE ended_at IS NULL',
  'CREATE INDEX mailed_code_account ON mailed_code (account_id) WHERE ended_at IS NULL',

  `CREATE TABLE reset_token (
    account_id uuid PRIMARY KEY REFERENCES account (id),
    token_hash bytea NOT NULL UNIQUE,
    credential_version integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
  )`,

  `CREATE TABLE undo_token (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account (id),
    token_hash bytea NOT NULL UNIQUE,
    restores_email text NOT NULL,
    replaced_email text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    ended_at timestamptz
  )`,
  'CREATE INDEX undo_token_account ON undo_token (account_id) WHERE ended_at IS NULL',
];

export const SESSION = [
  `CREATE TABLE session (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    credential_version integer NOT NULL,
    listed boolean NOT NULL DEFAULT true,
    password_change_only boolean NOT NULL DEFAULT false,
    handle_hash bytea UNIQUE,
    application_id text,
    user_agent text,
    device text,
    ip text,
    created_at timestamptz NOT NULL DEFAULT now(),
    authenticated_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    idle_expires_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz
  )`,
  'CREATE INDEX session_account ON session (account_id) WHERE ended_at IS NULL',
  'CREATE INDEX session_purge ON session (expires_at)',

  // A family of refresh tokens is a session: the one unspent row is its only live leaf.
  `CREATE TABLE refresh_token (
    token_hash bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    spent_at timestamptz
  )`,
  'CREATE UNIQUE INDEX refresh_token_leaf ON refresh_token (session_id) WHERE spent_at IS NULL',
  'CREATE INDEX refresh_token_session ON refresh_token (session_id)',

  `CREATE TABLE application (
    client_id text PRIMARY KEY,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
  )`,
  `CREATE TABLE api_key (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    key_hash bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    revoked_at timestamptz
  )`,
  'CREATE INDEX api_key_account ON api_key (account_id) WHERE revoked_at IS NULL',
  `CREATE TABLE service_client (
    id text PRIMARY KEY,
    name text NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
  )`,
  // More than one secret may be live: that is how one is rotated with overlap.
  `CREATE TABLE service_client_secret (
    id uuid PRIMARY KEY,
    client_id text NOT NULL REFERENCES service_client (id),
    secret_hash bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz
  )`,
  'CREATE INDEX service_client_secret_client ON service_client_secret (client_id)',
];

export const PLATFORM = [
  `CREATE TABLE outbox_message (
    id uuid PRIMARY KEY,
    sequence bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    requester jsonb NOT NULL,
    events jsonb NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE TABLE outbox_delivery (
    id uuid PRIMARY KEY,
    message_id uuid NOT NULL REFERENCES outbox_message (id),
    consumer text NOT NULL,
    target text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'due' CHECK (status IN ('due', 'done', 'parked')),
    attempts integer NOT NULL DEFAULT 0,
    available_at timestamptz NOT NULL DEFAULT now(),
    lease uuid,
    sealed bytea,
    last_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    UNIQUE (message_id, consumer, target),
    CHECK (status = 'due' OR sealed IS NULL)
  )`,
  `CREATE INDEX outbox_delivery_due ON outbox_delivery (available_at) WHERE status = 'due'`,
  `CREATE INDEX outbox_delivery_parked ON outbox_delivery (created_at) WHERE status = 'parked'`,

  `CREATE TABLE audit_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    account_id uuid,
    action text NOT NULL,
    requester jsonb NOT NULL,
    details jsonb NOT NULL DEFAULT '{}'
  )`,
  'CREATE INDEX audit_event_account ON audit_event (account_id, id DESC)',

  `CREATE TABLE idempotency_key (
    scope text NOT NULL,
    key_hash bytea NOT NULL,
    fingerprint bytea NOT NULL,
    response jsonb,
    locked_until timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (scope, key_hash)
  )`,

  // Failures counted before they are answered; see GuessBudget.
  `CREATE TABLE guess_budget (
    scope text NOT NULL,
    key text NOT NULL,
    max_tries integer NOT NULL CHECK (max_tries > 0),
    window_seconds integer NOT NULL CHECK (window_seconds > 0),
    max_in_a_row integer NOT NULL,
    pause_grows boolean NOT NULL,
    tries integer NOT NULL DEFAULT 1,
    in_a_row integer NOT NULL DEFAULT 1,
    lockouts integer NOT NULL DEFAULT 0,
    window_ends_at timestamptz NOT NULL,
    PRIMARY KEY (scope, key)
  )`,
  'CREATE INDEX guess_budget_purge ON guess_budget (window_ends_at)',

  `CREATE TABLE mailbox_message (
    id uuid PRIMARY KEY,
    message_id text NOT NULL UNIQUE,
    recipient text NOT NULL,
    sender text NOT NULL,
    subject text NOT NULL,
    text_body text NOT NULL,
    html_body text NOT NULL,
    headers jsonb NOT NULL,
    sent_at timestamptz NOT NULL DEFAULT now()
  )`,
  'CREATE INDEX mailbox_message_recipient ON mailbox_message (recipient, sent_at DESC)',
];

-- The command centre's own people: who they are, their sessions, how often somebody failed to be them, and who did what.
-- Times are the system's, also while a replay drives the node's clock.

CREATE TABLE accounts (
  id uuid PRIMARY KEY,
  name text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9._-]{2,40}$'),
  display_name text NOT NULL CHECK (char_length(display_name) BETWEEN 1 AND 80),
  roles text[] NOT NULL CHECK (
    cardinality(roles) > 0
    AND roles <@ ARRAY[
      'centre', 'acceptor', 'dispatcher', 'checker', 'supervisor', 'department', 'crew', 'evaluator', 'administrator', 'auditor']),
  department text NOT NULL,
  crew text NOT NULL,
  district text NOT NULL,
  disabled boolean NOT NULL,
  -- scrypt, in PasswordHash's text form.
  password_hash text NOT NULL CHECK (password_hash LIKE 'scrypt$%'),
  must_change_password boolean NOT NULL,
  -- The authenticator's secret, sealed with the node's key: the one that counts, and one that waits to be confirmed.
  second_factor bytea,
  pending_factor bytea,
  -- The last step whose code was accepted: none is accepted twice.
  used_step bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  last_sign_in_at timestamptz,
  version integer NOT NULL CHECK (version > 0),
  CHECK (crew = '' OR department <> ''),
  CHECK (department <> '' OR NOT roles && ARRAY['department', 'crew']),
  CHECK (crew <> '' OR NOT 'crew' = ANY (roles))
);

CREATE TABLE sessions (
  id uuid PRIMARY KEY,
  -- SHA-256 of the token: a copy of the database signs nobody in.
  token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
  account_id uuid NOT NULL REFERENCES accounts,
  address text NOT NULL,
  user_agent text NOT NULL,
  started_at timestamptz NOT NULL,
  last_used_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL CHECK (expires_at > started_at)
);
CREATE INDEX sessions_by_account ON sessions (account_id);
CREATE INDEX sessions_by_use ON sessions (last_used_at DESC, id DESC);

-- Failed sign-ins, by 'name:…' and 'address:…'.
CREATE TABLE sign_in_attempts (
  subject text PRIMARY KEY,
  failures integer NOT NULL CHECK (failures >= 0),
  last_at timestamptz NOT NULL,
  blocked_until timestamptz NOT NULL
);
CREATE INDEX sign_in_attempts_by_time ON sign_in_attempts (last_at);

CREATE TABLE audit (
  sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  account_id uuid,
  account_name text NOT NULL,
  session_id uuid,
  action text NOT NULL CHECK (action ~ '^[a-z_]{1,60}$'),
  target text NOT NULL CHECK (char_length(target) <= 200),
  result smallint NOT NULL CHECK (result BETWEEN 1 AND 3),
  detail text NOT NULL CHECK (char_length(detail) <= 500),
  address text NOT NULL,
  user_agent text NOT NULL
);
CREATE INDEX audit_by_account ON audit (account_id, sequence);
CREATE INDEX audit_by_name ON audit (account_name, sequence);
CREATE INDEX audit_by_action ON audit (action, sequence);
CREATE INDEX audit_by_time ON audit (at);

CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit list is only ever added to' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept();

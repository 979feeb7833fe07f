-- What every service keeps beside its own tables: the facts that it tells, how far it has heard the others, the commands that it has answered,
-- and the node's clock.

-- Facts, appended in the transaction that made them true, never changed and never deleted: they are the audit trail, and what projections are
-- rebuilt from. Readers go by (xid, id) and only below the oldest transaction that is
-- still open: an id is drawn long before its transaction commits, so going by id alone would skip what commits late.
CREATE TABLE events (
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  id bigint GENERATED ALWAYS AS IDENTITY,
  type text NOT NULL CHECK (length(type) BETWEEN 1 AND 100),
  subject uuid NOT NULL,
  occurred_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  body bytea NOT NULL CHECK (octet_length(body) <= 1048576),
  PRIMARY KEY (xid, id)
);
CREATE INDEX events_subject ON events (subject, id);

-- Up to where the facts of another service have been applied here: moved in the transaction that applies them.
CREATE TABLE event_cursors (
  source text PRIMARY KEY CHECK (length(source) BETWEEN 1 AND 100),
  xid xid8 NOT NULL,
  id bigint NOT NULL,
  moved_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Commands that were carried out, with their answers: a repetition gets the first answer.
CREATE TABLE commands (
  key text PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 200),
  method text NOT NULL,
  fingerprint bigint NOT NULL,
  response bytea NOT NULL,
  recorded_at timestamptz NOT NULL,
  -- By the system's clock, whatever time the node lives in: callers repeat in real time, and so long is a command kept.
  stored_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- Rows lie in the order of this column, so a summary of their pages finds the old ones, and costs a command nothing.
CREATE INDEX commands_stored_at ON commands USING brin (stored_at) WITH (pages_per_range = 16, autosummarize = on);

-- Where the node's clock stands while a replay drives it; no row, or NULL: it follows the system's clock.
CREATE TABLE node_clock (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  -- Grows with each change, so that a replica never takes an older reading for a newer one.
  version bigint NOT NULL CHECK (version > 0),
  driven_to timestamptz
);

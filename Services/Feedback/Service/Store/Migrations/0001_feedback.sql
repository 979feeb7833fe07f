-- What reporters are told, asked and have answered.

-- Cases as far as reporters are concerned. Its row is the lock under which reports and steps of one case meet.
CREATE TABLE cases (
  case_id    uuid PRIMARY KEY,
  -- How often dissatisfied reporters have reopened it.
  reopenings smallint NOT NULL DEFAULT 0 CHECK (reopenings >= 0)
);

CREATE TABLE reports (
  report_id    uuid PRIMARY KEY,
  -- NULL when it has no case, or was turned down.
  case_id      uuid REFERENCES cases,
  number       text NOT NULL,
  -- Personal data, sealed with the node's field key.
  sealed_name  bytea NOT NULL,
  sealed_phone bytea NOT NULL,
  received_at  timestamptz NOT NULL,
  -- SHA-256 of the tracking token: a copy of the database follows nobody's report.
  token_digest bytea NOT NULL CHECK (octet_length(token_digest) = 32),
  -- Where it is; empty when nobody knows. Accounts may be confined to a district.
  district_code text NOT NULL
);
CREATE INDEX reports_case ON reports (case_id);
-- The report of a number and a token; a number may have tens of thousands.
CREATE INDEX reports_number ON reports (number, token_digest);

-- Public steps of cases, kept for reports that join later or arrive later from the log.
CREATE TABLE case_steps (
  case_id     uuid NOT NULL REFERENCES cases,
  version     integer NOT NULL,
  kind        smallint NOT NULL,
  text_zh     text NOT NULL,
  text_en     text NOT NULL,
  department  text NOT NULL,
  occurred_at timestamptz NOT NULL,
  PRIMARY KEY (case_id, version)
);

-- What each reporter is told: the notification outbox.
CREATE TABLE milestones (
  report_id    uuid NOT NULL REFERENCES reports,
  sequence     integer NOT NULL CHECK (sequence > 0),
  kind         smallint NOT NULL CHECK (kind BETWEEN 1 AND 10),
  text_zh      text NOT NULL,
  text_en      text NOT NULL,
  occurred_at  timestamptz NOT NULL,
  -- The step of the case that it tells; NULL when it is about the report alone.
  case_id      uuid REFERENCES cases,
  case_version integer,
  delivery     text NOT NULL DEFAULT 'pending' CHECK (delivery IN ('pending', 'delivered', 'failed')),
  transport    text NOT NULL DEFAULT 'follow',
  delivered_at timestamptz,
  PRIMARY KEY (report_id, sequence),
  CHECK ((case_id IS NULL) = (case_version IS NULL)),
  CHECK ((delivery = 'delivered') = (delivered_at IS NOT NULL))
);
-- The outbox in the order of what happened, whole and undelivered.
CREATE INDEX milestones_occurred ON milestones (occurred_at, report_id, sequence);
CREATE INDEX milestones_pending ON milestones (occurred_at, report_id, sequence) WHERE delivery = 'pending';

-- 回访: each closing asks each reporter once.
CREATE TABLE follow_ups (
  report_id    uuid NOT NULL REFERENCES reports,
  case_id      uuid NOT NULL REFERENCES cases,
  case_version integer NOT NULL,
  department   text NOT NULL,
  asked_at     timestamptz NOT NULL,
  score        smallint CHECK (score BETWEEN 1 AND 5),
  answer       text NOT NULL DEFAULT '' CHECK (char_length(answer) <= 1000),
  answered_at  timestamptz,
  PRIMARY KEY (report_id, case_id, case_version),
  CHECK ((score IS NULL) = (answered_at IS NULL))
);
-- Published results: of the questions asked in a range.
CREATE INDEX follow_ups_asked ON follow_ups (asked_at);

-- Who saw personal data whole, when and why. Never edited.
CREATE TABLE unmaskings (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  report_id  uuid NOT NULL REFERENCES reports,
  actor_id   text NOT NULL CHECK (actor_id <> ''),
  actor_role text NOT NULL,
  reason     text NOT NULL CHECK (char_length(reason) >= 4),
  peer       text NOT NULL,
  at         timestamptz NOT NULL
);
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'this record is append-only';
END $$;
CREATE TRIGGER unmaskings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON unmaskings
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

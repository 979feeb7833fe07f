-- Dispatch's own schema: cases with their append-only history, who handles what, and the working calendars.

-- What a history may hold: the lifecycle's table (DispatchDomain.TransitionTable), restated. A test compares the two for every combination.
-- Kinds and states by their numbers in the contract.
CREATE FUNCTION case_step_allowed(kind smallint, from_state smallint, to_state smallint) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN kind = 1 THEN from_state IS NULL AND to_state = 1
    WHEN from_state IS NULL OR to_state IS NULL THEN false
    WHEN kind = 2 THEN from_state IN (1, 2, 3, 4) AND to_state = 2
    WHEN kind = 3 THEN from_state = 2 AND to_state = 3
    WHEN kind = 4 THEN from_state IN (2, 3, 4) AND to_state = 4
    -- From dispatched too, but only behind an acceptance, so that it stands as 3 to 5.
    WHEN kind = 5 THEN from_state = 3 AND to_state = 5
    WHEN kind = 6 THEN from_state = 5 AND to_state = 6
    WHEN kind = 7 THEN from_state = 5 AND to_state = 3
    WHEN kind = 8 THEN from_state IN (5, 6) AND to_state = 7
    WHEN kind = 9 THEN from_state = 7 AND to_state = 1
    WHEN kind = 10 THEN from_state BETWEEN 1 AND 6 AND to_state = 8
    WHEN kind = 11 THEN from_state BETWEEN 1 AND 6 AND to_state = 9
    WHEN kind = 12 THEN from_state IN (1, 2, 3, 4) AND to_state = from_state
    WHEN kind = 13 THEN from_state BETWEEN 1 AND 6 AND to_state = from_state
    WHEN kind = 14 THEN from_state = 1 AND to_state = 1
    WHEN kind IN (15, 16, 17) THEN from_state BETWEEN 1 AND 9 AND to_state = from_state
    WHEN kind = 18 THEN from_state IN (1, 2, 3) AND to_state = from_state
    ELSE false
  END
$$;

CREATE TABLE cases (
  id uuid PRIMARY KEY,
  number text NOT NULL UNIQUE,
  channel integer NOT NULL,
  kind text NOT NULL,
  kind_name text NOT NULL,
  kind_name_en text NOT NULL,
  body text NOT NULL,
  longitude double precision,
  latitude double precision,
  address text NOT NULL,
  district_code text NOT NULL,
  street_code text NOT NULL,
  community_code text NOT NULL,
  unplaced boolean NOT NULL,
  urgent boolean NOT NULL,
  filed_at timestamptz NOT NULL,
  standard_id text NOT NULL,
  standard_version text NOT NULL,
  limit_amount integer,
  limit_unit integer CHECK (limit_unit BETWEEN 1 AND 4),
  check_required boolean NOT NULL,
  external_ref text NOT NULL,
  duplicate_of uuid,
  -- By when somebody should have it for the first time.
  dispatch_due_at timestamptz NOT NULL,
  -- What the facts change, from here on.
  version integer NOT NULL CHECK (version > 0),
  state smallint NOT NULL CHECK (state BETWEEN 1 AND 9),
  state_since timestamptz NOT NULL,
  department text NOT NULL,
  crew text NOT NULL,
  authority text NOT NULL,
  due_origin smallint NOT NULL CHECK (due_origin BETWEEN 0 AND 2),
  due_at timestamptz,
  -- due_at in microseconds, the largest bigint when there is none: "nearest deadline first" in one ascending index.
  due_order bigint NOT NULL,
  due_zh text NOT NULL,
  due_en text NOT NULL,
  clock_start timestamptz NOT NULL,
  -- Start and end of each pause, in microseconds.
  clock_pauses bigint[] NOT NULL CHECK (cardinality(clock_pauses) % 2 = 0),
  calendar_version text NOT NULL,
  clock_stopped_at timestamptz,
  clock_resumed_at timestamptz,
  -- When it becomes overdue unless something happens before: what the sweep looks for.
  overdue_at timestamptz,
  overdue boolean NOT NULL,
  supervised boolean NOT NULL,
  -- Only because it was overdue.
  supervised_by_rule boolean NOT NULL,
  dispatched_at timestamptz,
  handled_at timestamptz,
  ended_at timestamptz,
  report_count integer NOT NULL CHECK (report_count >= 0),
  reopen_count integer NOT NULL CHECK (reopen_count >= 0),
  rework_count integer NOT NULL CHECK (rework_count >= 0),
  return_count integer NOT NULL CHECK (return_count >= 0),
  CHECK ((longitude IS NULL) = (latitude IS NULL)),
  CHECK ((limit_amount IS NULL) = (limit_unit IS NULL)),
  CHECK ((due_origin = 0) = (due_at IS NULL)),
  CHECK ((due_at IS NULL) = (due_order = 9223372036854775807)),
  CHECK (due_at IS NOT NULL OR NOT overdue),
  CHECK (supervised OR NOT supervised_by_rule),
  CHECK (overdue_at IS NULL OR (NOT overdue AND state IN (1, 2, 3, 4))),
  -- Somebody has what is a task; what is handled, checked or closed was handled, and only what is closed has a closing time.
  CHECK (state NOT IN (2, 3) OR (department <> '' AND dispatched_at IS NOT NULL)),
  CHECK (state NOT IN (5, 6, 7) OR handled_at IS NOT NULL),
  CHECK ((state IN (7, 8, 9)) = (ended_at IS NOT NULL)),
  CHECK (state <> 9 OR authority <> '')
);

-- "My open tasks", by department and by crew, the nearest deadline first.
CREATE INDEX cases_tasks_of_department ON cases (department, due_order, id) WHERE state IN (2, 3);
CREATE INDEX cases_tasks_of_crew ON cases (department, crew, due_order, id) WHERE state IN (2, 3);
-- The sweep.
CREATE INDEX cases_overdue_at ON cases (overdue_at, id) WHERE overdue_at IS NOT NULL;
-- Recounting after a change of the calendar.
CREATE INDEX cases_counted ON cases (calendar_version, id) WHERE due_origin = 2 AND state IN (1, 2, 3);
-- Listings, the newest first.
CREATE INDEX cases_filed ON cases (filed_at, id);
CREATE INDEX cases_filed_by_department ON cases (department, filed_at, id);
CREATE INDEX cases_filed_by_district ON cases (district_code, filed_at, id);
CREATE INDEX cases_filed_by_street ON cases (street_code, filed_at, id);
CREATE INDEX cases_filed_by_kind ON cases (kind, filed_at, id);
CREATE INDEX cases_filed_overdue ON cases (filed_at, id) WHERE overdue;
CREATE INDEX cases_filed_unplaced ON cases (filed_at, id) WHERE unplaced;
CREATE INDEX cases_filed_open ON cases (state, filed_at, id) WHERE state <> 7;
CREATE INDEX cases_filed_any_open ON cases (filed_at, id) WHERE state < 7;
CREATE INDEX cases_filed_supervised ON cases (filed_at, id) WHERE supervised;
CREATE INDEX cases_filed_urgent ON cases (filed_at, id) WHERE urgent;
-- Listings of open cases, the nearest deadline first, and of ended ones, what ended last first.
CREATE INDEX cases_due ON cases (due_order, id) WHERE state < 7;
CREATE INDEX cases_due_of_department ON cases (department, due_order, id) WHERE state < 7;
CREATE INDEX cases_ended ON cases (ended_at, id) WHERE ended_at IS NOT NULL;
CREATE INDEX cases_external_ref ON cases (external_ref) WHERE external_ref <> '';

-- The words by which a case is found (DispatchDomain.SearchWords): a table of its own, because it is written once, when a case is filed
-- or placed anew, and a case's row many times.
CREATE TABLE case_search (
  case_id uuid PRIMARY KEY REFERENCES cases (id),
  words tsvector NOT NULL
);
-- New words stay on the list of pending entries, up to 16 MB, until the service's job sorts them in, every second: measured at a million
-- cases, 100 new ones then take 6 ms instead of 80, and none has to wait for a full list to be sorted.
CREATE INDEX case_search_words ON case_search USING gin (words) WITH (fastupdate = on, gin_pending_list_limit = 16384);

CREATE TABLE case_history (
  case_id uuid NOT NULL REFERENCES cases (id),
  version integer NOT NULL CHECK (version > 0),
  kind smallint NOT NULL,
  from_state smallint,
  to_state smallint NOT NULL,
  actor_id text NOT NULL,
  actor_role text NOT NULL CHECK (actor_role <> ''),
  actor_name text NOT NULL,
  reason text NOT NULL,
  reason_en text NOT NULL,
  occurred_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  out_of_order boolean NOT NULL,
  department text NOT NULL,
  crew text NOT NULL,
  authority text NOT NULL,
  evidence text[] NOT NULL,
  -- Why it was dispatched: 1 source, 2 matrix, 3 a person, 4 reopened. Entries of the matrix as kind, area, department, crew, tab between.
  rule smallint CHECK (rule BETWEEN 1 AND 4),
  matrix_version text NOT NULL,
  matched text,
  alternatives text[] NOT NULL,
  -- The deadline that the fact set.
  sets_deadline boolean NOT NULL,
  due_origin smallint,
  due_at timestamptz,
  due_zh text NOT NULL,
  due_en text NOT NULL,
  PRIMARY KEY (case_id, version),
  CONSTRAINT case_history_step CHECK (case_step_allowed(kind, from_state, to_state)),
  CHECK ((kind = 1) = (version = 1)),
  CHECK ((kind = 2) = (rule IS NOT NULL)),
  CHECK (kind <> 2 OR department <> ''),
  -- These need a reason: returned, check failed, reopened, cancelled, referred, supervised.
  CHECK (kind NOT IN (4, 7, 9, 10, 11, 13) OR reason <> ''),
  CHECK (sets_deadline = (due_origin IS NOT NULL))
);

-- Append-only, whoever asks.
CREATE FUNCTION refuse_history_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the history of cases is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER case_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_history
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_history_change();

CREATE TABLE departments (
  code text PRIMARY KEY CHECK (code <> ''),
  name text NOT NULL,
  name_en text NOT NULL
);

CREATE TABLE crews (
  department text NOT NULL REFERENCES departments (code),
  code text NOT NULL CHECK (code <> ''),
  name text NOT NULL,
  PRIMARY KEY (department, code)
);

-- Grows whenever departments are given names, so that every replica knows when to read them anew. One row.
CREATE TABLE department_names (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  version bigint NOT NULL
);
INSERT INTO department_names (version) VALUES (0);

-- The order in which settings came into force: the highest is in force.
CREATE SEQUENCE settings_order;

CREATE TABLE matrices (
  version text PRIMARY KEY CHECK (version <> ''),
  in_force bigint NOT NULL UNIQUE DEFAULT nextval('settings_order'),
  stored_at timestamptz NOT NULL
);

CREATE TABLE responsibilities (
  version text NOT NULL REFERENCES matrices (version),
  kind text NOT NULL,
  area_code text NOT NULL,
  department text NOT NULL CHECK (department <> ''),
  crew text NOT NULL,
  PRIMARY KEY (version, kind, area_code, department, crew)
);

CREATE TABLE calendars (
  version text PRIMARY KEY CHECK (version <> ''),
  in_force bigint NOT NULL UNIQUE DEFAULT nextval('settings_order'),
  -- Minutes of the day, from and before, in pairs.
  work_minutes integer[] NOT NULL,
  -- Days as yyyymmdd.
  holidays integer[] NOT NULL,
  worked_weekends integer[] NOT NULL,
  stored_at timestamptz NOT NULL
);

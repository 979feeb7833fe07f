-- Intake: reports, the index of cases for de-duplication, code tables, filing standards, divisions.

CREATE TABLE code_tables (
  name text NOT NULL,
  version text NOT NULL,
  valid_from timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (name, version)
);

CREATE TABLE codes (
  table_name text NOT NULL,
  version text NOT NULL,
  ordinal integer NOT NULL,
  code text NOT NULL CHECK (code <> ''),
  name text NOT NULL,
  name_en text NOT NULL,
  parent text NOT NULL,
  duplicate_disabled boolean NOT NULL,
  duplicate_radius_m double precision NOT NULL CHECK (duplicate_radius_m > 0 AND duplicate_radius_m <= 500),
  duplicate_window_s bigint NOT NULL CHECK (duplicate_window_s > 0 AND duplicate_window_s <= 2678400),
  -- Not one that citizens choose: only sensors and the staff report it.
  staff_only boolean NOT NULL,
  PRIMARY KEY (table_name, version, code),
  FOREIGN KEY (table_name, version) REFERENCES code_tables (name, version)
);

CREATE TABLE filing_standards (
  id text NOT NULL CHECK (id <> ''),
  version text NOT NULL CHECK (version <> ''),
  kind text NOT NULL CHECK (kind <> ''),
  condition text NOT NULL,
  time_limit integer NOT NULL,
  -- 1 urgent hour, 2 working hour, 3 working day, 4 natural day; none: no limit of its own
  unit smallint CHECK (unit BETWEEN 1 AND 4),
  closing_condition text NOT NULL,
  urgent boolean NOT NULL,
  check_required boolean NOT NULL,
  valid_from timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (id, version),
  CHECK (CASE WHEN unit IS NULL THEN time_limit = 0 ELSE time_limit BETWEEN 1 AND 10000 END)
);

CREATE TABLE divisions (
  -- 1 city, 2 district, 3 street, 4 community
  tier smallint NOT NULL CHECK (tier BETWEEN 1 AND 4),
  code text NOT NULL CHECK (code <> ''),
  name text NOT NULL,
  parent_code text NOT NULL,
  -- Where areas overlap, the lowest wins.
  ordinal integer GENERATED ALWAYS AS IDENTITY,
  area public.geometry(MultiPolygon, 4326),
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (tier, code)
);
CREATE INDEX divisions_area ON divisions USING gist (area);

-- The running part of the case numbers.
CREATE SEQUENCE case_numbers;

-- What intake must know of a case to recognise its repetitions. Its life is dispatch's.
CREATE TABLE cases (
  id uuid PRIMARY KEY,
  number text NOT NULL UNIQUE,
  kind text NOT NULL,
  -- Grid cell of 0.002°, none without coordinates.
  cell bigint,
  longitude double precision,
  latitude double precision,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  -- Who has it, as dispatch tells: whose people see its reports. Empty until somebody has.
  department text NOT NULL DEFAULT '',
  crew text NOT NULL DEFAULT '',
  CHECK ((cell IS NULL) = (longitude IS NULL) AND (longitude IS NULL) = (latitude IS NULL))
);
CREATE INDEX cases_nearby ON cases (kind, cell, opened_at) WHERE cell IS NOT NULL;

CREATE TABLE reports (
  id uuid PRIMARY KEY,
  -- 1 filed, 2 linked, 3 rejected, 4 not filed
  state smallint NOT NULL CHECK (state BETWEEN 1 AND 4),
  channel smallint NOT NULL CHECK (channel BETWEEN 1 AND 11),
  kind text NOT NULL,
  kind_version text NOT NULL,
  text text NOT NULL,
  address text NOT NULL,
  longitude double precision,
  latitude double precision,
  district_code text NOT NULL,
  street_code text NOT NULL,
  community_code text NOT NULL,
  -- 1 no coordinates, 2 not on earth, 3 outside of all divisions; none: placed
  unplaced smallint CHECK (unplaced BETWEEN 1 AND 3),
  -- A case of this schema, entered in the same transaction or before and never deleted. A foreign key would check that again at 11 µs a
  -- report, an eighth of what PostgreSQL does for one (measured with 64 callers on two cores).
  case_id uuid,
  duplicate_of uuid,
  duplicate_reason text NOT NULL,
  duplicate_reason_en text NOT NULL,
  reason text NOT NULL,
  reason_en text NOT NULL,
  external_ref text NOT NULL,
  owner_department text NOT NULL,
  owner_crew text NOT NULL,
  due_at timestamptz,
  urgent boolean NOT NULL,
  -- AES-256-GCM, none when anonymous
  sealed_name bytea,
  sealed_phone bytea,
  occurred_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  CHECK ((state IN (1, 2)) = (case_id IS NOT NULL)),
  CHECK ((longitude IS NULL) = (latitude IS NULL)),
  CHECK (state NOT IN (3, 4) OR reason <> '')
);
CREATE INDEX reports_case ON reports (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX reports_external_ref ON reports (external_ref) WHERE external_ref <> '';
-- The work list of reports that nobody could place.
CREATE INDEX reports_unplaced ON reports (id) WHERE unplaced IS NOT NULL AND state <> 3;
-- The few that were turned down: among a million reports, the first hundred of them took 400 ms without it, 0.3 ms with it. The others are
-- so many that a page of them is soon full.
CREATE INDEX reports_turned_down ON reports (id) WHERE state IN (3, 4);

CREATE TABLE evidence (
  report_id uuid NOT NULL REFERENCES reports (id),
  ordinal smallint NOT NULL,
  kind text NOT NULL,
  content text NOT NULL,
  PRIMARY KEY (report_id, ordinal)
);

-- Grows with every change of a part, so that replicas know what they must load again.
CREATE TABLE reference_versions (
  part text PRIMARY KEY CHECK (part IN ('divisions', 'codes', 'standards')),
  version bigint NOT NULL
);
INSERT INTO reference_versions (part, version) VALUES ('divisions', 0), ('codes', 0), ('standards', 0);

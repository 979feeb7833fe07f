-- Lifeline 城市生命线: what is watched, what was measured, what was wrong.

CREATE TABLE assets (
  code text PRIMARY KEY CHECK (code <> '' AND length(code) <= 100),
  name text NOT NULL,
  kind text NOT NULL,
  longitude double precision CHECK (longitude BETWEEN -180 AND 180),
  latitude double precision CHECK (latitude BETWEEN -90 AND 90),
  address text NOT NULL,
  district_code text NOT NULL,
  street_code text NOT NULL,
  community_code text NOT NULL,
  CHECK ((longitude IS NULL) = (latitude IS NULL))
);

CREATE TABLE sensors (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text NOT NULL UNIQUE CHECK (code <> '' AND length(code) <= 100),
  name text NOT NULL,
  asset_code text NOT NULL REFERENCES assets (code),
  quantity text NOT NULL,
  unit text NOT NULL,
  longitude double precision CHECK (longitude BETWEEN -180 AND 180),
  latitude double precision CHECK (latitude BETWEEN -90 AND 90),
  address text NOT NULL,
  district_code text NOT NULL,
  street_code text NOT NULL,
  community_code text NOT NULL,
  case_kind text NOT NULL,
  interval_us bigint NOT NULL CHECK (interval_us >= 0),
  -- The rule. Severities: 1 blue, 2 yellow, 3 orange, 4 red.
  above boolean NOT NULL,
  limit_blue double precision,
  limit_yellow double precision,
  limit_orange double precision,
  limit_red double precision,
  hysteresis double precision NOT NULL CHECK (hysteresis >= 0),
  min_duration_us bigint NOT NULL CHECK (min_duration_us >= 0),
  silence_after_us bigint NOT NULL CHECK (silence_after_us >= 0),
  silence_severity smallint NOT NULL CHECK (silence_severity BETWEEN 1 AND 4),
  CHECK ((longitude IS NULL) = (latitude IS NULL))
);
CREATE INDEX sensors_by_asset ON sensors (asset_code, code);

-- What the alarm machine remembers of each sensor. Its row lock is the fence: whoever holds it is the only one who appends
-- readings of this sensor, so that everything newer than last_at is known not to be stored yet.
CREATE TABLE sensor_states (
  sensor_id integer PRIMARY KEY REFERENCES sensors (id),
  last_at timestamptz,
  last_value double precision NOT NULL DEFAULT 0,
  -- By the node's clock.
  received_at timestamptz,
  -- What came last came while a replay drove the clock: such a sensor is not expected to deliver in real time.
  replayed boolean NOT NULL DEFAULT false,
  -- Since when each limit has been passed, by severity.
  held_blue timestamptz,
  held_yellow timestamptz,
  held_orange timestamptz,
  held_red timestamptz,
  began_at timestamptz NOT NULL DEFAULT 'epoch',
  extreme double precision NOT NULL DEFAULT 0,
  severity smallint CHECK (severity BETWEEN 1 AND 4),
  silent_since timestamptz,
  -- The last instant, by the node's clock, at which the silence job need not look at this sensor.
  silence_due timestamptz,
  CHECK (silent_since IS NULL OR silence_due IS NULL)
) WITH (fillfactor = 70);
CREATE INDEX sensor_states_due ON sensor_states (silence_due) WHERE silence_due IS NOT NULL;
CREATE INDEX sensor_states_replayed ON sensor_states (sensor_id) WHERE replayed AND silence_due IS NOT NULL;

-- The measurements. One a sensor and instant.
CREATE TABLE readings (
  sensor_id integer NOT NULL,
  at timestamptz NOT NULL,
  value double precision NOT NULL,
  PRIMARY KEY (sensor_id, at)
);

CREATE TABLE alarms (
  id uuid PRIMARY KEY,
  sensor_id integer NOT NULL REFERENCES sensors (id),
  -- 1 threshold, 2 silence
  cause smallint NOT NULL CHECK (cause IN (1, 2)),
  severity smallint NOT NULL CHECK (severity BETWEEN 1 AND 4),
  peak_severity smallint NOT NULL CHECK (peak_severity BETWEEN 1 AND 4),
  peak_value double precision NOT NULL,
  began_at timestamptz NOT NULL,
  raised_at timestamptz NOT NULL,
  closed_at timestamptz,
  -- 1 open, 2 acknowledged, 3 closed: what the columns say, for listings.
  state smallint NOT NULL GENERATED ALWAYS AS (CASE WHEN closed_at IS NOT NULL THEN 3 WHEN acknowledged_at IS NOT NULL THEN 2 ELSE 1 END) STORED,
  acknowledged_at timestamptz,
  acknowledged_by_id text,
  acknowledged_by_role text,
  acknowledged_by_name text,
  note text,
  case_id uuid,
  case_number text,
  evidence text NOT NULL,
  CHECK (severity <= peak_severity),
  CHECK (began_at <= raised_at AND raised_at <= closed_at),
  CHECK ((acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)),
  CHECK ((case_id IS NULL) = (case_number IS NULL))
);
-- At most one open alarm of each cause a sensor.
CREATE UNIQUE INDEX alarms_open ON alarms (sensor_id, cause) WHERE closed_at IS NULL;
CREATE INDEX alarms_open_by_time ON alarms (raised_at DESC, id DESC) WHERE closed_at IS NULL;
CREATE INDEX alarms_by_time ON alarms (raised_at DESC, id DESC);
CREATE INDEX alarms_by_sensor ON alarms (sensor_id, raised_at DESC, id DESC);

-- Outbox: alarms for which intake has not opened a case yet. Times here are the database's own: leases and back-off go on while a replay
-- holds the node's clock still.
CREATE TABLE case_requests (
  alarm_id uuid PRIMARY KEY REFERENCES alarms (id),
  -- Given with the report only when a replay drives the node's clock.
  occurred_at timestamptz,
  -- Fixed at the first attempt, so that every attempt is the same command.
  readings text,
  attempts integer NOT NULL DEFAULT 0,
  -- How often intake has said for good that it opens no case; part of the next attempt's key, if a person wants one.
  refusals integer NOT NULL DEFAULT 0,
  -- Not to be claimed before.
  due_at timestamptz NOT NULL DEFAULT now(),
  last_error text
);
CREATE INDEX case_requests_due ON case_requests (due_at);

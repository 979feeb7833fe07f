-- What evaluation keeps: projections of the other services' logs, and the formulas.

-- The projections exist twice, as generations 0 and 1: one is counted, the other one is empty, or being rebuilt aside.
CREATE TABLE projections (
  one_row    boolean PRIMARY KEY DEFAULT true CHECK (one_row),
  -- The generation that is counted.
  generation smallint NOT NULL CHECK (generation IN (0, 1)),
  -- The number of the last rebuild that was begun: only that one may write into the other generation and switch to it.
  rebuild    bigint NOT NULL
);
INSERT INTO projections (generation, rebuild) VALUES (0, 0);

CREATE TABLE case_facts (
  generation    smallint NOT NULL,
  case_id       uuid NOT NULL,
  version       integer NOT NULL CHECK (version > 0),
  number        text NOT NULL,
  external_ref  text NOT NULL,
  kind          text NOT NULL,
  channel       text NOT NULL,
  district      text NOT NULL,
  street        text NOT NULL,
  community     text NOT NULL,
  department    text NOT NULL,
  crew          text NOT NULL,
  outcome       text NOT NULL CHECK (outcome IN ('open', 'closed', 'cancelled', 'referred')),
  filed_at      timestamptz NOT NULL,
  due_at        timestamptz,
  dispatched_at timestamptz,
  handled_at    timestamptz,
  ended_at      timestamptz,
  urgent        boolean NOT NULL,
  overdue       boolean NOT NULL,
  supervised    boolean NOT NULL,
  duplicate     boolean NOT NULL,
  unplaced      boolean NOT NULL,
  returns       integer NOT NULL,
  reworks       integer NOT NULL,
  reopens       integer NOT NULL,
  check_required boolean NOT NULL,
  CHECK ((outcome = 'open') = (ended_at IS NULL)),
  PRIMARY KEY (generation, case_id)
) PARTITION BY LIST (generation);
CREATE TABLE case_facts_0 PARTITION OF case_facts FOR VALUES IN (0);
CREATE TABLE case_facts_1 PARTITION OF case_facts FOR VALUES IN (1);
CREATE INDEX case_facts_filed ON case_facts (filed_at, case_id);
CREATE INDEX case_facts_department ON case_facts (department, filed_at);
CREATE INDEX case_facts_street ON case_facts (district, street, filed_at);

-- When a case was reported handled and checked, by the number of the fact within the case.
CREATE TABLE case_steps (
  generation smallint NOT NULL,
  case_id    uuid NOT NULL,
  version    integer NOT NULL,
  step       text NOT NULL CHECK (step IN ('handled', 'checked')),
  at         timestamptz NOT NULL,
  PRIMARY KEY (generation, case_id, version)
) PARTITION BY LIST (generation);
CREATE TABLE case_steps_0 PARTITION OF case_steps FOR VALUES IN (0);
CREATE TABLE case_steps_1 PARTITION OF case_steps FOR VALUES IN (1);

-- What reporters were asked and answered. Feedback's log may run ahead of dispatch's, so there is no foreign key.
CREATE TABLE case_answers (
  generation smallint NOT NULL,
  report_id  uuid NOT NULL,
  case_id    uuid NOT NULL,
  score      smallint CHECK (score BETWEEN 1 AND 5),
  PRIMARY KEY (generation, report_id)
) PARTITION BY LIST (generation);
CREATE TABLE case_answers_0 PARTITION OF case_answers FOR VALUES IN (0);
CREATE TABLE case_answers_1 PARTITION OF case_answers FOR VALUES IN (1);
CREATE INDEX case_answers_case ON case_answers (case_id);

CREATE TABLE report_facts (
  generation   smallint NOT NULL,
  report_id    uuid NOT NULL,
  case_id      uuid,
  case_number  text NOT NULL,
  external_ref text NOT NULL,
  state        text NOT NULL CHECK (state IN ('opened', 'linked', 'rejected', 'not_filed')),
  kind         text NOT NULL,
  channel      text NOT NULL,
  district     text NOT NULL,
  street       text NOT NULL,
  community    text NOT NULL,
  unplaced     boolean NOT NULL,
  duplicate    boolean NOT NULL,
  reported_at  timestamptz NOT NULL,
  -- When it was filed as a case; NULL unless it was.
  filed_at     timestamptz,
  PRIMARY KEY (generation, report_id)
) PARTITION BY LIST (generation);
CREATE TABLE report_facts_0 PARTITION OF report_facts FOR VALUES IN (0);
CREATE TABLE report_facts_1 PARTITION OF report_facts FOR VALUES IN (1);
CREATE INDEX report_facts_reported ON report_facts (reported_at, report_id);

-- The one place where a figure's rows come from: the columns are those that terms and dimensions name.
CREATE VIEW case_figures AS
SELECT f.*, f.filed_at AS counted_at, f.case_id AS counted_id,
       coalesce(a.asked, 0) AS asked, coalesce(a.answered, 0) AS answered, a.worst,
       coalesce(c.checks, 0) AS checks, c.slowest_check
FROM case_facts f
LEFT JOIN (
  SELECT case_id, count(*) AS asked, count(score) AS answered, min(score) AS worst
  FROM case_answers WHERE generation = (SELECT generation FROM projections) GROUP BY case_id
) a USING (case_id)
LEFT JOIN (
  SELECT case_id, count(*) AS checks, max(at - handled_at) AS slowest_check
  FROM (
    SELECT case_id, step, at, max(at) FILTER (WHERE step = 'handled') OVER (PARTITION BY case_id ORDER BY version) AS handled_at
    FROM case_steps WHERE generation = (SELECT generation FROM projections)
  ) steps
  WHERE step = 'checked' GROUP BY case_id
) c USING (case_id)
WHERE f.generation = (SELECT generation FROM projections);

CREATE VIEW report_figures AS
SELECT r.*, ''::text AS department, ''::text AS crew, r.reported_at AS counted_at, r.report_id AS counted_id
FROM report_facts r
WHERE r.generation = (SELECT generation FROM projections);

CREATE TABLE formulas (
  indicator   text NOT NULL CHECK (indicator ~ '^[a-z0-9_]{1,64}$'),
  version     text NOT NULL CHECK (version <> ''),
  name        text NOT NULL,
  name_en     text NOT NULL,
  form        text NOT NULL CHECK (form IN ('count', 'rate', 'median_hours')),
  numerator   text NOT NULL,
  denominator text NOT NULL,
  measure     text NOT NULL,
  -- What the formula's terms about time allow, in seconds; 0 when it has none.
  limit_s     bigint NOT NULL CHECK (limit_s >= 0),
  valid_from  timestamptz NOT NULL,
  PRIMARY KEY (indicator, version)
);

-- Indicators of DOMAIN.md §6 that the facts support. "Should be" means filed, and neither cancelled nor referred.
INSERT INTO formulas (indicator, version, name, name_en, form, numerator, denominator, measure, limit_s, valid_from)
SELECT indicator, '1', name, name_en, form, numerator, denominator, measure, limit_s, '1970-01-01T00:00:00Z' FROM (VALUES
  ('requests',               '案卷数',       'Requests',                   'count', 'filed', '', '', 0),
  ('closed',                 '结案数',       'Closed',                     'count', 'closed', '', '', 0),
  ('closed_on_time',         '按期结案数',   'Closed on time',             'count', 'closed and on_time', '', '', 0),
  ('cancelled',              '作废数',       'Cancelled',                  'count', 'cancelled', '', '', 0),
  ('referred',               '转出数',       'Referred out',               'count', 'referred', '', '', 0),
  ('open',                   '未结数',       'Still open',                 'count', 'open', '', '', 0),
  ('overdue',                '超期数',       'Overdue',                    'count', 'overdue and not cancelled and not referred', '', '', 0),
  ('duplicates',             '重复数',       'Recognised as duplicates',   'count', 'duplicate', '', '', 0),
  ('unplaced',               '未定位数',     'Unplaced',                   'count', 'not placed', '', '', 0),
  ('closing_rate',           '结案率',       'Closing rate',               'rate', 'closed', 'filed and not cancelled and not referred', '', 0),
  ('on_time_closing_rate',   '按期结案率',   'On-time closing rate',       'rate', 'closed and on_time', 'filed and not cancelled and not referred', '', 0),
  ('handling_rate',          '处置率',       'Handling rate',              'rate', 'handled', 'dispatched and not cancelled and not referred', '', 0),
  ('on_time_handling_rate',  '按期处置率',   'On-time handling rate',      'rate', 'handled_on_time', 'dispatched and not cancelled and not referred', '', 0),
  ('dispatch_rate',          '派遣率',       'Dispatch rate',              'rate', 'dispatched', 'filed and not cancelled and not referred', '', 0),
  ('accurate_dispatch_rate', '准确派遣率',   'First-dispatch accuracy',    'rate', 'dispatched and not returned', 'filed and not cancelled and not referred', '', 0),
  ('on_time_dispatch_rate',  '按期派遣率',   'On-time dispatch',           'rate', 'dispatched_in_limit', 'filed and not cancelled and not referred', '', 900),
  ('rework_rate',            '返工率',       'Rework rate',                'rate', 'reworked', 'dispatched and not cancelled and not referred', '', 0),
  ('check_rate',             '核查率',       'Checking rate',              'rate', 'checked', '(handled or checked) and check_required and not cancelled and not referred', '', 0),
  ('on_time_check_rate',     '按期核查率',   'On-time checking',           'rate', 'checked and checked_in_limit', '(handled or checked) and check_required and not cancelled and not referred', '', 86400),
  ('supervision_rate',       '督办率',       'Supervision rate',           'rate', 'supervised', 'dispatched and not cancelled and not referred', '', 0),
  ('reopening_rate',         '重开率',       'Reopening rate',             'rate', 'reopened', 'closed or reopened', '', 0),
  ('answer_rate',            '回访应答率',   'Answer rate',                'rate', 'answered', 'asked', '', 0),
  ('satisfaction_rate',      '满意率',       'Satisfaction rate',          'rate', 'satisfied', 'answered', '', 0),
  ('median_hours_to_close',  '结案时长中位数（小时）', 'Median hours to close', 'median_hours', 'closed', '', 'hours_to_close', 0),
  ('reports',                '上报数',       'Reports',                    'count', 'received', '', '', 0),
  ('valid_report_rate',      '有效上报率',   'Valid report rate',          'rate', 'opened or linked', 'received', '', 0),
  ('filing_rate',            '立案率',       'Filing rate',                'rate', 'opened', 'opened or linked or not_filed', '', 0),
  ('on_time_filing_rate',    '按期立案率',   'On-time filing',             'rate', 'filed_in_limit', 'opened', '', 900)
) AS defaults (indicator, name, name_en, form, numerator, denominator, measure, limit_s);

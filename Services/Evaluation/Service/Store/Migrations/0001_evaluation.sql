-- What evaluation keeps: projections of the other services' logs, and the formulas.

CREATE TABLE case_facts (
  case_id       uuid PRIMARY KEY,
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
  CHECK ((outcome = 'open') = (ended_at IS NULL))
);
CREATE INDEX case_facts_filed ON case_facts (filed_at, case_id);
CREATE INDEX case_facts_department ON case_facts (department, filed_at);
CREATE INDEX case_facts_street ON case_facts (district, street, filed_at);

-- What reporters were asked and answered. Feedback's log may run ahead of dispatch's, so there is no foreign key.
CREATE TABLE case_answers (
  report_id uuid PRIMARY KEY,
  case_id   uuid NOT NULL,
  score     smallint CHECK (score BETWEEN 1 AND 5)
);
CREATE INDEX case_answers_case ON case_answers (case_id);

CREATE TABLE report_facts (
  report_id    uuid PRIMARY KEY,
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
  reported_at  timestamptz NOT NULL
);
CREATE INDEX report_facts_reported ON report_facts (reported_at, report_id);

-- The one place where a figure's rows come from: the columns are those that terms and dimensions name.
CREATE VIEW case_figures AS
SELECT f.*, f.filed_at AS counted_at, f.case_id AS counted_id,
       coalesce(a.asked, 0) AS asked, coalesce(a.answered, 0) AS answered, a.worst
FROM case_facts f
LEFT JOIN (
  SELECT case_id, count(*) AS asked, count(score) AS answered, min(score) AS worst FROM case_answers GROUP BY case_id
) a USING (case_id);

CREATE VIEW report_figures AS
SELECT r.*, ''::text AS department, ''::text AS crew, r.reported_at AS counted_at, r.report_id AS counted_id FROM report_facts r;

CREATE TABLE formulas (
  indicator   text NOT NULL CHECK (indicator ~ '^[a-z0-9_]{1,64}$'),
  version     text NOT NULL CHECK (version <> ''),
  name        text NOT NULL,
  name_en     text NOT NULL,
  form        text NOT NULL CHECK (form IN ('count', 'rate', 'median_hours')),
  numerator   text NOT NULL,
  denominator text NOT NULL,
  measure     text NOT NULL,
  valid_from  timestamptz NOT NULL,
  PRIMARY KEY (indicator, version)
);

-- Indicators of DOMAIN.md §6 that the facts support. "Should be" means filed, and neither cancelled nor referred.
INSERT INTO formulas (indicator, version, name, name_en, form, numerator, denominator, measure, valid_from)
SELECT indicator, '1', name, name_en, form, numerator, denominator, measure, '1970-01-01T00:00:00Z' FROM (VALUES
  ('requests',               '案卷数',       'Requests',                   'count', 'filed', '', ''),
  ('closed',                 '结案数',       'Closed',                     'count', 'closed', '', ''),
  ('closed_on_time',         '按期结案数',   'Closed on time',             'count', 'closed and on_time', '', ''),
  ('cancelled',              '作废数',       'Cancelled',                  'count', 'cancelled', '', ''),
  ('referred',               '转出数',       'Referred out',               'count', 'referred', '', ''),
  ('open',                   '未结数',       'Still open',                 'count', 'open', '', ''),
  ('overdue',                '超期数',       'Overdue',                    'count', 'overdue and not cancelled and not referred', '', ''),
  ('duplicates',             '重复数',       'Recognised as duplicates',   'count', 'duplicate', '', ''),
  ('unplaced',               '未定位数',     'Unplaced',                   'count', 'not placed', '', ''),
  ('closing_rate',           '结案率',       'Closing rate',               'rate', 'closed', 'filed and not cancelled and not referred', ''),
  ('on_time_closing_rate',   '按期结案率',   'On-time closing rate',       'rate', 'closed and on_time', 'filed and not cancelled and not referred', ''),
  ('handling_rate',          '处置率',       'Handling rate',              'rate', 'handled', 'dispatched and not cancelled and not referred', ''),
  ('on_time_handling_rate',  '按期处置率',   'On-time handling rate',      'rate', 'handled_on_time', 'dispatched and not cancelled and not referred', ''),
  ('dispatch_rate',          '派遣率',       'Dispatch rate',              'rate', 'dispatched', 'filed and not cancelled', ''),
  ('accurate_dispatch_rate', '准确派遣率',   'First-dispatch accuracy',    'rate', 'not returned', 'dispatched', ''),
  ('rework_rate',            '返工率',       'Rework rate',                'rate', 'reworked', 'dispatched and not cancelled and not referred', ''),
  ('reopening_rate',         '重开率',       'Reopening rate',             'rate', 'reopened', 'closed or reopened', ''),
  ('answer_rate',            '回访应答率',   'Answer rate',                'rate', 'answered', 'asked', ''),
  ('satisfaction_rate',      '满意率',       'Satisfaction rate',          'rate', 'satisfied', 'answered', ''),
  ('median_hours_to_close',  '结案时长中位数（小时）', 'Median hours to close', 'median_hours', 'closed', '', 'hours_to_close'),
  ('reports',                '上报数',       'Reports',                    'count', 'received', '', ''),
  ('valid_report_rate',      '有效上报率',   'Valid report rate',          'rate', 'opened or linked', 'received', ''),
  ('filing_rate',            '立案率',       'Filing rate',                'rate', 'opened', 'opened or linked or not_filed', '')
) AS defaults (indicator, name, name_en, form, numerator, denominator, measure);

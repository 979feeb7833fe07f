-- Fills a dispatch schema with a million cases of a year: 16 districts, 300 streets, 40 departments, 60 kinds; one hundred thousand of them open,
-- most of these among the newest. Points lie in a city's box, denser towards its middle. For measuring listings, overview and map tiles:
--
--   psql -v ON_ERROR_STOP=1 -f Services/Dispatch/Service/Store/Migrations/0001_dispatch.sql -f Tests/Benchmarks/million_cases.sql
--
-- or into a node's database, as the role dispatch. Takes some two minutes.

SELECT setseed(0.4);

INSERT INTO cases (
  id, number, channel, kind, kind_name, kind_name_en, body, longitude, latitude, address, district_code, street_code,
  community_code, unplaced, urgent, filed_at, standard_id, standard_version, check_required, external_ref, version, state, state_since,
  department, crew, authority, due_origin, due_at, due_order, due_zh, due_en, clock_start, clock_pauses, calendar_version, overdue_at,
  overdue, supervised, supervised_by_rule, dispatched_at, handled_at, ended_at, report_count, reopen_count, rework_count, return_count,
  dispatch_due_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, to_char(filed, 'YYYYMMDD') || lpad((n % 100000)::text, 5, '0'), 1 + n % 11, 'k' || kind,
  '路面破损' || kind, 'Pothole kind ' || kind,
  '人民路' || street || '号门前有垃圾, bulky item ' || n || ' 第' || n % 977 || '次反映'
    || CASE WHEN n % 5000 = 0 THEN ' 罕见井盖塌陷' ELSE '' END,
  lon, lat, street || ' Main Street', 'd' || street % 16, 's' || street, '', n % 200 = 0, n % 67 = 0, filed,
  'std', '1', n % 3 = 0, '1-' || 100000000 + n, 4, state, filed, CASE WHEN state = 1 THEN '' ELSE 'p' || kind % 40 END, 'c' || n % 3, '',
  1, due, (extract(epoch FROM due) * 1000000)::bigint, '依据标准 std 1, 自立案起 3 个自然日', 'By standard std 1: 3 natural days from filing',
  filed, '{}', '1', CASE WHEN state < 5 AND NOT late THEN due END, late, late AND n % 3 = 0, false,
  CASE WHEN state > 1 THEN filed + interval '1 hour' END, CASE WHEN state BETWEEN 5 AND 7 THEN filed + interval '2 days' END,
  CASE WHEN state >= 7 THEN filed + interval '50 hours' END, 1, 0, 0, 0, filed + interval '1 hour'
FROM generate_series(1, 1000000) AS n,
  LATERAL (
    SELECT timestamptz '2026-01-01 00:00Z' + n * interval '31.5 seconds' AS filed, (n::bigint * 7919 % 300)::integer AS street,
      (n::bigint * 104729 % 60)::integer AS kind, -118.35 + (random() + random() + random() - 1.5) * 0.35 AS lon,
      34.05 + (random() + random() + random() - 1.5) * 0.3 AS lat, random() AS chance, n % 7 = 0 AS late) AS made,
  LATERAL (
    SELECT (CASE WHEN chance < CASE WHEN n > 800000 THEN 0.45 ELSE 0.0125 END THEN 1 + n % 6 ELSE 7 + (n % 29 = 0)::integer END)::smallint
      AS state, filed + interval '3 days' AS due) AS judged;

-- The words of those texts, as DispatchDomain.SearchWords makes them.
INSERT INTO case_search (case_id, words)
SELECT id, array_to_tsvector(string_to_array(
    '人 民 路 人民 民路 号 门 前 有 垃 圾 号门 门前 前有 有垃 垃圾 第 次 反 映 次反 反映 面 破 损 路面 面破 破损 bulky item pothole kind main street 1 '
    || CASE WHEN right(body, 2) = '塌陷' THEN '罕 见 井 盖 塌 陷 罕见 见井 井盖 盖塌 塌陷 ' ELSE '' END
    || split_part(address, ' ', 1) || ' ' || serial || ' ' || number || ' ' || substr(kind, 2) || ' ' || serial - 100000000
    || ' w' || serial * 31 % 20000, ' '))
FROM cases, LATERAL (SELECT substr(external_ref, 3)::bigint AS serial) AS reference
-- Not those that were there before.
WHERE id <= lpad(to_hex(1000000), 32, '0')::uuid;

SELECT gin_clean_pending_list('case_search_words');
VACUUM ANALYZE cases;
VACUUM ANALYZE case_search;

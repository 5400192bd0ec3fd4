-- schema.sql - tables of the same shape, keys and indexes as those that a command writes, for everybody who
-- is measured beside us: one system, person and agency, a hundred editions, a pool of entries. No journal
-- head to wait for, no chain to compute (its column is filled all the same), no row security, no triggers.
--
-- What stays the same from run to run has fixed ids; the nth of many is computed: see bench.edition_id and
-- bench.entry_id, which every client can compute by itself ('...-' and n in twelve hexadecimal digits).

SET client_min_messages = warning;
DROP SCHEMA IF EXISTS bench CASCADE;
CREATE SCHEMA bench;

CREATE FUNCTION bench.edition_id(n int) RETURNS uuid IMMUTABLE LANGUAGE sql
    RETURN ('00000000-0000-7000-8001-' || lpad(to_hex(n), 12, '0'))::uuid;
CREATE FUNCTION bench.entry_id(n int) RETURNS uuid IMMUTABLE LANGUAGE sql
    RETURN ('00000000-0000-7000-8002-' || lpad(to_hex(n), 12, '0'))::uuid;

DO $$
DECLARE
    ours regclass;
    copy text;
    options text;
BEGIN
    FOREACH ours IN ARRAY ARRAY['runtime.inbox', 'runtime.journal', 'submissions.edition', 'submissions.entry',
                                'submissions.entry_author'] LOOP
        SELECT 'bench.' || relname, array_to_string(reloptions, ', ') INTO copy, options
          FROM pg_class WHERE oid = ours;
        EXECUTE format('CREATE TABLE %s (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)',
                       copy, ours);
        IF options IS NOT NULL THEN
            EXECUTE format('ALTER TABLE %s SET (%s)', copy, options);
        END IF;
    END LOOP;
END $$;
CREATE SEQUENCE bench.position CACHE 100;

-- Editions 0 to 99: so many that who creates entries in one of them hardly ever meets another.
INSERT INTO bench.edition (programme, id, version, state, changed_at, ordinal, year, name, threshold_centi,
                           maximum_centi, document, judged_elsewhere, planned_cost_vnd, cost_cap_vnd,
                           max_promotions, rules_version, finalists, cost_vnd, entrants_confirmed, judging_ended,
                           programme_rules_version, results_url)
SELECT 'bench', bench.edition_id(n), 3, 3, now(), n + 1, 2019, 'Đo tốc độ', 7500, 10000, '\x0801', true, 0, 0,
       0, 0, 0, 0, false, false, 0, ''
  FROM generate_series(0, 99) AS n;

-- Empties what commands wrote. Entries 0 to 199999 are there to be handed in, each with one author.
CREATE PROCEDURE bench.clear() LANGUAGE sql AS $$
    TRUNCATE bench.inbox, bench.journal, bench.entry, bench.entry_author;
    INSERT INTO bench.entry (programme, id, version, state, changed_at, edition_id, entrant_agency_id, team,
                             entry_kind, title, summary, entry_code, score_centi, award, reached_final, money_paid,
                             track, draft, content_digest, entry_version, round_code, rank,
                             may_have_prize, accusation, answered)
    SELECT 'bench', bench.entry_id(n), 1, 1, now(), bench.edition_id(n % 100),
           '00000000-0000-7000-8000-000000000002', 'đội 1', 1, 'Sáng kiến mẫu để đo tốc độ',
           'Rút ngắn thời gian giải quyết hồ sơ bằng cách kiểm tra thành phần ngay khi nộp.', '', 0, 0, false, false,
           '', 1, sha256('draft'), 0, '', 0, false, '', false
      FROM generate_series(0, 199999) AS n;
    INSERT INTO bench.entry_author (programme, parent, place, person_id, share_bp, staff_kind, draft)
    SELECT 'bench', bench.entry_id(n), 0, '00000000-0000-7000-8000-000000000003', 10000, 0, 1
      FROM generate_series(0, 199999) AS n;
$$;
CALL bench.clear();
VACUUM (ANALYZE) bench.edition, bench.entry, bench.entry_author;

-- tests/db/waiting.sql - which co-entrants are silent about an entry, since when, and until when it waits for them.

BEGIN;
SELECT plan(21);

CREATE FUNCTION pg_temp.id(number int4) RETURNS uuid LANGUAGE sql IMMUTABLE
    AS $$ SELECT ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid $$;
-- Edition 1 has opened, and closes on 10 December; entry 11 of agency 9 is a draft of 1 December.
INSERT INTO submissions.edition
SELECT * FROM jsonb_populate_record(NULL::submissions.edition, jsonb_build_object(
    'programme', 'test-db', 'id', pg_temp.id(1), 'version', 1, 'state', 1, 'changed_at', now(), 'ordinal', 1, 'year', 2019,
    'name', 'Lần thứ 1', 'threshold_centi', 0, 'maximum_centi', 0, 'document', '\x0801', 'judged_elsewhere', false,
    'planned_cost_vnd', 0, 'cost_cap_vnd', 0, 'max_promotions', 0, 'rules_version', 0, 'finalists', 0, 'cost_vnd', 0,
    'entrants_confirmed', false, 'judging_ended', false, 'programme_rules_version', 0, 'results_url', ''));
INSERT INTO submissions.programme_rules VALUES ('test-db', pg_temp.id(2), 1, 1, now(), 1);
INSERT INTO submissions.programme_rules_version VALUES ('test-db', pg_temp.id(2), 0, 1, sha256('r'), '\x0a');
UPDATE submissions.edition SET state = 3, rules = '\x0a', rules_version = 1, rules_digest = sha256('\x0a'),
    opens_at = '2019-11-10Z', closes_at = '2019-12-10Z', programme_rules_version = 1, programme_rules_digest = sha256('r');
INSERT INTO submissions.entry (programme, id, version, state, changed_at, edition_id, entrant_agency_id, team, entry_kind,
                               title, summary, entry_code, score_centi, award, reached_final, money_paid, track, draft,
                               content_digest, entry_version, round_code, rank, may_have_prize, accusation, answered,
                               silent_since)
VALUES ('test-db', pg_temp.id(11), 1, 1, now(), pg_temp.id(1), pg_temp.id(9), '', 1, 'Một cửa', '', '', 0, 0, false, false, '',
        1, sha256('d'), 0, '', 0, false, '', false, '2019-12-01Z');

-- Agency n is named as co-entrant, agrees to a draft, or leaves.
CREATE FUNCTION pg_temp.says(agency int4, which int4, leaves bool) RETURNS void LANGUAGE sql AS $$
    INSERT INTO submissions.entry_co_entrant
    SELECT 'test-db', pg_temp.id(11), count(*), pg_temp.id(agency), which, leaves,
           CASE WHEN which > 0 THEN pg_temp.id(100 + agency) END
    FROM submissions.entry_co_entrant $$;
CREATE FUNCTION pg_temp.change(what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'UPDATE submissions.entry SET ' || what;
END $$;
CREATE FUNCTION pg_temp.breaks(what text, guard text, description text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    broken text;
BEGIN
    BEGIN
        PERFORM pg_temp.change(what);
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME;
    END;
    RETURN is(broken, guard, description);
END $$;
-- What agencies it waits for, in which state of the entry, and until when.
CREATE FUNCTION pg_temp.waits(expected text[], description text) RETURNS text LANGUAGE sql AS $$
    SELECT is(ARRAY(SELECT right(agency_id::text, 1) || ' ' || state || coalesce(' ' || to_timestamp(until_us / 1000000)::date, '')
                    FROM submissions.waiting_co_entrant ORDER BY page_key), expected, description) $$;
SET LOCAL timezone = 'UTC';

SELECT pg_temp.says(4, 0, false), pg_temp.says(5, 0, false);
SELECT pg_temp.waits('{4 DRAFT 2019-12-10,5 DRAFT 2019-12-10}', 'a draft waits for each one that is named, until registration ends');
SELECT results_eq('SELECT DISTINCT waiting_for, since_us, subject, edition_id, entrant_agency_id FROM submissions.waiting_co_entrant',
                  $$SELECT 'ENTRANT_HEAD', 1575158400000000::int8, pg_temp.id(11), pg_temp.id(1), pg_temp.id(9)$$,
                  'for its head, since it was drafted');
SELECT pg_temp.says(4, 1, false);
SELECT pg_temp.waits('{5 DRAFT 2019-12-10}', 'not for one that agreed');
SELECT pg_temp.change('draft = 2');
SELECT pg_temp.waits('{4 DRAFT 2019-12-10,5 DRAFT 2019-12-10}', 'but again for one that agreed to another draft');
SELECT pg_temp.says(4, 2, true);
SELECT pg_temp.waits('{5 DRAFT 2019-12-10}', 'and not for one that left');
SELECT pg_temp.change('draft = 3');
SELECT pg_temp.waits('{5 DRAFT 2019-12-10}', 'whatever is drafted later');
SELECT pg_temp.change($$state = 2, submitted_by = pg_temp.id(3), submitted_at = now(), entry_version = 1$$);
SELECT pg_temp.waits('{5 SUBMITTED}', 'of what is handed in no end is set');
SELECT pg_temp.change($$state = 9, examined_by = pg_temp.id(8), cure_at = '2019-12-20Z'$$);
SELECT pg_temp.waits('{5 RETURNED 2019-12-20}', 'what was returned waits until it must be mended');
SELECT pg_temp.breaks($$state = 3, entry_code = 'MS', registered_by = pg_temp.id(8)$$, 'entry_silent',
                      'nobody is registered meanwhile');
SELECT pg_temp.change('state = 10');
SELECT pg_temp.waits('{}', 'what is refused waits for nobody');

-- The other three show what they did.
SELECT is_empty('SELECT FROM submissions.waiting_entry UNION ALL SELECT FROM submissions.waiting_draft UNION ALL '
                'SELECT FROM submissions.waiting_accused', 'nor for anybody else');
SET LOCAL session_replication_role = replica; -- it begins anew
SELECT pg_temp.change('state = 1, submitted_by = NULL, submitted_at = NULL, examined_by = NULL, cure_at = NULL');
SELECT results_eq('SELECT kind, state, agency_id FROM submissions.waiting_draft',
                  $$SELECT 'entry', 'DRAFT', pg_temp.id(9)$$, 'a draft waits for its agency');
UPDATE submissions.edition SET state = 4;
SELECT is_empty('SELECT FROM submissions.waiting_draft', 'but not once registration has ended');
SELECT pg_temp.waits('{}', 'nor for a co-entrant');
SELECT pg_temp.change($$state = 2, submitted_by = pg_temp.id(3), submitted_at = now(), cure_at = '2019-12-20Z',
    accused_by = pg_temp.id(7), accusation = 'Sao chép', answer_due_at = now()$$);
SELECT results_eq('SELECT kind, state, waiting_for, until_us FROM submissions.waiting_entry',
                  $$SELECT 'entry', 'SUBMITTED', 'ORGANISER', NULL::int8$$, 'what is handed in waits for the organiser');
SELECT results_eq('SELECT kind, state, agency_id FROM submissions.waiting_accused',
                  $$SELECT 'accusation', 'ACCUSED', pg_temp.id(9)$$, 'and who is accused may answer');

-- Nobody can do anything about it any more.
SELECT pg_temp.waits('{5 SUBMITTED}', 'what is examined waits for its co-entrants, too');
UPDATE submissions.edition SET entrants_confirmed = true;
SELECT is_empty('SELECT FROM submissions.waiting_entry', 'until the entrants are confirmed');
SELECT pg_temp.waits('{}', 'for nobody of a coalition either');
UPDATE submissions.edition SET entrants_confirmed = false, state = 9;
SELECT is_empty('SELECT FROM submissions.waiting_entry', 'nor where the edition was called off');
SELECT pg_temp.waits('{}', 'and of a coalition likewise');

SELECT * FROM finish();
ROLLBACK;

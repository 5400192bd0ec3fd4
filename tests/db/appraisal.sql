-- tests/db/appraisal.sql - what the tables of appraisal refuse, whatever the program says.

BEGIN;
SELECT plan(23);

CREATE FUNCTION pg_temp.id(number int4) RETURNS uuid LANGUAGE sql IMMUTABLE
    AS $$ SELECT ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid $$;

INSERT INTO appraisal.dossier_intake
SELECT 'test-db', pg_temp.id(n), 1, 1, now(), 1, sha256('dossier'), 'KH-0' || n, 'Một cửa', pg_temp.id(9), 1000
  FROM generate_series(1, 2) AS n;
CREATE FUNCTION pg_temp.open_case(case_id int4, dossier int4) RETURNS void LANGUAGE sql AS $$
    INSERT INTO appraisal.appraisal_case
    VALUES ('test-db', pg_temp.id(case_id), 1, 1, now(), pg_temp.id(dossier), 1, sha256('dossier'), 'KH-01', 'Một cửa',
            pg_temp.id(9), 1000, NULL, 0, 0, 0) $$;
CREATE FUNCTION pg_temp.seat(place int4, person int4, seat int4) RETURNS void LANGUAGE sql AS $$
    INSERT INTO appraisal.panel_member VALUES ('test-db', pg_temp.id(11), place, pg_temp.id(person), seat) $$;
CREATE FUNCTION pg_temp.conclude(outcome_ int4, ceiling int8) RETURNS void LANGUAGE sql AS $$
    UPDATE appraisal.appraisal_case SET state = 6, outcome = outcome_, scope = 4, recommended_ceiling_vnd = ceiling,
           minutes = 'x', opinions_due_at = now() WHERE id = pg_temp.id(11) $$;
CREATE FUNCTION pg_temp.breaks(statement text, code text, guard text, description text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    broken text;
    state text;
BEGIN
    BEGIN
        EXECUTE statement;
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME, state = RETURNED_SQLSTATE;
    END;
    RETURN is(state || ' ' || broken, code || ' ' || guard, description);
END $$;

SELECT lives_ok('SELECT pg_temp.open_case(11, 1)', 'a dossier is taken up');
SELECT pg_temp.breaks('SELECT pg_temp.open_case(12, 1)', '23505', 'appraisal_case_one_open', 'a dossier has one open case');
SELECT lives_ok('SELECT pg_temp.open_case(12, 2)', 'another dossier has its own');
UPDATE appraisal.appraisal_case SET state = 10 WHERE id = pg_temp.id(12);
SELECT lives_ok('SELECT pg_temp.open_case(13, 2)', 'a voided case makes room');
SELECT pg_temp.breaks('SELECT pg_temp.open_case(14, 3)', '23503', 'appraisal_case_programme_dossier_id_fkey',
                      'there is no case without a dossier');

INSERT INTO appraisal.case_author VALUES ('test-db', pg_temp.id(11), 0, pg_temp.id(20));
SELECT lives_ok('SELECT pg_temp.seat(0, 21, 1), pg_temp.seat(1, 22, 2), pg_temp.seat(2, 23, 3)', 'a panel sits');
SELECT pg_temp.breaks('SELECT pg_temp.seat(3, 21, 3)', '23505', 'panel_member_person_key', 'nobody sits twice');
SELECT pg_temp.breaks('SELECT pg_temp.seat(3, 24, 1)', '23505', 'panel_member_one_chair', 'there is one chair');
SELECT pg_temp.breaks('SELECT pg_temp.seat(3, 24, 2)', '23505', 'panel_member_one_secretary', 'there is one secretary');
SELECT pg_temp.breaks('SELECT pg_temp.seat(3, 20, 3)', '23514', 'panel_member_no_author', 'no author sits');

PREPARE waits AS SELECT state || ' ' || waiting_for || coalesce(' ' || right(agency_id::text, 2), '')
    FROM appraisal.open_work WHERE programme = 'test-db' AND subject = pg_temp.id(11) ORDER BY page_key;
SELECT results_eq('waits', ARRAY['OPENED STANDING'], 'a new case waits for the standing agency');
UPDATE appraisal.appraisal_case SET state = 3, opinions_due_at = now() WHERE id = pg_temp.id(11);
INSERT INTO appraisal.consultee VALUES ('test-db', pg_temp.id(11), 1, pg_temp.id(32));
INSERT INTO appraisal.consultee VALUES ('test-db', pg_temp.id(11), 0, pg_temp.id(30));
SELECT pg_temp.breaks($$INSERT INTO appraisal.opinion VALUES ('test-db', pg_temp.id(11), 0, pg_temp.id(31), pg_temp.id(40), 1, 'x', '')$$,
                      '23503', 'opinion_consultee_fkey', 'who was not asked gives no opinion');
SELECT lives_ok($$INSERT INTO appraisal.opinion VALUES ('test-db', pg_temp.id(11), 0, pg_temp.id(30), pg_temp.id(40), 1, 'x', '')$$,
                'who was asked gives one');
SELECT results_eq('waits', ARRAY['CONSULTING CONSULTEE 32'], 'a case waits for each agency that has not answered');
INSERT INTO appraisal.opinion VALUES ('test-db', pg_temp.id(11), 1, pg_temp.id(32), pg_temp.id(40), 1, 'x', '');
SELECT results_eq('waits', ARRAY['CONSULTING MEMBER'], 'and then for the panel');
SELECT pg_temp.breaks($$INSERT INTO appraisal.opinion VALUES ('test-db', pg_temp.id(11), 2, pg_temp.id(30), pg_temp.id(40), 2, 'x', '')$$,
                      '23505', 'opinion_agency_key', 'and no second one');

SELECT pg_temp.breaks('SELECT pg_temp.conclude(1, 1001)', '23514', 'appraisal_case_ceiling_check', 'no ceiling above the estimate');
SELECT pg_temp.breaks('SELECT pg_temp.conclude(1, 0)', '23514', 'appraisal_case_recommended_check', 'no recommendation without a ceiling');
SELECT pg_temp.breaks('SELECT pg_temp.conclude(4, 1)', '23514', 'appraisal_case_recommended_check', 'no ceiling without a recommendation');
SELECT lives_ok('SELECT pg_temp.conclude(1, 1000)', 'the whole estimate may be recommended');
SELECT results_eq('waits', ARRAY['CONCLUDED STANDING'], 'a concluded case waits for its report');
SELECT pg_temp.breaks('SELECT pg_temp.conclude(1, 999)', '23514', 'appraisal_case_stays', 'a conclusion stays as it is');
SELECT pg_temp.breaks('UPDATE appraisal.appraisal_case SET state = 7', '23514', 'appraisal_case_concluded_check',
                      'what was not concluded is not reported');

SELECT * FROM finish();
ROLLBACK;

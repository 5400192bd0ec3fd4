-- tests/db/editions.sql - what the table of editions refuses, whatever the program says.

BEGIN;
SELECT plan(77);

CREATE FUNCTION pg_temp.id(number int4) RETURNS uuid LANGUAGE sql IMMUTABLE
    AS $$ SELECT ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid $$;
-- A draft of an edition; what else it is, or is otherwise, stands in more, a JSON object of columns.
CREATE FUNCTION pg_temp.edit(edition int4, more jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO submissions.edition
    SELECT * FROM jsonb_populate_record(NULL::submissions.edition, jsonb_build_object(
        'programme', 'test-db', 'id', pg_temp.id(edition), 'version', 1, 'state', 1, 'changed_at', now(),
        'ordinal', edition, 'year', 2019, 'name', 'Lần thứ 1', 'threshold_centi', 0, 'maximum_centi', 0,
        'document', '\x0801', 'judged_elsewhere', false, 'planned_cost_vnd', 0, 'cost_cap_vnd', 0, 'max_promotions', 0,
        'promotions', 0, 'rules_version', 0, 'finalists', 0, 'cost_vnd', 0, 'entrants_confirmed', false,
        'judging_ended', false) || more) $$;
CREATE FUNCTION pg_temp.change(edition int4, what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'UPDATE submissions.edition SET ' || what || ' WHERE id = pg_temp.id(' || edition || ')';
END $$;
CREATE FUNCTION pg_temp.breaks(statement text, guard text, description text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    broken text;
BEGIN
    BEGIN
        EXECUTE statement;
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME;
    END;
    RETURN is(broken, guard, description);
END $$;
CREATE FUNCTION pg_temp.adds(more text, guard text, description text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.breaks(format('SELECT pg_temp.edit(99, %L)', more), guard, description) $$;
CREATE FUNCTION pg_temp.alters(edition int4, what text, guard text, description text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.breaks(format('SELECT pg_temp.change(%s, %L)', edition, what), guard, description) $$;
CREATE FUNCTION pg_temp.moves(edition int4, what text, description text) RETURNS text LANGUAGE sql AS $$
    SELECT lives_ok(format('SELECT pg_temp.change(%s, %L)', edition, what), description) $$;

-- Where it is judged.
SELECT pg_temp.adds('{"maximum_centi": 10000}', 'edition_threshold', 'what is judged here has no scale of its own');
SELECT pg_temp.adds('{"judged_elsewhere": true}', 'edition_threshold', 'what is judged elsewhere has one');
SELECT pg_temp.adds('{"judged_elsewhere": true, "threshold_centi": 2, "maximum_centi": 1}', 'edition_threshold',
                    'a threshold can be reached');
SELECT pg_temp.adds('{"judged_elsewhere": true, "maximum_centi": 1, "state": 5, "entrants_confirmed": true}',
                    'edition_entrants', 'what is judged elsewhere confirms no entrants');
SELECT pg_temp.adds('{"judged_elsewhere": true, "maximum_centi": 1, "state": 8}', 'edition_entrants',
                    'and is not judged here');
SELECT pg_temp.adds('{"judged_elsewhere": true, "maximum_centi": 1, "rules_version": 1, "rules": "\\x0a",'
                    ' "rules_digest": "\\x' || repeat('00', 32) || '"}', 'edition_judged_elsewhere', 'and has no rules');
SELECT lives_ok($$SELECT pg_temp.edit(2, '{"judged_elsewhere": true, "maximum_centi": 1, "state": 4}')$$,
                'an edition that is judged elsewhere');

-- Its number.
SELECT lives_ok($$SELECT pg_temp.edit(1, '{}')$$, 'an edition that is judged here');
SELECT pg_temp.adds('{"ordinal": 1}', 'edition_ordinal_once', 'a programme has one edition of a number');

-- Its rules.
SELECT pg_temp.alters(1, $$rules = '\x0a', rules_version = 1$$, 'edition_rules_counted', 'rules have a digest');
SELECT pg_temp.alters(1, $$rules_version = 1$$, 'edition_rules_counted', 'a version is one of rules');
SELECT pg_temp.alters(1, $$state = 2$$, 'edition_published', 'nothing is published without rules');
SELECT pg_temp.moves(1, $$rules = '\x0a', rules_version = 1, rules_digest = sha256('\x0a')$$, 'rules are set');
SELECT pg_temp.alters(1, $$rules = '\x0b'$$, 'edition_rules_version', 'other rules are another version');
SELECT pg_temp.moves(1, $$rules = '\x0b', rules_version = 2, rules_digest = sha256('\x0b')$$, 'and set anew');
SELECT pg_temp.alters(1, $$state = 2$$, 'edition_published', 'nothing is published without days');
SELECT pg_temp.alters(1, $$opens_at = '2019-11-01', closes_at = '2019-12-01'$$, 'edition_draft', 'a draft has no days');
SELECT pg_temp.alters(1, $$state = 2, opens_at = '2019-11-01'$$, 'edition_days', 'it opens and closes');
SELECT pg_temp.alters(1, $$state = 2, opens_at = '2019-11-01', closes_at = '2019-11-01'$$, 'edition_days', 'in this order');
SELECT pg_temp.moves(1, $$state = 2, opens_at = '2019-11-01', closes_at = '2019-12-01'$$, 'it is published');
SELECT pg_temp.alters(1, $$state = 1$$, 'edition_frozen', 'what is published is no draft again');
SELECT pg_temp.alters(1, $$rules = '\x0c'$$, 'edition_frozen', 'its rules are frozen');
SELECT pg_temp.alters(1, $$rules_version = 3$$, 'edition_frozen', 'and their version');
SELECT pg_temp.alters(1, $$rules_digest = sha256('\x0c')$$, 'edition_frozen', 'and their digest');
SELECT pg_temp.alters(1, $$opens_at = '2019-11-02'$$, 'edition_frozen', 'and when it opens');
SELECT pg_temp.alters(1, $$ordinal = 7$$, 'edition_frozen', 'and its number');
SELECT pg_temp.alters(1, $$year = 2020$$, 'edition_frozen', 'and its year');
SELECT pg_temp.alters(1, $$judged_elsewhere = true$$, 'edition_identity', 'and where it is judged');

-- Its days.
SELECT pg_temp.alters(1, $$closes_at = '2019-11-30'$$, 'edition_closes', 'it does not close earlier');
SELECT pg_temp.moves(1, $$closes_at = '2019-12-02'$$, 'but later');
SELECT pg_temp.moves(1, $$state = 3, closes_at = '2019-12-03'$$, 'also while it is open');
SELECT pg_temp.moves(1, $$state = 4$$, 'it closes');
SELECT pg_temp.alters(1, $$closes_at = '2019-12-04'$$, 'edition_closes', 'and is not extended then');
SELECT pg_temp.alters(1, $$state = 3$$, 'edition_end', 'nor opened again');

-- Its entrants.
SELECT pg_temp.alters(1, $$state = 5$$, 'edition_entrants', 'nothing is judged before the entrants are confirmed');
SELECT pg_temp.adds('{"entrants_confirmed": true}', 'edition_entrants', 'which they are not before registration is closed');
SELECT pg_temp.moves(1, $$entrants_confirmed = true$$, 'they are confirmed');
SELECT pg_temp.alters(1, $$entrants_confirmed = false$$, 'edition_facts', 'for good');
SELECT pg_temp.alters(1, $$judging_ended = true$$, 'edition_judging_ended', 'judging ends when it has begun');
SELECT pg_temp.alters(1, $$ranking_digest = sha256('r')$$, 'edition_judging_ended', 'there is no ranking before');

-- Local contests.
SELECT pg_temp.adds('{"organiser_agency_id": "' || pg_temp.id(3) || '"}', 'edition_local',
                    'a local contest has an edition above');
CREATE FUNCTION pg_temp.local(organiser int4, above int4, more jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT (jsonb_build_object('organiser_agency_id', pg_temp.id(organiser), 'parent_edition_id', pg_temp.id(above),
                               'ordinal', 1, 'cost_cap_vnd', 50, 'planned_cost_vnd', 50, 'max_promotions', 1) || more)::text $$;
SELECT pg_temp.adds(pg_temp.local(3, 1, '{"cost_cap_vnd": 0, "planned_cost_vnd": 0}'), 'edition_local', 'a cap on its cost');
SELECT pg_temp.adds(pg_temp.local(3, 1, '{"max_promotions": 0}'), 'edition_local', 'and one on what it sends up');
SELECT pg_temp.adds('{"cost_cap_vnd": 50}', 'edition_local', 'which an edition of the programme has not');
SELECT pg_temp.adds(pg_temp.local(3, 99, '{}'), 'edition_local', 'none is above itself');
SELECT pg_temp.adds(pg_temp.local(3, 1, '{"planned_cost_vnd": 51}'), 'edition_cost', 'the plan keeps to the cap');
SELECT pg_temp.adds(pg_temp.local(3, 77, '{}'), 'edition_above', 'the edition above is there');
SELECT pg_temp.adds(pg_temp.local(3, 2, '{}'), 'edition_above', 'and judged here');
SELECT pg_temp.edit(5, '{}');
SELECT pg_temp.adds(pg_temp.local(3, 5, '{}'), 'edition_above', 'and no draft');
SELECT lives_ok(format('SELECT pg_temp.edit(10, %L)', pg_temp.local(3, 1, '{}')), 'a local contest, with a number of its own');
SELECT lives_ok(format('SELECT pg_temp.edit(11, %L)', pg_temp.local(4, 1, '{}')), 'which another agency has too');
SELECT pg_temp.adds(pg_temp.local(3, 1, '{}'), 'edition_ordinal_once', 'but the same one only once');
SELECT pg_temp.moves(10, $$state = 2, rules = '\x0a', rules_version = 1, rules_digest = sha256('\x0a'),
                          opens_at = '2019-11-01', closes_at = '2019-12-01'$$, 'it is published');
SELECT pg_temp.adds(pg_temp.local(4, 10, '{"ordinal": 2}'), 'edition_above', 'nothing is local under it');
SELECT pg_temp.alters(10, $$organiser_agency_id = pg_temp.id(4)$$, 'edition_identity', 'it stays its organiser''s');
SELECT pg_temp.alters(11, $$parent_edition_id = pg_temp.id(5)$$, 'edition_identity', 'under the same edition');
SELECT pg_temp.alters(11, $$cost_cap_vnd = 60$$, 'edition_identity', 'and the same terms');

-- Results.
SELECT pg_temp.moves(10, $$state = 5, finalists = 1, places = '\x0a', entrants_confirmed = true$$, 'it is judged');
SELECT pg_temp.alters(10, $$places = NULL$$, 'edition_places', 'finalists have places');
SELECT pg_temp.alters(10, $$state = 6, results_document = '\x0a'$$, 'edition_results', 'there are no results before judging is closed');
SELECT pg_temp.moves(10, $$judging_ended = true, ranking_digest = sha256('r')$$, 'judging is closed');
SELECT pg_temp.alters(10, $$ranking_digest = sha256('s')$$, 'edition_facts', 'with that ranking');
SELECT pg_temp.alters(10, $$finalists = 2, places = '\x0b'$$, 'edition_facts', 'and those places');
SELECT pg_temp.alters(10, $$state = 6$$, 'edition_results', 'results have a document');
SELECT pg_temp.alters(10, $$results_document = '\x0a'$$, 'edition_results', 'and a document of results is one of results');
SELECT pg_temp.alters(10, $$promotions = 1$$, 'edition_promotions', 'nothing goes up before');
SELECT pg_temp.moves(10, $$state = 6, results_document = '\x0a'$$, 'its results are confirmed');
SELECT pg_temp.alters(10, $$places = '\x0b'$$, 'edition_facts', 'and stay');
SELECT pg_temp.alters(10, $$promotions = 2$$, 'edition_promotions', 'no more go up than may');
SELECT pg_temp.alters(10, $$local_report = '\x0a', cost_vnd = 51$$, 'edition_cost', 'it did not cost more than it may');
SELECT pg_temp.moves(10, $$local_report = '\x0a', cost_vnd = 49, promotions = 1$$, 'it is reported');
SELECT pg_temp.alters(10, $$cost_vnd = 48$$, 'edition_facts', 'once');
SELECT pg_temp.alters(10, $$promotions = 0$$, 'edition_facts', 'what went up went up');
SELECT pg_temp.alters(10, $$state = 9$$, 'edition_end', 'and nothing is cancelled any more');
SELECT pg_temp.alters(11, $$local_report = '\x0a'$$, 'edition_local_report', 'nothing is reported before');
SELECT pg_temp.moves(11, $$state = 9$$, 'a draft is cancelled');
SELECT pg_temp.alters(11, $$state = 2$$, 'edition_end', 'for good');

SELECT * FROM finish();
ROLLBACK;

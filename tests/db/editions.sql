-- tests/db/editions.sql - what the table of editions refuses, whatever the program says.

BEGIN;
SELECT plan(123);

CREATE FUNCTION pg_temp.id(number int4) RETURNS uuid LANGUAGE sql IMMUTABLE
    AS $$ SELECT ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid $$;
-- A draft of an edition; what else it is, or is otherwise, stands in more, a JSON object of columns.
CREATE FUNCTION pg_temp.edit(edition int4, more jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO submissions.edition
    SELECT * FROM jsonb_populate_record(NULL::submissions.edition, jsonb_build_object(
        'programme', 'test-db', 'id', pg_temp.id(edition), 'version', 1, 'state', 1, 'changed_at', now(),
        'ordinal', edition, 'year', 2019, 'name', 'Lần thứ 1', 'threshold_centi', 0, 'maximum_centi', 0,
        'document', '\x0801', 'judged_elsewhere', false, 'planned_cost_vnd', 0, 'cost_cap_vnd', 0, 'max_promotions', 0,
        'rules_version', 0, 'finalists', 0, 'cost_vnd', 0, 'entrants_confirmed', false,
        'judging_ended', false, 'programme_rules_version', 0, 'results_url', '') || more) $$;
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

-- The programme's rules, of which there is one version.
INSERT INTO submissions.programme_rules VALUES ('test-db', pg_temp.id(90), 1, 1, now(), 1);
INSERT INTO submissions.programme_rules_version VALUES ('test-db', pg_temp.id(90), 0, 1, sha256('1'), '\x0a');
SELECT pg_temp.breaks($$INSERT INTO submissions.programme_rules VALUES ('test-db', pg_temp.id(91), 1, 1, now(), 1)$$,
                      'programme_rules_once', 'a programme has its rules in one place');
SELECT pg_temp.breaks($$INSERT INTO submissions.programme_rules_version
    VALUES ('test-db', pg_temp.id(90), 1, 3, sha256('3'), '\x0b')$$, 'programme_rules_counts_up', 'versions count up');
-- Deferred rules are asked at once.
CREATE FUNCTION pg_temp.promises(edition int4, what text, guard text, description text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.breaks(format('SELECT pg_temp.change(%s, %L); SET CONSTRAINTS ALL IMMEDIATE', edition, what), guard,
                          description) $$;

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
SELECT pg_temp.alters(1, $$state = 2, programme_rules_version = 1, programme_rules_digest = sha256('1')$$, 'edition_published',
                      'nothing is published without rules');
SELECT pg_temp.moves(1, $$rules = '\x0a', rules_version = 1, rules_digest = sha256('\x0a')$$, 'rules are set');
SELECT pg_temp.alters(1, $$rules = '\x0b'$$, 'edition_rules_version', 'other rules are another version');
SELECT pg_temp.moves(1, $$rules = '\x0b', rules_version = 2, rules_digest = sha256('\x0b')$$, 'and set anew');
SELECT pg_temp.alters(1, $$state = 2, programme_rules_version = 1, programme_rules_digest = sha256('1')$$, 'edition_published',
                      'nothing is published without days');
SELECT pg_temp.alters(1, $$opens_at = '2019-11-01', closes_at = '2019-12-01'$$, 'edition_draft', 'a draft has no days');
SELECT pg_temp.alters(1, $$state = 2, opens_at = '2019-11-01'$$, 'edition_days', 'it opens and closes');
SELECT pg_temp.alters(1, $$state = 2, opens_at = '2019-11-01', closes_at = '2019-11-01'$$, 'edition_days', 'in this order');
SELECT pg_temp.alters(1, $$state = 2, opens_at = '2019-11-01', closes_at = '2019-12-01'$$, 'edition_programme_rules',
                      'nor without the programme''s rules');
SELECT pg_temp.alters(1, $$programme_rules_version = 1, programme_rules_digest = sha256('1')$$, 'edition_draft',
                      'which a draft does not keep');
CREATE FUNCTION pg_temp.days(number int4, digest text) RETURNS text LANGUAGE sql AS $$
    SELECT format('state = 2, opens_at = $t$2019-11-01$t$, closes_at = $t$2019-12-01$t$, programme_rules_version = %s,'
                  ' programme_rules_digest = sha256(%L)', number, digest) $$;
SELECT pg_temp.promises(1, pg_temp.days(2, '1'), 'edition_programme_version', 'a version of them that there is');
SELECT pg_temp.promises(1, pg_temp.days(1, '2'), 'edition_programme_version', 'as it is');
SELECT pg_temp.promises(1, pg_temp.days(1, '1'), NULL, 'otherwise it may be published');
SELECT pg_temp.moves(1, pg_temp.days(1, '1'), 'it is published');
SELECT pg_temp.alters(1, 'programme_rules_version = 2', 'edition_frozen', 'and keeps them');
SELECT pg_temp.alters(1, $$programme_rules_digest = sha256('2')$$, 'edition_frozen', 'as they were');
SELECT pg_temp.adds('{"judged_elsewhere": true, "maximum_centi": 1, "state": 2, "programme_rules_version": 1}',
                    'edition_programme_rules', 'a version has a digest');
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
INSERT INTO submissions.entry (programme, id, version, state, changed_at, edition_id, entrant_agency_id, team, entry_kind, title,
                               summary, submitted_by, entry_code, score_centi, award, reached_final, money_paid,
                               track, draft, content_digest, entry_version, submitted_at, examined_by, cure_at, round_code, rank,
                               may_have_prize, accusation, answered)
    VALUES ('test-db', pg_temp.id(30), 2, 2, now(), pg_temp.id(1), pg_temp.id(9), '', 1, 'Một cửa', '', pg_temp.id(3),
            '', 0, 0, false, false, '', 1, sha256('1'), 1, now(), NULL, NULL, '', 0, false, '', false);
CREATE FUNCTION pg_temp.entry(what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'UPDATE submissions.entry SET ' || what || ' WHERE id = pg_temp.id(30)';
END $$;
SELECT pg_temp.promises(1, 'entrants_confirmed = true', 'edition_entries_open', 'no entry waits to be examined then');
SELECT pg_temp.entry($$state = 9, examined_by = pg_temp.id(4), cure_at = now() + interval '1 minute'$$);
SELECT pg_temp.promises(1, 'entrants_confirmed = true', 'edition_entries_open', 'or may still be mended');
SELECT pg_temp.entry($$cure_at = now() - interval '1 day'$$);
SELECT pg_temp.promises(1, 'entrants_confirmed = true', NULL, 'but it may be one that was not mended in time');
SET CONSTRAINTS ALL DEFERRED;
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
SELECT pg_temp.moves(10, $$rules = '\x0a', rules_version = 1, rules_digest = sha256('\x0a'), $$ || pg_temp.days(1, '1'),
                     'it is published');
SELECT pg_temp.adds(pg_temp.local(4, 10, '{"ordinal": 2}'), 'edition_above', 'nothing is local under it');
SELECT pg_temp.alters(10, $$organiser_agency_id = pg_temp.id(4)$$, 'edition_identity', 'it stays its organiser''s');
SELECT pg_temp.alters(11, $$parent_edition_id = pg_temp.id(5)$$, 'edition_identity', 'under the same edition');
SELECT pg_temp.alters(11, $$cost_cap_vnd = 60$$, 'edition_identity', 'and the same terms');

-- Results.
SELECT pg_temp.moves(10, $$state = 5, finalists = 1, places = '\x0a', places_round_id = pg_temp.id(41), entrants_confirmed = true$$,
                     'it is judged');
SELECT pg_temp.alters(10, $$places_round_id = NULL$$, 'edition_places', 'by a round');
SELECT pg_temp.alters(10, $$places = NULL$$, 'edition_places', 'finalists have places');
SELECT pg_temp.alters(10, $$state = 6, results_document = '\x0a'$$, 'edition_results', 'there are no results before judging is closed');
SELECT pg_temp.alters(10, $$judging_ended = true, ranking_digest = sha256('r')$$, 'edition_judging_ended', 'a ranking is of a round');
SELECT pg_temp.moves(10, $$judging_ended = true, ranking_digest = sha256('r'), final_round_id = pg_temp.id(41)$$, 'judging is closed');
SELECT pg_temp.alters(10, $$ranking_digest = sha256('s')$$, 'edition_facts', 'with that ranking');
SELECT pg_temp.moves(10, 'judging_ended = false, ranking_digest = NULL, final_round_id = NULL', 'it is opened again');
SELECT pg_temp.alters(10, $$state = 6, results_document = '\x0a'$$, 'edition_results', 'and there are no results meanwhile');
SELECT pg_temp.moves(10, $$judging_ended = true, ranking_digest = sha256('r'), final_round_id = pg_temp.id(41)$$, 'it is closed again');
SELECT pg_temp.alters(10, $$places_round_id = pg_temp.id(42), state = 6, results_document = '\x0a'$$, 'edition_results',
                      'and results follow from its places');
SELECT pg_temp.alters(10, $$state = 6$$, 'edition_results', 'results have a document');
SELECT pg_temp.alters(10, $$results_document = '\x0a'$$, 'edition_results', 'and a document of results is one of results');
SELECT pg_temp.alters(10, 'results_published_at = now()', 'edition_results_published', 'nothing is published before');
SELECT pg_temp.moves(10, $$state = 6, results_document = '\x0a'$$, 'its results are confirmed');
SELECT pg_temp.alters(10, 'judging_ended = false, ranking_digest = NULL, final_round_id = NULL', 'edition_facts',
                      'and nothing is judged again');
SELECT pg_temp.alters(10, $$results_url = 'https://khanhhoa.example'$$, 'edition_results_published',
                      'what is not published is not told of');
SELECT pg_temp.moves(10, $$results_published_at = '2019-12-02', results_url = 'https://khanhhoa.example'$$,
                     'its results are published');
SELECT pg_temp.alters(10, $$results_published_at = '2019-12-03'$$, 'edition_facts', 'once');
SELECT pg_temp.alters(10, 'results_published_at = NULL', 'edition_facts', 'for good');
SELECT pg_temp.alters(10, $$results_url = 'https://khanhhoa.example/2'$$, 'edition_facts', 'in one place');
SELECT pg_temp.alters(10, 'state = 7', 'edition_follow_up', 'a local contest has no follow-up');
SELECT pg_temp.alters(10, 'follow_up_due_at = now()', 'edition_follow_up', 'nor a day for one');
SELECT pg_temp.alters(10, $$places = '\x0b'$$, 'edition_facts', 'and stay');
SELECT pg_temp.alters(10, $$local_report = '\x0a', cost_vnd = 51$$, 'edition_cost', 'it did not cost more than it may');
SELECT pg_temp.moves(10, $$local_report = '\x0a', cost_vnd = 49$$, 'it is reported');
SELECT pg_temp.alters(10, $$cost_vnd = 48$$, 'edition_facts', 'once');
SELECT pg_temp.alters(10, $$state = 9$$, 'edition_end', 'and nothing is cancelled any more');
SELECT pg_temp.moves(10, 'state = 8', 'it is archived without one');
SELECT pg_temp.alters(10, $$name = 'Khác'$$, 'edition_archived', 'and stays as it is');
SELECT pg_temp.alters(11, $$local_report = '\x0a'$$, 'edition_local_report', 'nothing is reported before');

-- The follow-up of a provincial edition, of which entry 31 is a finalist.
SELECT pg_temp.moves(1, $$state = 6, finalists = 1, places = '\x0a', places_round_id = pg_temp.id(41), final_round_id = pg_temp.id(41), ranking_digest = sha256('r'), results_document = '\x0a', entrants_confirmed = true,
                          judging_ended = true$$, 'it has results');
SELECT pg_temp.alters(1, 'state = 8', 'edition_follow_up', 'it is not archived without a follow-up');
SELECT pg_temp.alters(1, 'state = 7', 'edition_follow_up', 'which is due on a day');
SELECT pg_temp.alters(1, $$follow_up_due_at = '2020-01-31'$$, 'edition_follow_up', 'that is not set before');
SELECT pg_temp.moves(1, $$state = 7, follow_up_due_at = '2020-01-31'$$, 'its follow-up begins');
SELECT pg_temp.alters(1, $$follow_up_due_at = '2020-02-29'$$, 'edition_facts', 'and the day stays');
INSERT INTO submissions.entry (programme, id, version, state, changed_at, edition_id, entrant_agency_id, team, entry_kind, title,
                               summary, submitted_by, registered_by, entry_code, score_centi, award, reached_final, money_paid,
                               track, draft, content_digest, entry_version, submitted_at, round_code, rank, may_have_prize,
                               accusation, answered)
    VALUES ('test-db', pg_temp.id(31), 9, 7, now(), pg_temp.id(1), pg_temp.id(9), '', 1, 'Một cửa', '', pg_temp.id(3),
            pg_temp.id(4), 'KH-31', 9000, 2, true, false, '', 1, sha256('1'), 1, now(), 'final', 1, true, '', false);
CREATE FUNCTION pg_temp.owe(number int4, agency int4) RETURNS void LANGUAGE sql AS $$
    INSERT INTO submissions.dossier (programme, id, version, state, changed_at, entrant_agency_id, entry_code, title, due_at,
                                     due, overdue, dossier_version, open_cases, committed_cases)
    VALUES ('test-db', pg_temp.id(number), 1, 1, now(), pg_temp.id(agency), 'KH-31', 'Một cửa', now(), '\x0a', false, 0, 0, 0) $$;
CREATE FUNCTION pg_temp.dossier(what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'UPDATE submissions.dossier SET ' || what || ' WHERE id = pg_temp.id(31)';
END $$;
SELECT pg_temp.breaks($$SELECT pg_temp.owe(31, 8); SET CONSTRAINTS ALL IMMEDIATE$$, 'dossier_finalist',
                      'a finalist''s own agency owes a dossier');
SELECT lives_ok($$SELECT pg_temp.owe(31, 9)$$, 'it owes one');
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
SELECT pg_temp.breaks($$SELECT pg_temp.dossier('open_cases = 1')$$, 'dossier_cases', 'no money before it was appraised');
SELECT pg_temp.promises(1, 'state = 8', 'edition_open_cases', 'what is owed keeps an edition open');
SELECT lives_ok($$SELECT pg_temp.dossier('state = 6, dossier_version = 1, submitted_by = pg_temp.id(3),
                                          accepted_by = pg_temp.id(4), open_cases = 1')$$, 'it is appraised, and a case opened');
SELECT pg_temp.breaks($$SELECT pg_temp.dossier('committed_cases = 2')$$, 'dossier_cases',
                      'no more money is committed than there are cases');
SELECT pg_temp.breaks($$SELECT pg_temp.dossier('open_cases = -1')$$, 'dossier_cases', 'of which there are not less than none');
SELECT lives_ok($$SELECT pg_temp.dossier('open_cases = 2, committed_cases = 1')$$, 'money is committed in one of two cases');
SELECT pg_temp.breaks($$SELECT pg_temp.dossier('committed_cases = 0')$$, 'dossier_committed', 'and stays so');
SELECT lives_ok($$SELECT pg_temp.dossier('state = 7')$$, 'a dossier is closed');
SELECT pg_temp.promises(1, 'state = 8', 'edition_open_cases', 'a case that is open keeps an edition open too');
INSERT INTO submissions.entry SELECT (jsonb_populate_record(e, jsonb_build_object('id', pg_temp.id(32), 'entry_code', 'KH-32'))).*
    FROM submissions.entry AS e WHERE id = pg_temp.id(31);
SELECT pg_temp.edit(6, pg_temp.local(6, 1, '{}')::jsonb);
SELECT pg_temp.moves(6, $$rules = '\x0a', rules_version = 1, rules_digest = sha256('\x0a'), $$ || pg_temp.days(1, '1'), 'another');
SELECT pg_temp.moves(6, $$state = 8, finalists = 1, places = '\x0a', places_round_id = pg_temp.id(41), final_round_id = pg_temp.id(41), ranking_digest = sha256('r'), results_document = '\x0a', entrants_confirmed = true,
                          judging_ended = true$$, 'is archived');
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO submissions.entry SELECT (jsonb_populate_record(e, jsonb_build_object('id', pg_temp.id(33), 'entry_code', 'KH-33',
    'edition_id', pg_temp.id(6)))).* FROM submissions.entry AS e WHERE id = pg_temp.id(31);
SELECT pg_temp.breaks($$INSERT INTO submissions.dossier SELECT (jsonb_populate_record(d, jsonb_build_object('id', pg_temp.id(33),
    'entry_code', 'KH-33'))).* FROM submissions.dossier AS d WHERE id = pg_temp.id(31); SET CONSTRAINTS ALL IMMEDIATE$$,
    'dossier_archived', 'nothing is owed any more in an archived edition');
SELECT pg_temp.moves(11, $$state = 9$$, 'a draft is cancelled');
SELECT pg_temp.alters(11, $$state = 2$$, 'edition_end', 'for good');

SELECT * FROM finish();
ROLLBACK;

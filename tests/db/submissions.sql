-- tests/db/submissions.sql - what the tables of submissions refuse, whatever the program says.

BEGIN;
SELECT plan(87);

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
SELECT pg_temp.edit(1, '{"state": 3, "judged_elsewhere": true, "threshold_centi": 7500, "maximum_centi": 10000}');
CREATE FUNCTION pg_temp.enter(entry int4, edition int4, title text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO submissions.entry (programme, id, version, state, changed_at, edition_id, entrant_agency_id, team,
                                   entry_kind, title, summary, entry_code, score_centi, award, reached_final, money_paid,
                                   track, draft, content_digest, entry_version, round_code, rank,
                                   may_have_prize, accusation, answered)
    VALUES ('test-db', pg_temp.id(entry), 1, 1, now(), pg_temp.id(edition), pg_temp.id(9), 'đội 1', 1, title, '', '', 0,
            0, false, false, '', 1, decode(repeat('07', 32), 'hex'), 0, '', 0, false, '', false) $$;
CREATE FUNCTION pg_temp.change(what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'UPDATE submissions.entry SET ' || what || ' WHERE id = pg_temp.id(11)';
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
CREATE FUNCTION pg_temp.decomposed(name text) RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT pg_temp.change(%L)', format('%s = %L', name, 'So' || U&'\031B')) $$;

SELECT lives_ok($$SELECT pg_temp.enter(11, 1, 'Một cửa')$$, 'an entry of an edition');
SELECT pg_temp.breaks($$SELECT pg_temp.enter(12, 2, 'Một cửa')$$, 'entry_of_edition', 'of no edition');
SELECT pg_temp.breaks($$SELECT pg_temp.enter(12, 1, '')$$, 'entry_title_check', 'a title is something');
SELECT pg_temp.breaks($$SELECT pg_temp.enter(12, 1, 'So' || U&'\031B')$$, 'entry_text', 'a title is NFC');
SELECT pg_temp.breaks(pg_temp.decomposed('title'), 'entry_text', 'and so is a new one');
SELECT pg_temp.breaks(pg_temp.decomposed('summary'), 'entry_text', 'or a new summary');
SELECT pg_temp.breaks(pg_temp.decomposed('team'), 'entry_text', 'or a new team');
SELECT pg_temp.breaks(pg_temp.decomposed('entry_code'), 'entry_text', 'or a code');
SELECT lives_ok($$SELECT pg_temp.change('title = ''Sở Nội vụ''')$$, 'a new title that is NFC');
SELECT pg_temp.breaks(pg_temp.decomposed('track'), 'entry_text', 'or a track');
SELECT pg_temp.breaks($$SELECT pg_temp.change('state = 2')$$, 'entry_submitter', 'somebody hands it in');
SELECT pg_temp.breaks($$SELECT pg_temp.change('edition_id = pg_temp.id(2)')$$, 'entry_identity', 'it stays in its edition');
SELECT pg_temp.breaks($$SELECT pg_temp.change('state = 2, submitted_by = pg_temp.id(3)')$$, 'entry_submitter',
                      'as a version, at a time');
SELECT lives_ok($$SELECT pg_temp.change('draft = 2, title = ''Một cửa điện tử''')$$, 'it is drafted anew');
SELECT pg_temp.breaks($$SELECT pg_temp.change('draft = 1')$$, 'entry_version_back', 'drafts count up');
SELECT lives_ok($$SELECT pg_temp.change('state = 2, submitted_by = pg_temp.id(3), submitted_at = now(), entry_version = 1')$$,
                'it is handed in');
SELECT pg_temp.breaks($$SELECT pg_temp.change('entry_version = 0')$$, 'entry_version_back', 'and versions');
SELECT pg_temp.breaks($$SELECT pg_temp.change('title = ''Khác''')$$, 'entry_content', 'what was handed in stays');
SELECT pg_temp.breaks($$SELECT pg_temp.change('summary = ''Khác''')$$, 'entry_content', 'so does its summary');
SELECT pg_temp.breaks($$SELECT pg_temp.change('draft = 3')$$, 'entry_content', 'and no draft comes behind it');
SELECT pg_temp.breaks($$SELECT pg_temp.change('content_digest = decode(repeat(''08'', 32), ''hex'')')$$, 'entry_content',
                      'nor another digest');
SELECT pg_temp.breaks($$SELECT pg_temp.change('state = 9, cure_at = now()')$$, 'entry_examined', 'somebody returns it');
SELECT pg_temp.breaks($$SELECT pg_temp.change('state = 9, cure_at = now(), examined_by = pg_temp.id(3)')$$,
                      'entry_examiner', 'who did not hand it in');
SELECT pg_temp.breaks($$SELECT pg_temp.change('state = 10, examined_by = pg_temp.id(3)')$$,
                      'entry_examiner', 'or refuses it, who did not hand it in');
SELECT pg_temp.breaks($$SELECT pg_temp.change('state = 9, examined_by = pg_temp.id(4)')$$, 'entry_cure',
                      'until a day to mend it');
SELECT lives_ok($$SELECT pg_temp.change('state = 9, examined_by = pg_temp.id(4), cure_at = now()')$$, 'it is returned');
SELECT lives_ok($$SELECT pg_temp.change('title = ''Một cửa'', draft = 3')$$, 'and mended');
SELECT lives_ok($$SELECT pg_temp.change('state = 2, entry_version = 2, examined_by = NULL')$$, 'and handed in again');
SELECT lives_ok($$SELECT pg_temp.change('title = ''Một cửa số'', draft = 4, entry_version = 3')$$,
                'returned, mended and handed in again in one transaction');
SELECT pg_temp.breaks($$SELECT pg_temp.change('registered_by = pg_temp.id(3)')$$, 'entry_registrar',
                      'nobody registers what he handed in');
SELECT pg_temp.breaks($$SELECT pg_temp.change('accused_by = pg_temp.id(5)')$$, 'entry_accusation',
                      'an accusation says what of, and until when');
SELECT pg_temp.breaks($$SELECT pg_temp.change('answered = true')$$, 'entry_accusation', 'and only then is an answer');
SELECT pg_temp.breaks($$SELECT pg_temp.change('state = 12, disqualified_by = pg_temp.id(6)')$$, 'entry_accuser',
                      'nobody is disqualified who was not accused');
SELECT pg_temp.breaks($$SELECT pg_temp.change('state = 12')$$, 'entry_disqualified', 'nor by nobody');
SELECT lives_ok($$SELECT pg_temp.change('accused_by = pg_temp.id(5), accusation = ''Sao chép'', answer_due_at = now()')$$,
                'it is accused');
SELECT pg_temp.breaks($$SELECT pg_temp.change('state = 12, disqualified_by = pg_temp.id(5)')$$, 'entry_accuser',
                      'who accuses does not decide');
SELECT pg_temp.breaks($$SELECT pg_temp.change('promoted_to_id = id')$$, 'entry_promoted_by_another',
                      'it goes on as another');
SELECT lives_ok($$SELECT pg_temp.change('state = 5, entry_code = ''KH-01'', registered_by = pg_temp.id(4)')$$,
                'it is eliminated');
SELECT pg_temp.breaks($$SELECT pg_temp.change('state = 2')$$, 'entry_end', 'and comes back only into its round');
SELECT lives_ok($$SELECT pg_temp.change('state = 4')$$, 'which was annulled');
SELECT lives_ok($$SELECT pg_temp.change('state = 6, reached_final = true')$$, 'it reaches the final');
SELECT lives_ok($$SELECT pg_temp.change('state = 3, reached_final = false')$$, 'which was annulled too');
SELECT lives_ok($$SELECT pg_temp.change('state = 6, reached_final = true, money_paid = true')$$,
                'it reaches the final, and money');
SELECT pg_temp.breaks($$SELECT pg_temp.change('state = 13')$$, 'entry_paid', 'what was paid for is not annulled');
SELECT pg_temp.breaks($$SELECT pg_temp.change('state = 12, disqualified_by = pg_temp.id(6)')$$, 'entry_paid',
                      'nor disqualified');
SELECT pg_temp.breaks($$SELECT pg_temp.change('state = 7')$$, 'entry_prize', 'a prize is something');
SELECT pg_temp.breaks($$SELECT pg_temp.change('state = 11')$$, 'entry_paid', 'what was paid for is not withdrawn');
SELECT pg_temp.breaks($$SELECT pg_temp.change('money_paid = false')$$, 'entry_facts', 'what was paid was paid');
SELECT pg_temp.breaks($$SELECT pg_temp.change('entry_code = ''KH-02''')$$, 'entry_identity', 'a code stays');

SELECT pg_temp.enter(13, 1, 'Một cửa');
CREATE FUNCTION pg_temp.promote(entry int4) RETURNS void LANGUAGE sql AS $$
    INSERT INTO submissions.entry
    SELECT (jsonb_populate_record(e, jsonb_build_object('id', pg_temp.id(entry), 'promoted_from_id', pg_temp.id(11)))).*
      FROM submissions.entry AS e WHERE id = pg_temp.id(13) $$;
SELECT lives_ok($$SELECT pg_temp.promote(14)$$, 'a winner goes on');
SELECT pg_temp.breaks($$SELECT pg_temp.promote(15)$$, 'entry_promoted_once', 'as one entry');
SELECT pg_temp.breaks($$UPDATE submissions.entry SET promoted_from_id = pg_temp.id(11) WHERE id = pg_temp.id(13)$$,
                      'entry_identity', 'where it came from stays');
CREATE FUNCTION pg_temp.author(draft int4, place int4) RETURNS void LANGUAGE sql AS $$
    INSERT INTO submissions.entry_author VALUES ('test-db', pg_temp.id(13), place, pg_temp.id(3), 5000, 1, draft) $$;
SELECT pg_temp.author(1, 0);
SELECT pg_temp.breaks($$SELECT pg_temp.author(1, 1)$$, 'entry_author_once', 'an author is named once in a draft');
SELECT lives_ok($$SELECT pg_temp.author(2, 1)$$, 'and again in the next');
INSERT INTO submissions.entrant VALUES ('test-db', pg_temp.id(21), 1, 1, now(), pg_temp.id(1), pg_temp.id(9), 1, 1, 0);
SELECT pg_temp.breaks($$INSERT INTO submissions.entrant VALUES ('test-db', pg_temp.id(22), 1, 1, now(), pg_temp.id(1),
    pg_temp.id(9), 0, 0, 0)$$, 'entrant_once', 'an agency is counted in one place');
SELECT pg_temp.breaks($$UPDATE submissions.entrant SET entries = -1$$, 'entrant_entries_check', 'and never below nothing');
INSERT INTO submissions.roll VALUES ('test-db', pg_temp.id(41), 1, 1, now(), pg_temp.id(1), 'cụm 1', 300);
SELECT pg_temp.breaks($$INSERT INTO submissions.roll VALUES ('test-db', pg_temp.id(42), 1, 1, now(), pg_temp.id(1),
    'cụm 1', 0)$$, 'roll_once', 'a cluster has one roll');
SELECT lives_ok($$INSERT INTO submissions.roll VALUES ('test-db', pg_temp.id(43), 1, 1, now(), pg_temp.id(1), '', 1)$$,
                'and so has its edition');
SELECT pg_temp.breaks($$UPDATE submissions.roll SET entries = 301 WHERE id = pg_temp.id(41)$$, 'roll_entries_check',
                      'on which there are no more than a round can hold');
SELECT pg_temp.breaks($$UPDATE submissions.roll SET entries = -1 WHERE id = pg_temp.id(43)$$, 'roll_entries_check',
                      'nor less than none');
INSERT INTO submissions.jury VALUES ('test-db', pg_temp.id(1), 1, 1, now());
CREATE FUNCTION pg_temp.judge(place int4, person int4, is_over bool) RETURNS void LANGUAGE sql AS $$
    INSERT INTO submissions.jury_judge VALUES ('test-db', pg_temp.id(1), place, pg_temp.id(person), is_over) $$;
SELECT pg_temp.judge(0, 3, false), pg_temp.judge(1, 4, false);
SELECT is((SELECT count(*) FROM submissions.blind_judge WHERE blind_edition_id = pg_temp.id(1)), 2::int8, 'whoever judges is blind');
SELECT pg_temp.judge(2, 3, true);
SELECT is((SELECT array_agg(person_id) FROM submissions.blind_judge WHERE blind_edition_id = pg_temp.id(1)), ARRAY[pg_temp.id(4)],
          'until judging is over');
SELECT pg_temp.judge(3, 3, false);
SELECT is((SELECT count(*) FROM submissions.blind_judge WHERE blind_edition_id = pg_temp.id(1)), 2::int8, 'and when it is opened again');

SELECT pg_temp.breaks($$UPDATE submissions.entrant SET contests = -1$$, 'entrant_contests_check', 'nor are its contests');
SELECT pg_temp.breaks($$UPDATE submissions.entrant SET promotions = -1$$, 'entrant_promotions_check', 'or its winners');

-- Who enters together: named, agreed to a draft, left.
CREATE FUNCTION pg_temp.joins(place int4, draft int4, has_left bool, said_by uuid) RETURNS void LANGUAGE sql AS $$
    INSERT INTO submissions.entry_co_entrant
    VALUES ('test-db', pg_temp.id(13), place, pg_temp.id(8), draft, has_left, said_by) $$;
SELECT lives_ok($$SELECT pg_temp.joins(0, 0, false, NULL)$$, 'a co-entrant is named');
SELECT pg_temp.breaks($$SELECT pg_temp.joins(1, 0, false, NULL)$$, 'entry_co_entrant_once', 'once');
SELECT pg_temp.breaks($$SELECT pg_temp.joins(1, 1, false, NULL)$$, 'entry_co_entrant_asked', 'and agrees by somebody');
SELECT pg_temp.breaks($$SELECT pg_temp.joins(1, 0, false, pg_temp.id(3))$$, 'entry_co_entrant_asked', 'to some draft');
SELECT pg_temp.breaks($$SELECT pg_temp.joins(1, 0, true, NULL)$$, 'entry_co_entrant_asked', 'or leaves some draft');
SELECT lives_ok($$SELECT pg_temp.joins(1, 1, false, pg_temp.id(3))$$, 'it agrees to a draft');
SELECT pg_temp.breaks($$SELECT pg_temp.joins(2, 1, false, pg_temp.id(4))$$, 'entry_co_entrant_once', 'once');
SELECT lives_ok($$SELECT pg_temp.joins(2, 1, true, pg_temp.id(3))$$, 'and leaves');
SELECT lives_ok($$SELECT pg_temp.joins(3, 2, true, NULL)$$, 'or is left out of the next draft');

-- Codes: of the programme's own editions together, and of each local contest for itself.
SELECT pg_temp.edit(2, '{"state": 3, "judged_elsewhere": true, "threshold_centi": 7500, "maximum_centi": 10000}');
CREATE FUNCTION pg_temp.coded(nth int4, edition int4, organiser int4) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.enter(nth, edition, 'Một cửa');
    UPDATE submissions.entry SET entry_code = 'KH-07', organiser_agency_id = pg_temp.id(organiser)
     WHERE id = pg_temp.id(nth);
END $$;
SELECT lives_ok($$SELECT pg_temp.coded(31, 1, NULL)$$, 'a code');
SELECT pg_temp.breaks($$SELECT pg_temp.coded(32, 2, NULL)$$, 'entry_code_once', 'is that of one entry in the whole contest');
SELECT lives_ok($$SELECT pg_temp.coded(33, 1, 9)$$, 'and that of another in a local one');
SELECT pg_temp.breaks($$SELECT pg_temp.coded(34, 1, 9)$$, 'entry_code_once', 'of one there');
SELECT lives_ok($$SELECT pg_temp.coded(35, 2, 9)$$, 'and of another in the next');

-- Results that were annulled, and what is owed.
CREATE FUNCTION pg_temp.ends(what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'UPDATE submissions.entry SET ' || what || ' WHERE id = pg_temp.id(31)';
END $$;
SELECT lives_ok($$SELECT pg_temp.ends('state = 7, reached_final = true, award = 2, rank = 1, score_centi = 9000, '
    'submitted_by = pg_temp.id(3), submitted_at = now(), entry_version = 1, registered_by = pg_temp.id(4)')$$, 'a prize');
CREATE FUNCTION pg_temp.owes(entry int4) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO submissions.dossier (programme, id, version, state, changed_at, entrant_agency_id, entry_code, title,
                                     due_at, due, overdue, dossier_version, open_cases, committed_cases)
    VALUES ('test-db', pg_temp.id(entry), 1, 1, now(), pg_temp.id(9), 'KH-07', 'Một cửa', now(), '\x0801', false, 0, 0, 0);
    SET CONSTRAINTS ALL IMMEDIATE;
    SET CONSTRAINTS ALL DEFERRED;
END $$;
SELECT lives_ok($$SELECT pg_temp.owes(31)$$, 'a finalist owes a dossier');
UPDATE submissions.entry SET state = 7, reached_final = true, award = 2, submitted_by = pg_temp.id(3), submitted_at = now(),
    entry_version = 1, registered_by = pg_temp.id(4) WHERE id = pg_temp.id(33);
SELECT pg_temp.breaks($$SELECT pg_temp.owes(33)$$, 'dossier_finalist', 'and one of a local contest does not');
SELECT pg_temp.breaks($$SELECT pg_temp.ends('reached_final = false, award = 0')$$, 'entry_facts',
                      'to have reached the final is a fact');
SELECT pg_temp.breaks($$SELECT pg_temp.ends('state = 13')$$, 'entry_annulled', 'but where the result is annulled');
SELECT lives_ok($$SELECT pg_temp.ends('state = 13, reached_final = false, award = 0, rank = 0, score_centi = 0')$$,
                'and nothing is left of it');
SELECT pg_temp.breaks($$SELECT pg_temp.ends('state = 6, reached_final = true')$$, 'entry_end', 'for ever');
SELECT lives_ok($$SELECT pg_temp.ends('money_paid = true')$$, 'money that was on its way is remembered');

SELECT * FROM finish();
ROLLBACK;

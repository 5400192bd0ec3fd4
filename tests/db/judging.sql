-- tests/db/judging.sql - what the tables of councils, rounds and score sheets refuse, whatever the program says.

BEGIN;
SELECT plan(77);

CREATE FUNCTION pg_temp.id(number int4) RETURNS uuid LANGUAGE sql IMMUTABLE
    AS $$ SELECT ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid $$;
CREATE FUNCTION pg_temp.breaks(statement text, code text, guard text, description text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    broken text;
    state text;
BEGIN
    BEGIN
        EXECUTE statement;
        SET CONSTRAINTS ALL IMMEDIATE;
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME, state = RETURNED_SQLSTATE;
    END;
    SET CONSTRAINTS ALL DEFERRED;
    RETURN is(coalesce(state, 'nothing') || ' ' || coalesce(broken, ''), code || ' ' || guard, description);
END $$;

-- Contest 1, where the jury may not enter, and 2, where it may; persons 20 ... sit, person 29 writes.
INSERT INTO appraisal.contest
SELECT 'test-db', pg_temp.id(n), 1, 2, now(), sha256('rules'), 'x', n = 2, NULL FROM generate_series(1, 2) AS n;
CREATE FUNCTION pg_temp.contend(entry int4, edition int4, author int4) RETURNS void LANGUAGE sql AS $$
    INSERT INTO appraisal.contender
    VALUES ('test-db', pg_temp.id(entry), 1, 1, now(), pg_temp.id(edition), 'KH-' || entry, 'Một cửa', 'Tóm tắt', pg_temp.id(9), '', '',
            now(), 1, NULL, '');
    INSERT INTO appraisal.contender_author VALUES ('test-db', pg_temp.id(entry), 0, pg_temp.id(author)) $$;
CREATE FUNCTION pg_temp.constitute(council int4, edition int4) RETURNS void LANGUAGE sql AS $$
    INSERT INTO appraisal.council
    VALUES ('test-db', pg_temp.id(council), 1, 1, now(), pg_temp.id(edition), 'x', NULL) $$;
CREATE FUNCTION pg_temp.sit(council int4, place int4, person int4, seat int4) RETURNS void LANGUAGE sql AS $$
    INSERT INTO appraisal.council_member VALUES ('test-db', pg_temp.id(council), place, pg_temp.id(person), seat) $$;
CREATE FUNCTION pg_temp.plan_round(round int4, edition int4, code text, instance int4) RETURNS void LANGUAGE sql AS $$
    INSERT INTO appraisal.round
    VALUES ('test-db', pg_temp.id(round), 1, 1, now(), pg_temp.id(edition), code, '', instance,
            pg_temp.id(edition + 10), 2, sha256('rules'), 'x', false, NULL, NULL, NULL, NULL, NULL, NULL, NULL, false) $$;
CREATE FUNCTION pg_temp.take_in(round int4, place int4, entry int4) RETURNS void LANGUAGE sql AS $$
    INSERT INTO appraisal.round_entry VALUES ('test-db', pg_temp.id(round), place, pg_temp.id(entry), 'KH-' || entry) $$;
CREATE FUNCTION pg_temp.deal(sheet int4, round int4, entry int4, person int4) RETURNS void LANGUAGE sql AS $$
    INSERT INTO appraisal.score_sheet
    VALUES ('test-db', pg_temp.id(sheet), 1, 1, now(), pg_temp.id(round), pg_temp.id(entry), 'KH-' || entry,
            pg_temp.id(person), pg_temp.id(9), pg_temp.id(11), NULL, 0, '', NULL) $$;
CREATE FUNCTION pg_temp.turn(round int4, changes text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'UPDATE appraisal.round SET ' || changes || ' WHERE id = $1' USING pg_temp.id(round);
END $$;
CREATE FUNCTION pg_temp.mark(sheet int4, changes text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'UPDATE appraisal.score_sheet SET ' || changes || ' WHERE id = $1' USING pg_temp.id(sheet);
END $$;

-- ------------------------------------------------------------------ contenders and councils

SELECT lives_ok('SELECT pg_temp.contend(30, 1, 29), pg_temp.contend(31, 1, 28), pg_temp.contend(32, 2, 20)', 'entries are contenders');
SELECT pg_temp.breaks('SELECT pg_temp.contend(39, 3, 29)', '23503', 'contender_programme_edition_id_fkey', 'of a contest that is known');
SELECT pg_temp.breaks($$INSERT INTO appraisal.contender_author VALUES ('test-db', pg_temp.id(30), 1, pg_temp.id(29))$$,
                      '23505', 'contender_author_person_key', 'an author wrote an entry once');
SELECT pg_temp.breaks($$UPDATE appraisal.contender SET state = 2 WHERE id = pg_temp.id(30)$$, '23514', 'contender_in_round_check',
                      'what is in a round says in which one');

SELECT lives_ok($$INSERT INTO appraisal.contender_evidence
                  VALUES ('test-db', pg_temp.id(30), 0, 2, 'Phim', 'https://x', sha256('x'), 1, 'video/mp4')$$, 'an entry cites files');
SELECT pg_temp.breaks($$INSERT INTO appraisal.contender_evidence
                      VALUES ('test-db', pg_temp.id(30), 1, 2, 'Phim', '', 'x', 1, '')$$,
                      '23514', 'contender_evidence_sha256_check', 'with their digests');

SELECT lives_ok('SELECT pg_temp.constitute(11, 1), pg_temp.constitute(12, 2)', 'councils are constituted');
SELECT lives_ok('SELECT pg_temp.sit(11, 0, 21, 1), pg_temp.sit(11, 1, 22, 2), pg_temp.sit(11, 2, 23, 3)', 'their members sit');
SELECT pg_temp.breaks('SELECT pg_temp.sit(11, 3, 21, 3)', '23505', 'council_member_person_key', 'nobody sits twice');
SELECT pg_temp.breaks('SELECT pg_temp.sit(11, 3, 24, 1)', '23505', 'council_member_one_chair', 'there is one chair');
SELECT pg_temp.breaks('SELECT pg_temp.sit(11, 3, 24, 2)', '23505', 'council_member_one_secretary', 'there is one secretary');
SELECT lives_ok('SELECT pg_temp.sit(11, 3, 24, 4)', 'a vice-chair may sit');
SELECT pg_temp.breaks('SELECT pg_temp.sit(11, 4, 25, 4)', '23505', 'council_member_one_vice_chair', 'and no second one');
SELECT pg_temp.breaks('SELECT pg_temp.sit(11, 4, 25, 5)', '23514', 'council_member_seat_check', 'there are no other seats');
SELECT pg_temp.breaks('SELECT pg_temp.sit(11, 4, 29, 3)', '23514', 'council_member_no_author', 'no author of the edition sits');
SELECT lives_ok('SELECT pg_temp.sit(11, 4, 20, 3)', 'an author of another edition does');
SELECT lives_ok('SELECT pg_temp.sit(12, 0, 20, 3)', 'and where the jury may enter');
SELECT pg_temp.breaks($$INSERT INTO appraisal.council_conflict VALUES ('test-db', pg_temp.id(11), 0, pg_temp.id(29), pg_temp.id(30), 1)$$,
                      '23503', 'council_conflict_member_fkey', 'only members declare conflicts');
SELECT pg_temp.breaks($$INSERT INTO appraisal.council_declarant VALUES ('test-db', pg_temp.id(11), 0, pg_temp.id(29))$$,
                      '23503', 'council_declarant_member_fkey', 'or that they have none');
SELECT lives_ok($$INSERT INTO appraisal.council_conflict VALUES ('test-db', pg_temp.id(11), 0, pg_temp.id(23), pg_temp.id(30), 1)$$,
                'a member declares one');
SELECT pg_temp.breaks($$INSERT INTO appraisal.council_conflict VALUES ('test-db', pg_temp.id(11), 1, pg_temp.id(23), pg_temp.id(30), 1)$$,
                      '23505', 'council_conflict_key', 'once');

-- ------------------------------------------------------------------ rounds

SELECT lives_ok($$SELECT pg_temp.plan_round(41, 1, 'so-khao', 1)$$, 'a round is planned');
SELECT pg_temp.breaks($$SELECT pg_temp.plan_round(42, 1, 'so-khao', 2)$$, '23505', 'round_one_live', 'and no other one like it');
SELECT pg_temp.breaks($$SELECT pg_temp.plan_round(42, 3, 'so-khao', 1)$$, '23503', 'round_programme_edition_id_fkey', 'in a contest that is known');
SELECT pg_temp.breaks($$INSERT INTO appraisal.round SELECT programme, pg_temp.id(42), version, state, changed_at, edition_id, 'chung-khao',
                      cluster_code, 1, pg_temp.id(19), stage, rules_digest, rules, is_last, NULL, NULL, NULL, NULL, NULL, NULL, NULL, false FROM appraisal.round WHERE id = pg_temp.id(41)$$,
                      '23503', 'round_programme_council_id_fkey', 'by a council that is known');
SELECT pg_temp.breaks($$SELECT pg_temp.turn(41, 'cluster_code = ''1''')$$, '23514', 'round_stays', 'what it is judged by stays');
SELECT pg_temp.breaks($$SELECT pg_temp.turn(41, 'rules = ''y''')$$, '23514', 'round_stays', 'its rules too');
INSERT INTO appraisal.round_member VALUES ('test-db', pg_temp.id(41), 0, pg_temp.id(21), 1), ('test-db', pg_temp.id(41), 1, pg_temp.id(22), 2),
                                          ('test-db', pg_temp.id(41), 2, pg_temp.id(23), 3);
SELECT lives_ok($$INSERT INTO appraisal.round_member VALUES ('test-db', pg_temp.id(41), 3, pg_temp.id(24), 4)$$, 'a vice-chair too');
SELECT pg_temp.breaks($$INSERT INTO appraisal.round_member VALUES ('test-db', pg_temp.id(41), 4, pg_temp.id(25), 4)$$,
                      '23505', 'round_member_one_vice_chair', 'one');
SELECT lives_ok('SELECT pg_temp.take_in(41, 0, 30)', 'an entry is assigned');
SELECT pg_temp.breaks('SELECT pg_temp.take_in(41, 1, 30)', '23505', 'round_entry_key', 'once');
SELECT pg_temp.contend(33, 1, 23); -- registered after the council was constituted
SELECT pg_temp.breaks('SELECT pg_temp.take_in(41, 1, 33)', '23514', 'round_entry_no_author', 'none that a member of a council wrote');
UPDATE appraisal.council SET state = 2 WHERE id = pg_temp.id(11);
SELECT lives_ok('SELECT pg_temp.take_in(41, 1, 33)', 'unless the council was dissolved');

-- ------------------------------------------------------------------ score sheets

SELECT lives_ok('SELECT pg_temp.deal(51, 41, 30, 21), pg_temp.deal(52, 41, 33, 21)', 'sheets are dealt');
SELECT pg_temp.breaks('SELECT pg_temp.deal(53, 41, 30, 21)', '23505', 'score_sheet_once', 'one for each judge and entry');
SELECT pg_temp.breaks('SELECT pg_temp.deal(53, 41, 30, 26)', '23503', 'score_sheet_judge_fkey', 'to members of the round');
SELECT pg_temp.breaks('SELECT pg_temp.deal(53, 41, 31, 21)', '23503', 'score_sheet_entry_fkey', 'for its entries');
INSERT INTO appraisal.round_conflict VALUES ('test-db', pg_temp.id(41), 0, pg_temp.id(23), pg_temp.id(33), 2);
SELECT pg_temp.breaks('SELECT pg_temp.deal(53, 41, 33, 23)', '23514', 'score_sheet_no_conflict', 'to nobody who has a conflict');
SELECT pg_temp.breaks($$SELECT pg_temp.mark(51, 'person_id = pg_temp.id(23)')$$, '23514', 'score_sheet_stays', 'a sheet stays its judge''s');
SELECT pg_temp.breaks($$SELECT pg_temp.mark(51, 'council_id = pg_temp.id(12)')$$, '23514', 'score_sheet_stays', 'and its council''s');
SELECT pg_temp.breaks($$SELECT pg_temp.mark(51, 'state = 3')$$, '23514', 'score_sheet_locked_check', 'a locked sheet has points');
SELECT pg_temp.breaks($$SELECT pg_temp.mark(51, 'state = 5, reason = ''ill''')$$, '23514', 'score_sheet_excused_check', 'somebody excuses');
SELECT pg_temp.mark(51, 'state = 3, version = 2, scores = ''x'', total_centi = 100');
SELECT pg_temp.breaks($$SELECT pg_temp.mark(51, 'version = 3, scores = ''y''')$$, '23514', 'score_sheet_stays', 'locked points stay');
SELECT lives_ok($$SELECT pg_temp.mark(51, 'version = 4, scores = ''y''')$$, 'unless the sheet was reopened and locked again');

-- ------------------------------------------------------------------ the end

SELECT pg_temp.breaks($$SELECT pg_temp.turn(41, 'state = 3, due_at = now()')$$, '23514', 'round_proposed_check', 'a round deliberates on a ranking');
SELECT pg_temp.breaks($$SELECT pg_temp.turn(41, 'state = 3, due_at = now(), ranking_digest = sha256(''r''), proposed_by = pg_temp.id(22)')$$,
                      '23514', 'round_proposed_check', 'in a session of which there are minutes');
SELECT pg_temp.breaks($$SELECT pg_temp.turn(41, 'state = 3, due_at = now(), ranking_digest = sha256(''r''), proposed_by = pg_temp.id(22), deliberation = ''d''')$$,
                      '23514', 'round_proposed_check', 'and is remembered as proposed');
SELECT pg_temp.turn(41, 'state = 3, due_at = now(), ranking_digest = sha256(''r''), proposed_by = pg_temp.id(22), deliberation = ''d'', was_proposed = true');
SELECT pg_temp.breaks($$SELECT pg_temp.turn(41, 'state = 2, ranking_digest = NULL, proposed_by = NULL, deliberation = NULL, was_proposed = false')$$,
                      '23514', 'round_stays', 'for good');
SELECT pg_temp.breaks($$SELECT pg_temp.turn(41, 'state = 4')$$, '23514', 'round_confirmed_check', 'a confirmed round has its ranking');
SELECT pg_temp.breaks($$SELECT pg_temp.turn(41, 'state = 4, ranking = ''r'', confirmed_by = pg_temp.id(22)')$$,
                      '23514', 'round_two_persons_check', 'nobody confirms what they proposed');
-- In this transaction, as a batch may do it; what lives_ok does is, for PostgreSQL, another one.
SELECT pg_temp.turn(41, 'state = 4, ranking = ''r'', confirmed_by = pg_temp.id(21)');
SELECT lives_ok($$SELECT pg_temp.mark(52, 'state = 3, version = 2, scores = ''x''')$$, 'the last sheet may come with the confirmation');
SELECT pg_temp.breaks($$SELECT pg_temp.turn(41, 'ranking = ''s''')$$, '23514', 'round_stays', 'a confirmed ranking stays');
SELECT pg_temp.breaks($$SELECT pg_temp.turn(41, 'deliberation = ''e''')$$, '23514', 'round_stays', 'and who was there');
SELECT pg_temp.breaks($$SELECT pg_temp.turn(41, 'state = 3, ranking = NULL, confirmed_by = NULL')$$, '23514', 'round_stays', 'and is not taken back');
SELECT lives_ok($$SELECT pg_temp.turn(41, 'state = 5')$$, 'but annulled');
SELECT pg_temp.breaks($$SELECT pg_temp.turn(41, 'state = 4')$$, '23514', 'round_stays', 'for good');
SELECT pg_temp.breaks($$SELECT pg_temp.mark(52, 'state = 4, version = 3, reason = ''x''')$$, '23514', 'score_sheet_of_open_round',
                      'then its sheets are closed');
SELECT pg_temp.breaks('SELECT pg_temp.deal(53, 41, 30, 22)', '23514', 'score_sheet_of_open_round', 'and there are no new ones');
SELECT lives_ok($$SELECT pg_temp.plan_round(42, 1, 'so-khao', 2)$$, 'and the round is held again');
SELECT lives_ok($$SELECT pg_temp.turn(42, 'state = 6')$$, 'or called off with its edition');
SELECT pg_temp.breaks($$SELECT pg_temp.turn(42, 'state = 2, due_at = now()')$$, '23514', 'round_stays', 'and does not begin any more');
SELECT lives_ok($$SELECT pg_temp.turn(42, 'state = 5')$$, 'but is annulled');

-- ------------------------------------------------------------------ the end of all rounds

CREATE FUNCTION pg_temp.go_on(contest int4, changes text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'UPDATE appraisal.contest SET ' || changes || ' WHERE id = $1' USING pg_temp.id(contest);
END $$;
SELECT pg_temp.breaks($$INSERT INTO appraisal.contest_round VALUES ('test-db', pg_temp.id(1), 0, pg_temp.id(41), 'so-khao', '', 1, 4, NULL, pg_temp.id(21), pg_temp.id(22))$$,
                      '23514', 'contest_round_confirmed', 'a round that was confirmed has a ranking');
SELECT pg_temp.breaks($$INSERT INTO appraisal.contest_round VALUES ('test-db', pg_temp.id(1), 0, pg_temp.id(41), 'so-khao', '', 1, 1, sha256('r'), NULL, NULL)$$,
                      '23514', 'contest_round_confirmed', 'and no other one');
SELECT pg_temp.breaks($$INSERT INTO appraisal.contest_round VALUES ('test-db', pg_temp.id(1), 0, pg_temp.id(41), 'so-khao', '', 1, 4, sha256('r'), pg_temp.id(21), NULL)$$,
                      '23514', 'contest_round_confirmed', 'and two persons behind it');
SELECT pg_temp.breaks($$SELECT pg_temp.go_on(1, 'rules = ''y''')$$, '23514', 'contest_stays', 'the rules of a contest stay');
SELECT pg_temp.breaks($$SELECT pg_temp.go_on(1, 'state = 4')$$, '23514', 'contest_stays', 'nothing is judged before the entrants are confirmed');
SELECT lives_ok($$SELECT pg_temp.go_on(1, 'state = 3, awaited = ''x''')$$, 'entrants are confirmed, and some wait');
SELECT pg_temp.breaks($$SELECT pg_temp.go_on(1, 'state = 2')$$, '23514', 'contest_stays', 'for good');
SELECT lives_ok($$SELECT pg_temp.go_on(1, 'state = 4, awaited = NULL')$$, 'judging is closed');
SELECT pg_temp.breaks($$SELECT pg_temp.go_on(1, 'state = 2')$$, '23514', 'contest_stays', 'the entrants stay confirmed');
SELECT lives_ok($$SELECT pg_temp.go_on(1, 'awaited = ''x''')$$, 'and one who is heard of late waits');
SELECT lives_ok($$SELECT pg_temp.go_on(1, 'state = 3')$$, 'judging is opened again');
SELECT lives_ok($$SELECT pg_temp.go_on(1, 'state = 4')$$, 'and closed');
SELECT lives_ok($$SELECT pg_temp.go_on(1, 'state = 5')$$, 'it ends');
SELECT pg_temp.breaks($$SELECT pg_temp.go_on(1, 'state = 3')$$, '23514', 'contest_stays', 'for good');
SELECT pg_temp.breaks($$SELECT pg_temp.go_on(1, 'awaited = NULL')$$, '23514', 'contest_stays', 'and nobody is waited for any more');

SELECT * FROM finish();
ROLLBACK;

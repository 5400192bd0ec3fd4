-- tests/db/submissions.sql - what the tables of submissions refuse, whatever the program says.

BEGIN;
SELECT plan(17);

CREATE FUNCTION pg_temp.id(number int4) RETURNS uuid LANGUAGE sql IMMUTABLE
    AS $$ SELECT ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid $$;
INSERT INTO submissions.edition (programme, id, version, state, changed_at, ordinal, year, name, threshold_centi,
                                 maximum_centi, document)
VALUES ('test-db', pg_temp.id(1), 3, 3, now(), 1, 2019, 'Lần thứ 1', 7500, 10000, '\x0801');
CREATE FUNCTION pg_temp.enter(entry int4, edition int4, title text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO submissions.entry (programme, id, version, state, changed_at, edition_id, entrant_agency_id, team,
                                   entry_kind, title, summary, entry_code, score_centi, award, reached_final, money_paid)
    VALUES ('test-db', pg_temp.id(entry), 1, 1, now(), pg_temp.id(edition), pg_temp.id(9), 'đội 1', 1, title, '', '', 0,
            0, false, false) $$;
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
SELECT pg_temp.breaks($$SELECT pg_temp.change('state = 2')$$, 'entry_submitter', 'somebody hands it in');
SELECT pg_temp.breaks($$SELECT pg_temp.change('edition_id = pg_temp.id(2)')$$, 'entry_identity', 'it stays in its edition');
SELECT lives_ok($$SELECT pg_temp.change('state = 2, submitted_by = pg_temp.id(3)')$$, 'it is handed in');
SELECT pg_temp.breaks($$SELECT pg_temp.change('registered_by = pg_temp.id(3)')$$, 'entry_registrar',
                      'nobody registers what he handed in');
SELECT lives_ok($$SELECT pg_temp.change('state = 6, entry_code = ''KH-01'', registered_by = pg_temp.id(4),'
                                        ' reached_final = true, money_paid = true')$$, 'it reaches the final, and money');
SELECT pg_temp.breaks($$SELECT pg_temp.change('state = 11')$$, 'entry_paid', 'what was paid for is not withdrawn');
SELECT pg_temp.breaks($$SELECT pg_temp.change('money_paid = false')$$, 'entry_facts', 'what was paid was paid');
SELECT pg_temp.breaks($$SELECT pg_temp.change('entry_code = ''KH-02''')$$, 'entry_identity', 'a code stays');

SELECT * FROM finish();
ROLLBACK;

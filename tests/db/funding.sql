-- tests/db/funding.sql - money is safe from whoever holds the service's own password.
--
-- The honest road is walked step by step as the role sangkien_funding; beside each step stand the short
-- cuts. A short cut must end at COMMIT, or before, by the named constraint.

BEGIN;
SELECT plan(104);

CREATE FUNCTION pg_temp.u(n int) RETURNS text LANGUAGE sql AS $$
    SELECT quote_literal('00000000-0000-7000-8000-' || lpad(n::text, 12, '0')) || '::uuid'
$$;

CREATE FUNCTION pg_temp.d(n int) RETURNS text LANGUAGE sql AS $$
    SELECT format('decode(repeat(%L, 32), ''hex'')', lpad(to_hex(n), 2, '0'))
$$;

-- Does it as the service, up to where COMMIT would have checked everything. 'done', or what stopped it.
CREATE FUNCTION pg_temp.commit(VARIADIC script text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    name text;
    code text;
BEGIN
    SET LOCAL ROLE sangkien_funding;
    EXECUTE array_to_string(script, '; ');
    SET CONSTRAINTS ALL IMMEDIATE;
    SET CONSTRAINTS ALL DEFERRED;
    RESET ROLE;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS name = CONSTRAINT_NAME, code = RETURNED_SQLSTATE;
    RETURN coalesce(nullif(name, ''), code);
END $$;

-- The same, and takes it back again.
CREATE FUNCTION pg_temp.try(VARIADIC script text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    answer := pg_temp.commit(VARIADIC script);
    IF answer = 'done' THEN
        RAISE EXCEPTION SQLSTATE 'UNDO1';
    END IF;
    RETURN answer;
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN
    RETURN 'done';
END $$;

-- ---------------------------------------------------------------- the steps, as the service writes them

CREATE FUNCTION pg_temp.note(dossier int, vnd int8) RETURNS text LANGUAGE sql AS $$
    SELECT format('INSERT INTO funding.recommendation VALUES (''test-db'', %s, 1, 1, now(), 1, %s, ''KH-1'', ''T'', %s,
                   true, true, %s)', pg_temp.u(dossier), pg_temp.u(700), pg_temp.u(5), vnd)
$$;

CREATE FUNCTION pg_temp.ceiling(ceiling int, source text, vnd int8) RETURNS text LANGUAGE sql AS $$
    SELECT format('INSERT INTO funding.budget_ceiling VALUES (''test-db'', %s, 1, 1, now(), %L, 2020, %s, 0, 0)',
                  pg_temp.u(ceiling), source, vnd)
$$;

CREATE FUNCTION pg_temp.opened(the_case int, dossier int, vnd int8, purpose int DEFAULT 1, year int DEFAULT 2020,
                               ceiling int DEFAULT 900) RETURNS text LANGUAGE sql AS $$
    SELECT format($q$INSERT INTO funding.funding_case (programme, id, version, state, changed_at, dossier_id,
            entry_code, title, entrant_agency_id, purpose, fiscal_year, ceiling_id, beneficiary_kind, beneficiary_id,
            budget_unit_agency_id, budget_unit_code, appraised_vnd, proposal_version, proposed_vnd, agreed_vnd,
            approved_vnd, allotted_vnd, disbursed_vnd, revocation_required)
        VALUES ('test-db', %s, 1, 1, now(), %s, 'KH-1', 'T', %s, %s, %s, %s, 1, %s, %s, '1034567', %s,
                0, 0, 0, 0, 0, 0, false)$q$,
        pg_temp.u(the_case), pg_temp.u(dossier), pg_temp.u(5), purpose, year, pg_temp.u(ceiling), pg_temp.u(5),
        pg_temp.u(6), vnd)
$$;

CREATE FUNCTION pg_temp.linked(the_case int, dossier int, place int, purpose int DEFAULT 1, year int DEFAULT 2020,
                               ceiling int DEFAULT 900) RETURNS text LANGUAGE sql AS $$
    SELECT format('INSERT INTO funding.linked_case VALUES (''test-db'', %s, %s, %s, %s, %s, %s)',
                  pg_temp.u(dossier), place, pg_temp.u(the_case), pg_temp.u(ceiling), purpose, year)
$$;

CREATE FUNCTION pg_temp.version(the_case int, number int, vnd int8, drafter int DEFAULT 11) RETURNS text
LANGUAGE sql AS $$
    SELECT format('INSERT INTO funding.proposal_version VALUES (''test-db'', %s, %s, %s, %s, %s, %s)',
                  pg_temp.u(the_case), number - 1, number, pg_temp.d(number), vnd, pg_temp.u(drafter))
$$;

CREATE FUNCTION pg_temp.line(the_case int, place int, number int, ordinal int, quantity int8, price int8, vnd int8)
RETURNS text LANGUAGE sql AS $$
    SELECT format('INSERT INTO funding.proposal_line VALUES (''test-db'', %s, %s, %s, %s, ''shelf'', %s, %s, %s, '''')',
                  pg_temp.u(the_case), place, number, ordinal, quantity, price, vnd)
$$;

CREATE FUNCTION pg_temp.signed(the_case int, place int, number int, party int, person int, agency int,
                               digest int DEFAULT 1, verdict int DEFAULT 1) RETURNS text LANGUAGE sql AS $$
    SELECT format('INSERT INTO funding.signoff VALUES (''test-db'', %s, %s, %s, %s, %s, %s, %s, %s)',
                  pg_temp.u(the_case), place, number, party, pg_temp.u(person), pg_temp.u(agency),
                  pg_temp.d(digest), verdict)
$$;

CREATE FUNCTION pg_temp.change(the_case int, what text) RETURNS text LANGUAGE sql AS $$
    SELECT format('UPDATE funding.funding_case SET version = version + 1, %s WHERE programme = ''test-db'' AND id = %s',
                  what, pg_temp.u(the_case))
$$;

CREATE FUNCTION pg_temp.count_at(ceiling int, what text) RETURNS text LANGUAGE sql AS $$
    SELECT format('UPDATE funding.budget_ceiling SET version = version + 1, %s WHERE programme = ''test-db'' AND id = %s',
                  what, pg_temp.u(ceiling))
$$;

CREATE FUNCTION pg_temp.withdraw(dossier int) RETURNS text LANGUAGE sql AS $$
    SELECT format('UPDATE funding.recommendation SET version = version + 1, state = 2 WHERE id = %s', pg_temp.u(dossier))
$$;

CREATE FUNCTION pg_temp.proposal(the_case int, number int, vnd int8) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.change(the_case, format('state = 3, proposal_version = %s, digest = %s, proposed_vnd = %s, agreed_vnd = 0',
                                           number, pg_temp.d(number), vnd))
$$;

CREATE FUNCTION pg_temp.allotted(the_case int, place int, vnd int8) RETURNS text LANGUAGE sql AS $$
    SELECT format('INSERT INTO funding.allotment VALUES (''test-db'', %s, %s, %s, 1, ''x'')',
                  pg_temp.u(the_case), place, vnd)
$$;

CREATE FUNCTION pg_temp.paid(the_case int, place int, vnd int8, voucher text, year int DEFAULT 2020) RETURNS text
LANGUAGE sql AS $$
    SELECT format('INSERT INTO funding.disbursement VALUES (''test-db'', %s, %s, %s, 2, %s, ''Nha Trang'', %s, %L)',
                  pg_temp.u(the_case), place, place + 1, vnd, year, voucher)
$$;

-- ---------------------------------------------------------------- ceilings and recommendations

SELECT is(pg_temp.commit(pg_temp.ceiling(900, 'provincial', 1000)), 'done', 'a ceiling is set');
SELECT is(pg_temp.commit(pg_temp.note(100, 600), pg_temp.note(101, 600)), 'done', 'recommendations are noted');
SELECT is(pg_temp.try(pg_temp.ceiling(901, 'provincial', 5)), 'budget_ceiling_source_key', 'one ceiling per source and year');
SELECT is(pg_temp.try(pg_temp.count_at(900, 'reserved_vnd = 1')), 'ceiling_adds_up', 'nothing is reserved for no case');
SELECT is(pg_temp.try(pg_temp.count_at(900, 'committed_vnd = 1')), 'ceiling_adds_up', 'nothing is committed for no case');
SELECT is(pg_temp.try(pg_temp.count_at(900, 'reserved_vnd = -1')), 'budget_ceiling_reserved_vnd_check', 'nothing is below zero');
SELECT is(pg_temp.try(pg_temp.count_at(900, 'reserved_vnd = 9223372036854775807, committed_vnd = 9223372036854775807')),
          'budget_ceiling_is_not_passed', 'a sum that would overflow is no way through');
SELECT is(pg_temp.try(pg_temp.count_at(900, 'budget_source = ''other''')), 'budget_ceiling_terms', 'a ceiling keeps its source');
SELECT is(pg_temp.try(pg_temp.count_at(900, 'fiscal_year = 2021')), 'budget_ceiling_terms', 'a ceiling keeps its year');
SELECT is(pg_temp.try('UPDATE funding.budget_ceiling SET amount_vnd = 9'), 'budget_ceiling_terms', 'no change without a version');
SELECT is(pg_temp.try('DELETE FROM funding.budget_ceiling'), '42501', 'a ceiling is not deleted');

-- ---------------------------------------------------------------- opening

SELECT is(pg_temp.try(pg_temp.opened(200, 100, 600)), 'every_case_is_linked', 'a case that a withdrawal would not find');
SELECT is(pg_temp.try(pg_temp.opened(200, 100, 601), pg_temp.linked(200, 100, 0)), 'recommended', 'more than was appraised');
SELECT is(pg_temp.try(pg_temp.opened(200, 199, 600), pg_temp.linked(200, 199, 0)), 'funding_case_recommendation', 'a dossier that nobody appraised');
SELECT is(pg_temp.try(pg_temp.opened(200, 100, 600), pg_temp.linked(200, 101, 0)), 'linked_case_terms', 'linked to another dossier');
SELECT is(pg_temp.try(pg_temp.opened(200, 100, 600, 1, 2021), pg_temp.linked(200, 100, 0, 1, 2021)),
          'funding_case_ceiling_year', 'a ceiling of another year');
SELECT is(pg_temp.try(pg_temp.opened(200, 100, 600, 1, 2020, 999), pg_temp.linked(200, 100, 0, 1, 2020, 999)),
          'funding_case_ceiling_year', 'no ceiling at all');
SELECT is(pg_temp.commit(pg_temp.opened(200, 100, 600), pg_temp.linked(200, 100, 0)), 'done', 'a case is opened');
SELECT is(pg_temp.try(pg_temp.opened(201, 100, 600), pg_temp.linked(201, 100, 1)), 'funding_case_open_key',
          'one open case per dossier, purpose and year');
SELECT is(pg_temp.try(pg_temp.change(200, 'appraised_vnd = 900')), 'funding_case_terms', 'what was appraised stays');
SELECT is(pg_temp.try(pg_temp.change(200, 'budget_unit_code = ''7654321''')), 'funding_case_terms', 'the account stays');

-- As a batch writes it that opens, proposes and signs at once.
SELECT is(pg_temp.try(format($q$INSERT INTO funding.funding_case (programme, id, version, state, changed_at, dossier_id,
                entry_code, title, entrant_agency_id, purpose, fiscal_year, ceiling_id, beneficiary_kind, beneficiary_id,
                budget_unit_agency_id, budget_unit_code, appraised_vnd, proposal_version, digest, proposed_vnd, agreed_vnd,
                approved_vnd, allotted_vnd, disbursed_vnd, revocation_required)
            VALUES ('test-db', %s, 6, 4, now(), %s, 'KH-1', 'T', %s, 1, 2020, %s, 1, %s, %s, '1034567', 600,
                1, %s, 500, 500, 0, 0, 0, false)$q$, pg_temp.u(201), pg_temp.u(101), pg_temp.u(5), pg_temp.u(900),
                pg_temp.u(5), pg_temp.u(6), pg_temp.d(1)),
            pg_temp.linked(201, 101, 0), pg_temp.version(201, 1, 500), pg_temp.line(201, 0, 1, 1, 5, 100, 500),
            pg_temp.signed(201, 0, 1, 1, 12, 1), pg_temp.signed(201, 1, 1, 2, 21, 2)),
          'ceiling_adds_up', 'born agreed, and the ceiling does not know');

-- ---------------------------------------------------------------- proposing

SELECT is(pg_temp.try(pg_temp.version(200, 1, 500), pg_temp.line(200, 0, 1, 1, 5, 100, 501), pg_temp.proposal(200, 1, 500)),
          'proposal_line_amount', 'quantity times price is the amount');
SELECT is(pg_temp.try(pg_temp.version(200, 1, 500), pg_temp.line(200, 0, 1, 1, 4, 100, 400), pg_temp.proposal(200, 1, 500)),
          'lines_add_up', 'the lines are the total');
SELECT is(pg_temp.try(pg_temp.version(200, 1, 500), pg_temp.proposal(200, 1, 500)), 'lines_add_up', 'a version has lines');
SELECT is(pg_temp.try(pg_temp.proposal(200, 1, 500)), 'current_version', 'a proposal that nobody made');
SELECT is(pg_temp.try(pg_temp.version(200, 1, 601), pg_temp.line(200, 0, 1, 1, 1, 601, 601), pg_temp.proposal(200, 1, 601)),
          'funding_case_amounts', 'a proposal above the appraisal');
SELECT is(pg_temp.commit(pg_temp.version(200, 1, 500), pg_temp.line(200, 0, 1, 1, 5, 100, 500), pg_temp.proposal(200, 1, 500)),
          'done', 'a version is proposed');
SELECT is(pg_temp.try(pg_temp.line(200, 1, 1, 2, 1, 100, 100)), 'lines_add_up', 'a line slipped in afterwards');
SELECT is(pg_temp.try('UPDATE funding.proposal_line SET amount_vnd = 1'), '42501', 'a line is not changed');
SELECT is(pg_temp.try('DELETE FROM funding.proposal_version'), '42501', 'a version is not removed');
SELECT is(pg_temp.try(pg_temp.version(200, 2, 600), pg_temp.line(200, 1, 2, 1, 6, 100, 600)), 'current_version',
          'a version that the case does not stand on');
SELECT is(pg_temp.try(pg_temp.change(200, 'digest = ' || pg_temp.d(9))), 'versions_stay', 'the text is not swapped');

-- ---------------------------------------------------------------- signing

SELECT is(pg_temp.try(pg_temp.change(200, 'state = 4, agreed_vnd = 500'), pg_temp.count_at(900, 'reserved_vnd = 500')),
          'two_signoffs', 'agreed without any signature');
SELECT is(pg_temp.try(pg_temp.signed(200, 0, 1, 1, 12, 1), pg_temp.signed(200, 1, 1, 2, 12, 2)), 'signoff_person_key',
          'one person signs for both parties of a version');
SELECT is(pg_temp.try(pg_temp.signed(200, 0, 1, 1, 12, 1), pg_temp.signed(200, 1, 1, 2, 21, 1)), 'signoff_agency_key',
          'one agency signs for both parties');
SELECT is(pg_temp.try(pg_temp.signed(200, 0, 1, 1, 12, 1), pg_temp.signed(200, 1, 1, 1, 21, 2)), 'signoff_party_key',
          'two signatures of one party');
SELECT is(pg_temp.try(pg_temp.signed(200, 0, 1, 1, 11, 1)), 'drafter_signs_not', 'the drafter signs');
SELECT is(pg_temp.try(pg_temp.signed(200, 0, 1, 1, 12, 1, 2)), 'signoff_digest', 'a signature under another text');
SELECT is(pg_temp.try(pg_temp.signed(200, 0, 2, 1, 12, 1, 1)), 'signoff_digest', 'a signature under another version');
SELECT results_eq('SELECT waiting_for FROM funding.open_work WHERE programme = ''test-db'' ORDER BY 1',
                  ARRAY['FINANCE_SIGNOFF', 'HOME_AFFAIRS_SIGNOFF'], 'the case waits for both parties');
SELECT is(pg_temp.commit(pg_temp.signed(200, 0, 1, 1, 12, 1)), 'done', 'Home Affairs signs');
SELECT results_eq('SELECT waiting_for FROM funding.open_work WHERE programme = ''test-db''', ARRAY['FINANCE_SIGNOFF'],
                  'the case waits for the party that has not signed');
SELECT is(pg_temp.try(pg_temp.change(200, 'state = 4, agreed_vnd = 500'), pg_temp.count_at(900, 'reserved_vnd = 500')),
          'two_signoffs', 'agreed with one signature');
SELECT is(pg_temp.try(pg_temp.signed(200, 1, 1, 2, 21, 2, 1, 2), pg_temp.change(200, 'state = 4, agreed_vnd = 500'),
                      pg_temp.count_at(900, 'reserved_vnd = 500')), 'two_signoffs', 'agreed although Finance disagreed');
SELECT is(pg_temp.try(pg_temp.change(200, 'state = 6, agreed_vnd = 500, submission = ''x'''),
                      pg_temp.count_at(900, 'reserved_vnd = 500')), 'two_signoffs', 'submitted with one signature');
SELECT is(pg_temp.try(pg_temp.change(200, 'state = 8, agreed_vnd = 500, approved_vnd = 500, submission = ''x'', decision = ''x'',
                                           decided_by = ' || pg_temp.u(31)), pg_temp.count_at(900, 'committed_vnd = 500')),
          'two_signoffs', 'approved with one signature');
SELECT is(pg_temp.try(pg_temp.change(200, 'state = 11, agreed_vnd = 500, approved_vnd = 500, allotted_vnd = 500,
                                           disbursed_vnd = 500, submission = ''x'', decision = ''x'', decided_by = ' || pg_temp.u(31)),
                      pg_temp.allotted(200, 0, 500), pg_temp.paid(200, 0, 500, 'C2-1'), pg_temp.count_at(900, 'committed_vnd = 500')),
          'two_signoffs', 'paid with one signature');
SELECT is(pg_temp.try(pg_temp.version(200, 2, 400), pg_temp.line(200, 1, 2, 1, 4, 100, 400), pg_temp.proposal(200, 2, 400),
                      pg_temp.signed(200, 1, 2, 2, 12, 2, 2)), 'one_person_one_party', 'a person changes sides in a later version');
SELECT is(pg_temp.try(pg_temp.version(200, 2, 400), pg_temp.line(200, 1, 2, 1, 4, 100, 400),
                      pg_temp.signed(200, 1, 2, 2, 21, 2, 2), pg_temp.proposal(200, 2, 400),
                      pg_temp.change(200, 'state = 4, agreed_vnd = 400'), pg_temp.count_at(900, 'reserved_vnd = 400')),
          'two_signoffs', 'signatures under two versions are not an agreement');
SELECT is(pg_temp.try(pg_temp.signed(200, 1, 1, 2, 21, 2), pg_temp.version(200, 2, 600),
                      pg_temp.line(200, 1, 2, 1, 6, 100, 600), pg_temp.proposal(200, 2, 600),
                      pg_temp.change(200, 'state = 4, agreed_vnd = 600'), pg_temp.count_at(900, 'reserved_vnd = 600')),
          'two_signoffs', 'two signatures do not cover a text proposed after them');
SELECT is(pg_temp.try(pg_temp.signed(200, 1, 1, 2, 21, 2), pg_temp.change(200, 'state = 4, agreed_vnd = 500')),
          'ceiling_adds_up', 'agreed, and the ceiling does not know');
SELECT is(pg_temp.try(pg_temp.signed(200, 1, 1, 2, 21, 2), pg_temp.change(200, 'state = 4, agreed_vnd = 400'),
                      pg_temp.count_at(900, 'reserved_vnd = 400')), 'funding_case_agreed', 'another amount than the text says');
SELECT is(pg_temp.try(pg_temp.count_at(900, 'amount_vnd = 499'), pg_temp.signed(200, 1, 1, 2, 21, 2),
                      pg_temp.change(200, 'state = 4, agreed_vnd = 500'), pg_temp.count_at(900, 'reserved_vnd = 500')),
          'budget_ceiling_is_not_passed', 'the ceiling is passed');
SELECT is(pg_temp.commit(pg_temp.signed(200, 1, 1, 2, 21, 2), pg_temp.change(200, 'state = 4, agreed_vnd = 500'),
                         pg_temp.count_at(900, 'reserved_vnd = 500')), 'done', 'Finance signs: the case is agreed');
SELECT is(pg_temp.try(pg_temp.change(200, 'state = 14'), pg_temp.count_at(900, 'reserved_vnd = 0')), 'funding_case_state',
          'a state without rules is no hiding place');
SELECT is(pg_temp.try('UPDATE funding.signoff SET person_id = ' || pg_temp.u(99)), '42501', 'a signature is not changed');
SELECT is(pg_temp.try('DELETE FROM funding.signoff'), '42501', 'a signature is not removed');
SELECT is(pg_temp.try('TRUNCATE funding.signoff'), '42501', 'signatures are not thrown away');
SELECT throws_ok('UPDATE funding.signoff SET agency_id = person_id', '23514', NULL, 'not even the owner changes a signature');
SELECT throws_ok('DELETE FROM funding.signoff', '23514', NULL, 'not even the owner removes a signature');
SELECT throws_ok('TRUNCATE funding.signoff', '23514', NULL, 'not even the owner throws signatures away');
SELECT throws_ok('DELETE FROM funding.funding_case', '23514', NULL, 'not even the owner removes a case');
SELECT is(pg_temp.try('ALTER TABLE funding.signoff DISABLE TRIGGER ALL'), '42501', 'the service does not switch the checks off');
SELECT is(pg_temp.try('SET session_replication_role = replica'), '42501', 'nor does it pass as a replica');
SELECT is(pg_temp.try('SELECT funding.refuse(''x'', ''y'')'), '42501', 'nor does it call the checks by itself');
SELECT is(pg_temp.try(pg_temp.count_at(900, 'amount_vnd = 499')), 'budget_ceiling_is_not_passed', 'a ceiling below what is reserved');
SELECT is(pg_temp.try(pg_temp.count_at(900, 'reserved_vnd = 0')), 'ceiling_adds_up', 'a reservation made away with');
SELECT is(pg_temp.try(pg_temp.change(200, 'state = 5, agreed_vnd = 0')), 'ceiling_adds_up', 'a revision that keeps the reservation');
SELECT is(pg_temp.try(pg_temp.change(200, 'state = 15')), 'ceiling_adds_up', 'a withdrawal that keeps the reservation');
SELECT is(pg_temp.try(pg_temp.change(200, 'state = 5, agreed_vnd = 0'), pg_temp.count_at(900, 'reserved_vnd = 0')), 'done',
          'a revision releases it');

-- ---------------------------------------------------------------- deciding

SELECT is(pg_temp.try(pg_temp.change(200, 'state = 6')), 'funding_case_submitted', 'submitted without a submission');
SELECT is(pg_temp.commit(pg_temp.change(200, 'state = 6, submission = ''x''')), 'done', 'the case is submitted');
SELECT is(pg_temp.try(pg_temp.change(200, 'state = 5, agreed_vnd = 0'), pg_temp.count_at(900, 'reserved_vnd = 0')),
          'submitted_is_submitted', 'what was submitted is not revised');
SELECT is(pg_temp.try(pg_temp.change(200, 'state = 8, approved_vnd = 501, decision = ''x'', decided_by = ' || pg_temp.u(31)),
                      pg_temp.count_at(900, 'reserved_vnd = 0, committed_vnd = 501')), 'funding_case_amounts', 'more than was agreed');
SELECT is(pg_temp.try(pg_temp.change(200, 'state = 8, approved_vnd = 400, decision = ''x'', decided_by = ' || pg_temp.u(12)),
                      pg_temp.count_at(900, 'reserved_vnd = 0, committed_vnd = 400')), 'decider_signs_not', 'decided by a signer');
SELECT is(pg_temp.try(pg_temp.change(200, 'state = 8, approved_vnd = 400, decision = ''x'', decided_by = ' || pg_temp.u(11)),
                      pg_temp.count_at(900, 'reserved_vnd = 0, committed_vnd = 400')), 'decider_signs_not', 'decided by the drafter');
SELECT is(pg_temp.try(pg_temp.change(200, 'state = 8, approved_vnd = 400, decision = ''x'''),
                      pg_temp.count_at(900, 'reserved_vnd = 0, committed_vnd = 400')), 'funding_case_decided', 'decided by nobody');
SELECT is(pg_temp.try(pg_temp.change(200, 'state = 8, approved_vnd = 400, decision = ''x'', decided_by = ' || pg_temp.u(31))),
          'ceiling_adds_up', 'approved, and the ceiling does not know');
SELECT is(pg_temp.try(pg_temp.change(200, 'state = 9, decision = ''x'', decided_by = ' || pg_temp.u(31)),
                      pg_temp.count_at(900, 'reserved_vnd = 0'), pg_temp.change(200, 'state = 4')), 'over_is_over',
          'a rejected case does not come back');
SELECT is(pg_temp.try(pg_temp.change(200, 'state = 9, decision = ''x'', decided_by = ' || pg_temp.u(31))), 'ceiling_adds_up',
          'a rejection that keeps the reservation');
SELECT is(pg_temp.try(pg_temp.change(200, 'state = 9, decision = ''x'', decided_by = ' || pg_temp.u(31)),
                      pg_temp.count_at(900, 'reserved_vnd = 0'), pg_temp.opened(201, 100, 600), pg_temp.linked(201, 100, 1)),
          'done', 'after a rejection another case may be opened');
SELECT is(pg_temp.commit(pg_temp.change(200, 'state = 8, approved_vnd = 400, decision = ''x'', decided_by = ' || pg_temp.u(31)),
                         pg_temp.count_at(900, 'reserved_vnd = 0, committed_vnd = 400')), 'done', 'the case is approved');
SELECT is(pg_temp.try(pg_temp.change(200, 'approved_vnd = 500'), pg_temp.count_at(900, 'committed_vnd = 500')), 'decided_once',
          'a decision is not raised');
SELECT is(pg_temp.try(pg_temp.change(200, 'decided_by = ' || pg_temp.u(32))), 'decided_once', 'the decider stays');
SELECT is(pg_temp.try(pg_temp.change(200, 'state = 15, approved_vnd = 0, decided_by = NULL, decision = NULL'),
                      pg_temp.count_at(900, 'committed_vnd = 0')), 'decided_once', 'a decision is not undone by hand');
SELECT is(pg_temp.try(pg_temp.signed(200, 2, 1, 1, 31, 3)), 'signoff_party_key', 'both have signed: there is no third signature');

-- ---------------------------------------------------------------- paying

SELECT is(pg_temp.try(pg_temp.change(200, 'state = 10, allotted_vnd = 400')), 'allotted_sum', 'an allotment without a record');
SELECT is(pg_temp.try(pg_temp.allotted(200, 0, 401), pg_temp.change(200, 'state = 10, allotted_vnd = 401')), 'funding_case_amounts',
          'more allotted than approved');
SELECT is(pg_temp.commit(pg_temp.allotted(200, 0, 300), pg_temp.change(200, 'state = 10, allotted_vnd = 300')), 'done', 'money is allotted');
SELECT is(pg_temp.try(pg_temp.paid(200, 0, 301, 'C2-1'), pg_temp.change(200, 'state = 11, disbursed_vnd = 301')), 'funding_case_amounts',
          'more paid than allotted');
SELECT is(pg_temp.try(pg_temp.paid(200, 0, 300, 'C2-1'), pg_temp.change(200, 'state = 11, disbursed_vnd = 200')), 'disbursed_sum',
          'more paid than counted');
SELECT is(pg_temp.try(pg_temp.paid(200, 0, 300, 'C2-1', 2021), pg_temp.change(200, 'state = 11, disbursed_vnd = 300')), 'closed_period',
          'paid in another year');
SELECT is(pg_temp.try(pg_temp.paid(200, 0, 300, 'C2-1')), 'disbursed_sum', 'a payment that the case does not count');
SELECT is(pg_temp.try(pg_temp.allotted(200, 1, 100)), 'allotted_sum', 'an allotment that the case does not count');
SELECT is(pg_temp.commit(pg_temp.paid(200, 0, 100, 'C2-1'), pg_temp.change(200, 'state = 11, disbursed_vnd = 100')), 'done', 'money is paid');
SELECT is(pg_temp.try(pg_temp.paid(200, 1, 100, 'C2-1'), pg_temp.change(200, 'disbursed_vnd = 200')), 'disbursement_voucher_key',
          'a voucher counts once');

-- ---------------------------------------------------------------- withdrawing

SELECT is(pg_temp.try(pg_temp.withdraw(100)), 'withdrawn_gains_nothing', 'a withdrawal that forgets a case');
SELECT is(pg_temp.commit(pg_temp.change(200, 'revocation_required = true'), pg_temp.withdraw(100)), 'done', 'the entry is withdrawn');
SELECT is(pg_temp.try(pg_temp.paid(200, 1, 100, 'C2-2'), pg_temp.change(200, 'disbursed_vnd = 200')), 'revoked_first',
          'nothing more is paid');
SELECT results_eq('SELECT waiting_for FROM funding.open_work WHERE programme = ''test-db''', ARRAY['AUTHORITY'],
                  'the case waits for the authority to revoke');
SELECT is(pg_temp.try(pg_temp.change(200, 'revocation_required = false')), 'revoked_first', 'the flag stays');
SELECT is(pg_temp.try(format('UPDATE funding.recommendation SET version = version + 1, state = 1 WHERE id = %s', pg_temp.u(100))),
          'withdrawn_is_final', 'the entry does not come back');
SELECT is(pg_temp.try(pg_temp.opened(201, 100, 600, 2), pg_temp.linked(201, 100, 1, 2)), 'withdrawn_gains_nothing', 'a withdrawn entry gains nothing');

SELECT * FROM finish();
ROLLBACK;

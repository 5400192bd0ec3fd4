-- tests/db/directory.sql - what the directory's tables refuse, whoever asks: the invariants of keys, periods
-- and operators a second time.

BEGIN;
SELECT plan(32);

-- Runs a statement as a role and gives the number of rows that it touched or found.
CREATE FUNCTION pg_temp.as_role(role text, statement text) RETURNS int8 LANGUAGE plpgsql AS $$
DECLARE
    touched int8;
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', 'sangkien_' || role);
    EXECUTE statement;
    GET DIAGNOSTICS touched = ROW_COUNT;
    RESET ROLE;
    RETURN touched;
END $$;

CREATE FUNCTION pg_temp.is_denied(role text, statement text, description text) RETURNS text
LANGUAGE sql AS $$
    SELECT throws_ok(format('SELECT pg_temp.as_role(%L, %L)', role, statement), '42501', NULL, description)
$$;

-- Does the statement, by the directory's own role, break this constraint?
CREATE FUNCTION pg_temp.breaks(wanted text, statement text, description text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    broken text;
BEGIN
    BEGIN
        PERFORM pg_temp.as_role('directory', statement);
    EXCEPTION WHEN integrity_constraint_violation THEN
        GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME;
    END;
    RETURN is(broken, wanted, description);
END $$;

CREATE FUNCTION pg_temp.works(statement text, description text) RETURNS text LANGUAGE sql AS $$
    SELECT lives_ok(format('SELECT pg_temp.as_role(''directory'', %L)', statement), description)
$$;

CREATE FUNCTION pg_temp.id(number int8) RETURNS uuid LANGUAGE sql AS $$
    SELECT ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid
$$;

CREATE FUNCTION pg_temp.agency(number int8, code text, name text DEFAULT 'Sở Nội vụ', email text DEFAULT '')
RETURNS text LANGUAGE sql AS $$
    SELECT format('INSERT INTO directory.agency VALUES (''directory'', %1$L, 1, 2, now(), %1$L, %2$L, '''', 2, 1, NULL, %3$L, %4$L)',
                  pg_temp.id(number), name, email, code)
$$;

CREATE FUNCTION pg_temp.person(number int8, agency int8) RETURNS text LANGUAGE sql AS $$
    SELECT format('INSERT INTO directory.person VALUES (''directory'', %L, 1, 1, now(), %L)',
                  pg_temp.id(number), pg_temp.id(agency))
$$;

CREATE FUNCTION pg_temp.system(number int8, key text) RETURNS text LANGUAGE sql AS $$
    SELECT format('INSERT INTO directory.peer_system VALUES (''directory'', %L, 1, 1, now(), %L, ''S'', %L)',
                  pg_temp.id(number), pg_temp.id(1), key)
$$;

CREATE FUNCTION pg_temp.binding(number int8, role int4, agency int8, person int8,
                                in_programme text DEFAULT NULL, until timestamptz DEFAULT NULL)
RETURNS text LANGUAGE sql AS $$
    SELECT format('INSERT INTO directory.role_binding VALUES (''directory'', %L, 1, 1, now(), %s, %L, %L, %L, now(), %L, NULL)',
                  pg_temp.id(number), role, pg_temp.id(agency), pg_temp.id(person),
                  coalesce(in_programme, CASE role WHEN 1 THEN 'directory' ELSE 'khanh-hoa' END), until)
$$;

CREATE FUNCTION pg_temp.ending(number int8) RETURNS text LANGUAGE sql AS $$
    SELECT format('UPDATE directory.role_binding SET version = version + 1, state = 2, ended_at = now() WHERE id = %L',
                  pg_temp.id(number))
$$;

SELECT pg_temp.works(pg_temp.agency(1, 'H32.1'), 'an agency is entered');
SELECT pg_temp.works(pg_temp.agency(2, 'H32.2', 'Sở Tài chính', 'stc@khanhhoa.gov.vn'), 'and another');
SELECT pg_temp.breaks('agency_agency_code_key', pg_temp.agency(3, 'H32.1'), 'a code is that of one agency');
SELECT pg_temp.breaks('agency_name_check', pg_temp.agency(3, 'H32.3', 'So' || U&'\031B'), 'names are NFC');
SELECT pg_temp.breaks('agency_email_check', pg_temp.agency(3, 'H32.3', 'A', 'văn@x.vn'), 'mailboxes are ASCII');
SELECT pg_temp.breaks('agency_email_check', pg_temp.agency(3, 'H32.3', 'A', E'a@x.vn\nBcc: b@x.vn'),
                      'mailboxes are one line');

SELECT pg_temp.works(pg_temp.person(11, 1), 'a person is entered');
SELECT pg_temp.works(pg_temp.person(12, 1), 'and a colleague');
SELECT pg_temp.works(pg_temp.person(21, 2), 'and an officer of another agency');
SELECT pg_temp.breaks('person_programme_agency_id_fkey', pg_temp.person(13, 9), 'no person without an agency');

SELECT pg_temp.works(pg_temp.system(31, 'Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID'), 'a system is entered');
SELECT pg_temp.breaks('peer_system_public_key_key', pg_temp.system(32, 'Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID'),
                      'a key is that of one system');
SELECT pg_temp.breaks('peer_system_public_key_check', pg_temp.system(32, 'Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{h~D'),
                      'a key is Z85');

SELECT pg_temp.works(pg_temp.binding(41, 1, 1, 11), 'an operator is bound');
SELECT pg_temp.breaks('role_binding_operator_is_one_person', pg_temp.binding(42, 1, 1, NULL),
                      'no agency is an operator');
SELECT pg_temp.breaks('role_binding_operator_is_one_person', pg_temp.binding(42, 1, 1, 12, 'khanh-hoa'),
                      'no operator outside the directory');
SELECT pg_temp.breaks('role_binding_operator_holds_no_business_role', pg_temp.binding(42, 5, 1, 11),
                      'an operator gets no business role');
SELECT pg_temp.works(pg_temp.binding(43, 5, 2, 21), 'an officer gets one');
SELECT pg_temp.breaks('role_binding_operator_holds_no_business_role', pg_temp.binding(44, 1, 2, 21),
                      'and does not become an operator');
SELECT pg_temp.works(pg_temp.binding(45, 5, 1, NULL), 'the whole agency gets one');
SELECT pg_temp.breaks('role_binding_operator_holds_no_business_role', pg_temp.binding(46, 1, 1, 12),
                      'and nobody of it becomes an operator');
SELECT pg_temp.breaks('role_binding_programme_person_id_agency_id_fkey', pg_temp.binding(47, 5, 1, 21),
                      'a person is bound in the own agency');
SELECT pg_temp.breaks('role_binding_check', pg_temp.binding(47, 5, 2, 21, 'khanh-hoa', now() - interval '1 s'),
                      'a period ends after it begins');

SELECT pg_temp.breaks('role_binding_last_operator', pg_temp.ending(41), 'the last operator stays');
SELECT pg_temp.works(pg_temp.ending(43), 'any other role can be ended');
SELECT pg_temp.works(pg_temp.binding(48, 1, 2, 21), 'and then its holder become an operator');
SELECT pg_temp.works(pg_temp.ending(41), 'now the first one may go');
SELECT pg_temp.breaks('role_binding_stays', 'UPDATE directory.role_binding SET state = 1, ended_at = NULL WHERE id = '
                      || quote_literal(pg_temp.id(41)), 'what was ended stays ended');
SELECT pg_temp.breaks('role_binding_stays', 'UPDATE directory.role_binding SET role = 2 WHERE id = '
                      || quote_literal(pg_temp.id(45)), 'a binding never becomes another role');

SELECT pg_temp.works('INSERT INTO directory.person_private VALUES (''directory'', ' || quote_literal(pg_temp.id(11))
                     || ', ''Lê An'', '''')', 'the directory puts a name in');
SELECT pg_temp.is_denied('directory', 'SELECT full_name FROM directory.person_private', 'and cannot read it');
SELECT is(pg_temp.as_role('eraser', 'DELETE FROM directory.person_private'), 1::int8, 'the eraser can erase it');

SELECT * FROM finish();
ROLLBACK;

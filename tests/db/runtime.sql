-- tests/db/runtime.sql - nobody can rewrite the past, and no service can speak or read for another.

BEGIN;
SELECT plan(55);

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

CREATE FUNCTION pg_temp.journal_row(service text, position_ int8) RETURNS text LANGUAGE sql AS $$
    SELECT format($sql$INSERT INTO runtime.journal (programme, position, service, kind, aggregate, version,
            type, body, recorded_at, because, parties, cause, heard, capacity, traceparent, chain)
        VALUES ('test-db', %s, %L, 'case', '00000000-0000-7000-8000-000000000001', %s, %L, '', now(), 'why',
            '{}', '00000000-0000-7000-8000-000000000002', 0, 0, '', decode(repeat('00', 32), 'hex'))$sql$,
        position_, service, position_, 'sangkien.' || service || '.v1.Happened')
$$;

CREATE FUNCTION pg_temp.inbox_row(service text, number_ int8) RETURNS text LANGUAGE sql AS $$
    SELECT format($sql$INSERT INTO runtime.inbox (programme, source, id, number, service, type, capacity,
            received_at, stored_at, request_digest, salt, request, reply, chain)
        VALUES ('test-db', '00000000-0000-7000-8000-000000000003', gen_random_uuid(), %s, %L, 'x.Y', 0, now(),
            now(), decode(repeat('00', 32), 'hex'), decode(repeat('00', 16), 'hex'), 'x', '',
            decode(repeat('00', 32), 'hex'))$sql$, number_, service)
$$;

CREATE FUNCTION pg_temp.timer_row(service text) RETURNS text LANGUAGE sql AS $$
    SELECT format($sql$INSERT INTO runtime.timer (programme, id, service, kind, subject, type, body, due_at)
        VALUES ('test-db', gen_random_uuid(), %L, 'case', gen_random_uuid(), 'x.Y', '', now())$sql$, service)
$$;

INSERT INTO runtime.journal_head (programme) VALUES ('test-db');

-- What a service may.
SELECT is(pg_temp.as_role('funding', pg_temp.journal_row('funding', 1)), 1::int8, 'a service writes its own events');
SELECT throws_ok(format('SELECT pg_temp.as_role(%L, %L)', 'funding', replace(pg_temp.journal_row('funding', 2), $$000001', 2,$$, $$000001', 1,$$)),
                 '23505', NULL, 'nothing begins twice');
SELECT is(pg_temp.as_role('funding', pg_temp.inbox_row('funding', 1)), 1::int8, 'a service writes its own answers');
SELECT is(pg_temp.as_role('appraisal', pg_temp.inbox_row('appraisal', 2)), 1::int8, 'so does another service');
SELECT is(pg_temp.as_role('funding', pg_temp.timer_row('funding')), 1::int8, 'a service sets its own timers');
SELECT is(pg_temp.as_role('funding', 'UPDATE runtime.journal_head SET position = 1 WHERE programme = ''test-db'''),
          1::int8, 'a service moves the head of the journal');

-- Nobody speaks for another service.
SELECT pg_temp.is_denied('funding', pg_temp.journal_row('appraisal', 2), 'a service cannot write events of another one');
SELECT pg_temp.is_denied('funding', pg_temp.inbox_row('appraisal', 3), 'a service cannot write answers of another one');
SELECT pg_temp.is_denied('funding', pg_temp.timer_row('appraisal'), 'a service cannot set timers of another one');
SELECT pg_temp.is_denied('funding', 'INSERT INTO runtime.cursor VALUES (''appraisal'', ''test-db'', 0)',
                         'a service cannot place the cursor of another one');

-- Nor reads what was answered to others; everybody reads the journal.
SELECT is(pg_temp.as_role('appraisal', 'SELECT FROM runtime.journal WHERE programme = ''test-db'''), 1::int8,
          'every service reads the whole journal');
SELECT pg_temp.is_denied('funding', replace(pg_temp.inbox_row('funding', 3), $$decode(repeat('00', 16), 'hex'), 'x'$$, 'NULL, NULL'),
                         'a service cannot keep back the bytes of a request');
SELECT pg_temp.is_denied('funding', 'SELECT request FROM runtime.inbox', 'a service does not read requests again');
SELECT is(pg_temp.as_role('appraisal', 'SELECT FROM runtime.inbox WHERE programme = ''test-db'''), 1::int8,
          'a service sees only its own answers');
SELECT is(pg_temp.as_role('auditor', 'SELECT FROM runtime.inbox WHERE programme = ''test-db'''), 2::int8,
          'the auditor sees every answer');
SELECT is(pg_temp.as_role('appraisal', 'SELECT FROM runtime.timer WHERE programme = ''test-db'''), 0::int8,
          'a service sees only its own timers');
SELECT is(pg_temp.as_role('appraisal', 'DELETE FROM runtime.timer WHERE programme = ''test-db'''), 0::int8,
          'a service cannot drop the timers of another one');
SELECT is(pg_temp.as_role('funding', 'DELETE FROM runtime.timer WHERE programme = ''test-db'''), 1::int8,
          'a service drops its own timer');
SELECT is(pg_temp.as_role('funding', 'INSERT INTO runtime.cursor VALUES (''funding'', ''test-db'', 0)'), 1::int8,
          'a service places its own cursor');
SELECT is(pg_temp.as_role('appraisal', 'UPDATE runtime.cursor SET position = 9 WHERE programme = ''test-db'''),
          0::int8, 'a service cannot move the cursor of another one');

-- The past stays as it is.
SELECT pg_temp.is_denied(service, statement || ' runtime.' || kept || ending,
                         format('%s cannot %s the %s', service, lower(split_part(statement, ' ', 1)), kept))
  FROM unnest(ARRAY['directory', 'submissions', 'appraisal', 'funding', 'notifications']) AS service,
       (VALUES ('journal', ' SET programme = programme'), ('inbox', ' SET programme = programme')) AS t (kept, assignment),
       LATERAL (VALUES ('UPDATE', assignment), ('DELETE FROM', '')) AS s (statement, ending);
SELECT pg_temp.is_denied('funding', 'TRUNCATE runtime.journal', 'a service cannot empty the journal');
SELECT pg_temp.is_denied('funding', 'UPDATE runtime.inbox SET salt = NULL, request = NULL',
                         'a service cannot erase the bytes of a request');
SELECT pg_temp.is_denied('funding', 'DELETE FROM runtime.journal_head', 'a service cannot take away the head of a journal');

-- The gateway only reads, and only the journal.
SELECT is(pg_temp.as_role('gateway', 'SELECT FROM runtime.journal WHERE programme = ''test-db'''), 1::int8,
          'the gateway reads the journal');
SELECT throws_ok(format('SELECT pg_temp.as_role(%L, %L)', 'notifications',
                        replace(pg_temp.journal_row('notifications', 2), 'sangkien.notifications.v1.Happened',
                                'sangkien.directory.v1.RoleBound')),
                 '23514', NULL, 'a service cannot put another one''s words into its own rows');
SELECT pg_temp.is_denied('gateway', pg_temp.journal_row('gateway', 2), 'the gateway writes no events');
SELECT pg_temp.is_denied('gateway', 'SELECT FROM runtime.inbox', 'the gateway reads no answers');

-- Only the eraser takes away bytes, and nothing else.
SELECT pg_temp.is_denied('eraser', 'UPDATE runtime.inbox SET request = ''y'' WHERE programme = ''test-db''',
                         'the eraser cannot put other bytes in their place');
SELECT is(pg_temp.as_role('eraser', 'UPDATE runtime.inbox SET salt = NULL, request = NULL WHERE programme = ''test-db'''),
          2::int8, 'the eraser takes away the bytes of requests');
SELECT pg_temp.is_denied('eraser', 'UPDATE runtime.inbox SET reply = ''''', 'the eraser cannot touch an answer');
SELECT pg_temp.is_denied('eraser', 'DELETE FROM runtime.inbox', 'the eraser cannot delete an answer');
SELECT pg_temp.is_denied('auditor', 'UPDATE runtime.journal SET because = ''''', 'the auditor changes nothing');
SELECT pg_temp.is_denied('administrator', 'UPDATE runtime.parked SET reason = ''''',
                         'the administrator gives a verdict, and cannot touch the rest of what was parked');

-- What the tables themselves refuse.
SELECT throws_ok(pg_temp.journal_row('funding', 1), '23505', NULL, 'a position is used once');
SELECT throws_ok($$INSERT INTO runtime.journal_head (programme) VALUES ('Not A Programme')$$, '23514', NULL,
                 'a programme is named by small letters, digits and hyphens');

SELECT * FROM finish();
ROLLBACK;

-- Verify sangkien:runtime on pg

BEGIN;

SELECT version FROM runtime.schema_version WHERE false;
SELECT programme, position, chain, inbox_count, inbox_chain FROM runtime.journal_head WHERE false;
SELECT programme, position, service, kind, aggregate, version, type, body, recorded_at, because, parties,
       source, cause, heard, agency, actor, capacity, traceparent, request_digest, reply_digest, chain
  FROM runtime.journal WHERE false;
SELECT programme, source, id, number, service, type, subject, agency, actor, capacity, received_at,
       stored_at, request_digest, salt, request, reply, chain
  FROM runtime.inbox WHERE false;
SELECT consumer, programme, position FROM runtime.cursor WHERE false;
SELECT programme, id, service, kind, subject, type, body, due_at FROM runtime.timer WHERE false;
SELECT consumer, programme, position, subject, reason, parked_at, verdict, verdict_reason
  FROM runtime.parked WHERE false;

-- The walls between the services.
DO $$
DECLARE
    name text;
BEGIN
    ASSERT runtime.current_service() IS NOT NULL;
    ASSERT (SELECT count(*) = 9 FROM pg_roles WHERE rolname IN (
        'sangkien_gateway', 'sangkien_directory', 'sangkien_submissions', 'sangkien_appraisal',
        'sangkien_funding', 'sangkien_notifications', 'sangkien_auditor', 'sangkien_administrator',
        'sangkien_eraser')), 'a role is missing';
    ASSERT (SELECT count(*) = 5 FROM pg_class
             WHERE relnamespace = 'runtime'::regnamespace AND relrowsecurity),
        'row-level security is off somewhere';
    FOREACH name IN ARRAY ARRAY['directory', 'submissions', 'appraisal', 'funding', 'notifications'] LOOP
        ASSERT has_table_privilege('sangkien_' || name, 'runtime.journal', 'INSERT'), name;
        ASSERT NOT has_table_privilege('sangkien_' || name, 'runtime.journal', 'UPDATE, DELETE, TRUNCATE'), name;
        ASSERT NOT has_table_privilege('sangkien_' || name, 'runtime.inbox', 'UPDATE, DELETE, TRUNCATE'), name;
    END LOOP;
END $$;

ROLLBACK;

-- Verify sangkien:directory on pg

BEGIN;

SELECT programme, id, version, state, changed_at, agency_id, name, short_name, agency_class, level,
       parent_agency_id, email, agency_code
  FROM directory.agency WHERE false;
SELECT programme, parent, place, name, short_name, document FROM directory.agency_name WHERE false;
SELECT programme, id, version, state, changed_at, agency_id FROM directory.person WHERE false;
SELECT programme, id, full_name, email FROM directory.person_private WHERE false;
SELECT programme, id, version, state, changed_at, agency_id, name, public_key
  FROM directory.peer_system WHERE false;
SELECT programme, id, version, state, changed_at, role, agency_id, person_id, in_programme, valid_from,
       valid_until, ended_at
  FROM directory.role_binding WHERE false;

-- The constraints that the service knows by name, and the walls.
DO $$
DECLARE
    name text;
BEGIN
    ASSERT (SELECT count(*) = 2 FROM pg_constraint
             WHERE connamespace = 'directory'::regnamespace
               AND conname IN ('agency_agency_code_key', 'peer_system_public_key_key')), 'a key is missing';
    ASSERT (SELECT count(*) = 3 FROM pg_trigger
             WHERE tgrelid = 'directory.role_binding'::regclass AND NOT tgisinternal), 'a trigger is missing';
    FOREACH name IN ARRAY ARRAY['agency', 'agency_name', 'person', 'person_private', 'peer_system', 'role_binding'] LOOP
        ASSERT NOT has_table_privilege('sangkien_directory', 'directory.' || name, 'DELETE, TRUNCATE'), name;
        ASSERT has_table_privilege('sangkien_directory', 'directory.' || name, 'INSERT'), name;
    END LOOP;
    ASSERT NOT has_table_privilege('sangkien_directory', 'directory.agency_name', 'UPDATE'), 'history can be changed';
    ASSERT NOT has_table_privilege('sangkien_directory', 'directory.person_private', 'SELECT, UPDATE'), 'names can be read';
    FOREACH name IN ARRAY ARRAY['gateway', 'submissions', 'appraisal', 'funding', 'notifications'] LOOP
        ASSERT NOT has_schema_privilege('sangkien_' || name, 'directory', 'USAGE'), name;
    END LOOP;
END $$;

ROLLBACK;

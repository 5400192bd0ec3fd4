-- Revert sangkien:directory from pg

BEGIN;

DROP TABLE directory.role_binding;
DROP TABLE directory.peer_system;
DROP TABLE directory.person_private;
DROP TABLE directory.person;
DROP TABLE directory.agency_name;
DROP TABLE directory.agency;
DROP FUNCTION directory.role_binding_is_separate();
DROP FUNCTION directory.role_binding_stays();
DROP FUNCTION directory.role_binding_keeps_an_operator();
DROP SCHEMA directory;

COMMIT;

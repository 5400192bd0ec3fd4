-- Revert sangkien:notifications from pg

BEGIN;

DROP SCHEMA notifications CASCADE;

COMMIT;

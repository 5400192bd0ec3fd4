-- Revert sangkien:submissions from pg

BEGIN;

DROP SCHEMA submissions CASCADE;

COMMIT;

-- Revert sangkien:funding from pg

BEGIN;

SET LOCAL client_min_messages = warning; -- not a word about each table that goes along
DROP SCHEMA funding CASCADE;

COMMIT;

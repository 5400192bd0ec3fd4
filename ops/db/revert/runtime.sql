-- Revert sangkien:runtime from pg
-- The roles sangkien_* stay: they belong to the whole cluster, and another database may still use them.
-- Deploying again finds them there. To be rid of them: DROP ROLE, once no database grants them anything.

BEGIN;

DROP TABLE runtime.parked;
DROP TABLE runtime.timer;
DROP TABLE runtime.cursor;
DROP TABLE runtime.inbox;
DROP TABLE runtime.journal;
DROP TABLE runtime.journal_head;
DROP TABLE runtime.schema_version;
DROP FUNCTION runtime.must_be(bool);
DROP FUNCTION runtime.current_service();
DROP SCHEMA runtime;

COMMIT;

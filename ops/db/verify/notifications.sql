-- Verify sangkien:notifications on pg

BEGIN;

SELECT programme, id, version, state, changed_at, event_position, event_type, agency_id, template,
       recipient_role, address, sent_at, failure
  FROM notifications.notification WHERE false;
SELECT programme, notification, attempts, due_at, epoch, holder, outcome, failure
  FROM notifications.delivery WHERE false;
SELECT pid, session, application, heard_at FROM notifications.live_session WHERE false;

-- A service may add to what it keeps and change it, but not remove it.
SELECT 1 / (has_table_privilege('sangkien_notifications', 'notifications.notification', 'INSERT')
            AND has_table_privilege('sangkien_notifications', 'notifications.delivery', 'DELETE')
            AND NOT has_table_privilege('sangkien_notifications', 'notifications.notification', 'DELETE'))::int;

ROLLBACK;

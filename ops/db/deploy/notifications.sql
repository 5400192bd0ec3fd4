-- Deploy sangkien:notifications to pg
-- Who is told of what, and the mailer's own queue beside it.

BEGIN;

CREATE SCHEMA notifications;

-- States and roles by number: 1 QUEUED, 4 SENT, 8 FAILED, 10 SUPPRESSED; 1 ACTION, 2 INFO.
CREATE TABLE notifications.notification (
    programme      text NOT NULL,
    id             uuid NOT NULL,
    version        int8 NOT NULL CHECK (version > 0),
    state          int4 NOT NULL CHECK (state IN (1, 4, 8, 10)),
    changed_at     timestamptz NOT NULL,
    event_position int8 NOT NULL CHECK (event_position > 0),
    event_type     text NOT NULL CHECK (event_type <> ''),
    agency_id      uuid NOT NULL,
    template       text NOT NULL CHECK (template ~ '^[a-z][a-z_]{0,63}$'),
    recipient_role int4 NOT NULL CHECK (recipient_role IN (1, 2)),
    -- Plain ASCII, no spaces and no controls: it goes near a mail server.
    address        text NOT NULL CHECK (address ~ '^[!-~]{0,254}$'),
    sent_at        timestamptz,
    failure        text NOT NULL CHECK (failure IS NFC NORMALIZED),
    PRIMARY KEY (programme, id),
    -- One notification per event, recipient and template.
    CONSTRAINT notification_once UNIQUE (event_position, agency_id, template, programme),
    CONSTRAINT notification_sent_has_time CHECK ((state = 4) = (sent_at IS NOT NULL)),
    CONSTRAINT notification_failure_has_reason CHECK ((state IN (8, 10)) = (failure <> '')),
    -- Who has to act is never passed over.
    CONSTRAINT notification_action_is_not_suppressed CHECK (state <> 10 OR recipient_role = 2)
) WITH (fillfactor = 70);

-- What the mailer looks for.
CREATE INDEX notification_queued ON notifications.notification (changed_at) WHERE state = 1;

-- The order of ListNotifications, for all and for one agency.
CREATE INDEX notification_page ON notifications.notification
    (((lpad(event_position::text, 19, '0') || id::text) COLLATE "C"));
CREATE INDEX notification_agency_page ON notifications.notification
    (agency_id, ((lpad(event_position::text, 19, '0') || id::text) COLLATE "C"));

-- What is settled stays settled; what a notification is about never changes.
CREATE FUNCTION notifications.keep_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 1 THEN
        RAISE EXCEPTION 'notification % is settled', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'notification_is_settled';
    END IF;
    IF (NEW.event_position, NEW.event_type, NEW.agency_id, NEW.template, NEW.recipient_role, NEW.address)
        IS DISTINCT FROM
       (OLD.event_position, OLD.event_type, OLD.agency_id, OLD.template, OLD.recipient_role, OLD.address) THEN
        RAISE EXCEPTION 'notification % is about something else', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'notification_is_fixed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_settled BEFORE UPDATE ON notifications.notification
    FOR EACH ROW EXECUTE FUNCTION notifications.keep_settled();

-- Attempts: bulk work, outside the journal. outcome 0 open, 1 sent, 2 failed; the row goes when the
-- notification itself says so.
CREATE TABLE notifications.delivery (
    programme    text NOT NULL,
    notification uuid NOT NULL,
    attempts     int4 NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    due_at       timestamptz NOT NULL DEFAULT '-infinity', -- at once, on whatever clock
    -- Who claims counts epoch up; what an earlier epoch reports is not heard.
    epoch        int8 NOT NULL DEFAULT 0,
    holder       text,
    outcome      int4 NOT NULL DEFAULT 0 CHECK (outcome IN (0, 1, 2)),
    failure      text NOT NULL DEFAULT '',
    PRIMARY KEY (programme, notification),
    FOREIGN KEY (programme, notification) REFERENCES notifications.notification
) WITH (fillfactor = 50);
CREATE INDEX delivery_due ON notifications.delivery (due_at);

-- The asking role's sessions that live: a holder that is not among them holds nothing any more.
CREATE VIEW notifications.live_session AS
    SELECT pid, pid || ' since ' || extract(epoch FROM backend_start) AS session, application_name AS application,
           state_change AS heard_at
      FROM pg_stat_activity WHERE usename = current_user;

GRANT USAGE ON SCHEMA notifications TO sangkien_notifications, sangkien_auditor, sangkien_administrator;
GRANT SELECT, INSERT, UPDATE ON notifications.notification TO sangkien_notifications;
GRANT SELECT, INSERT, UPDATE, DELETE ON notifications.delivery TO sangkien_notifications;
GRANT SELECT ON notifications.live_session TO sangkien_notifications;
GRANT SELECT ON notifications.notification, notifications.delivery TO sangkien_auditor, sangkien_administrator;

COMMIT;

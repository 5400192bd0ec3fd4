/* services/notifications/delivery.c - the statements of the mailer's own table, and what it reads
 * of the journal. Every call is one short transaction; none is open while a mail is on its way. */
#include "services/notifications/delivery.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/proto.h"
#include "sangkien/directory/v1/events.pb-c.h"
#include "sangkien/submissions/v1/events.pb-c.h"
#include "services/notifications/notifications.h"

/* 1 is NOTIFICATION_STATE_QUEUED; the partial index notification_queued says the same. */
static const struct statement fill = {
    "mail_fill",
    "INSERT INTO notifications.delivery (programme, notification)"
    " SELECT n.programme, n.id FROM notifications.notification n"
    " WHERE n.state = 1 AND NOT EXISTS (SELECT FROM notifications.delivery d"
    "  WHERE d.programme = n.programme AND d.notification = n.id OFFSET 0)"
    " ORDER BY n.changed_at LIMIT 200 ON CONFLICT DO NOTHING",
};

/* Nothing that a mailer does or waits for takes so long (smtp.c: 120 s). */
enum { LONGEST_SILENCE_MS = 300000, LOOK_EVERY_MS = 10000 };

/* A claim holds as long as the session that made it lives, on whatever clock; its own may be claimed again, since a
 * mailer has one mail in hand. */
static const struct statement claim = {
    "mail_claim",
    "UPDATE notifications.delivery d SET epoch = d.epoch + 1, holder = me.session,"
    "  attempts = d.attempts + CASE WHEN d.outcome = 0 THEN 1 ELSE 0 END"
    " FROM (SELECT programme, notification FROM notifications.delivery"
    "  WHERE due_at <= $1::timestamptz AND (holder IS NULL OR holder <> ALL (ARRAY("
    "   SELECT session FROM notifications.live_session WHERE pid <> pg_backend_pid())))"
    "  ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED) due, notifications.notification n,"
    "  (SELECT session FROM notifications.live_session WHERE pid = pg_backend_pid()) me"
    " WHERE d.programme = due.programme AND d.notification = due.notification"
    "  AND n.programme = d.programme AND n.id = d.notification"
    " RETURNING d.programme, d.notification, d.epoch, d.attempts, d.outcome, d.failure, "
    "n.event_position,"
    "  n.agency_id, n.template, n.recipient_role, n.address, n.state",
};

static const struct statement postpone = {
    "mail_postpone",
    "UPDATE notifications.delivery SET holder = NULL, failure = $4::text, due_at = $5::timestamptz"
    " WHERE programme = $1::text AND notification = $2::uuid AND epoch = $3::int8",
};

static const struct statement put_off = {
    "mail_put_off",
    "UPDATE notifications.delivery SET holder = NULL, due_at = $4::timestamptz,"
    "  outcome = $5::int4, failure = $6::text,"
    "  attempts = attempts - CASE WHEN $5::int4 = 0 THEN 1 ELSE 0 END"
    " WHERE programme = $1::text AND notification = $2::uuid AND epoch = $3::int8",
};

static const struct statement drop = {
    "mail_drop",
    "DELETE FROM notifications.delivery d USING notifications.notification n"
    " WHERE d.programme = $1::text AND d.notification = $2::uuid AND d.epoch = $3::int8"
    "  AND n.programme = d.programme AND n.id = d.notification AND n.state <> 1",
};

/* One other mailer: as it was at the last look if nothing was heard of it since, or else any. It is ended if $2 says so.
 * PostgreSQL's own timeout would not do: it goes by a clock that may jump. */
static const struct statement watch = {
    "mail_watch",
    "SELECT seen, CASE WHEN seen = $1::text AND $2::bool THEN pg_terminate_backend(pid) END"
    " FROM (SELECT pid, session || ' heard at ' || extract(epoch FROM heard_at) AS seen"
    "  FROM notifications.live_session WHERE pid <> pg_backend_pid() AND heard_at IS NOT NULL"
    "   AND application = 'notifications-errand') other"
    " ORDER BY seen = $1::text DESC, random() LIMIT 1",
};

static const struct statement depth = {
    "mail_depth",
    "SELECT count(*) FROM notifications.notification WHERE state = 1",
};

/* The event, the first one of its aggregate, and the first one of the programme, which names it. */
static const struct statement cause = {
    "mail_cause",
    "SELECT j.recorded_at, j.type, j.body, f.type, f.body, p.type, p.body"
    " FROM runtime.journal j"
    " CROSS JOIN LATERAL (SELECT programme, type, body FROM runtime.journal"
    "  WHERE aggregate = j.aggregate AND version = 1 AND kind = j.kind OFFSET 0) f"
    " JOIN runtime.journal p ON p.programme = $1::text AND p.position = 1"
    " WHERE j.programme = $1::text AND j.position = $2::int8 AND f.programme = j.programme",
};

static const struct statement names = {
    "mail_names",
    "SELECT j.* FROM unnest($1::uuid[]) AS k(id) CROSS JOIN LATERAL (SELECT aggregate, type, body"
    " FROM (SELECT aggregate, version, type, body FROM runtime.journal"
    "  WHERE programme = 'directory' AND aggregate = k.id OFFSET 0) AS e"
    " WHERE type IN ('sangkien.directory.v1.AgencyRegistered', "
    "'sangkien.directory.v1.AgencyRenamed') ORDER BY version DESC LIMIT 1) AS j",
};

static const struct statement *const statements[] = { &fill,  &claim, &postpone, &put_off, &drop,
                                                      &watch, &depth, &cause,    &names };

int
delivery_prepare(struct db *db)
{
    for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
        int rc = db_prepare(db, statements[i]);

        if (rc)
            return rc;
    }
    return 0;
}

int
delivery_mend(struct db *db)
{
    if (db_is_open(db) && db_rollback(db) == 0)
        return 0;
    return db_reconnect(db);
}

/* Begins the one transaction that a call is. */
static void
begin(struct db *db, const struct statement *statement)
{
    db_begin(db);
    db_call(db, statement);
}

static int
finish(struct db *db)
{
    db_commit(db);
    return db_run(db);
}

int
delivery_fill(struct db *db, size_t *ret_count)
{
    int rc;

    begin(db, &fill);
    rc = finish(db);
    if (rc == 0)
        *ret_count = db_changed(db_result(db, 1));
    return rc;
}

/* The key of a row and the epoch of the claim: the first three parameters of what follows a claim.
 */
static void
mine(struct db *db, const struct delivery *delivery)
{
    db_text(db, delivery->programme);
    db_uuid(db, &delivery->notification);
    db_int8(db, delivery->epoch);
}

static void
ask_drop(struct db *db, const struct delivery *delivery)
{
    db_call(db, &drop);
    mine(db, delivery);
}

int
delivery_claim(struct db *db, struct arena *arena, const struct delivery *done,
               struct delivery *ret_delivery)
{
    const struct db_result *row;
    int rc;

    db_begin(db);
    if (done)
        ask_drop(db, done);
    db_call(db, &claim);
    db_time(db, clock_now_us());
    rc = finish(db);
    if (rc)
        return rc;
    row = db_result(db, done ? 2 : 1);
    if (db_rows(row) == 0)
        return ERR_NOT_FOUND;
    *ret_delivery = (struct delivery){
        .programme = arena_text(arena, db_get_text(row, 0, 0)),
        .notification = db_get_uuid(row, 0, 1),
        .epoch = db_get_int(row, 0, 2),
        .attempts = (int32_t) db_get_int(row, 0, 3),
        .outcome = (enum delivery_outcome) db_get_int(row, 0, 4),
        .failure = arena_text(arena, db_get_text(row, 0, 5)),
        .event_position = db_get_int(row, 0, 6),
        .agency = db_get_uuid(row, 0, 7),
        .template = arena_text(arena, db_get_text(row, 0, 8)),
        .recipient_role = (int) db_get_int(row, 0, 9),
        .address = arena_text(arena, db_get_text(row, 0, 10)),
        .is_recorded = db_get_int(row, 0, 11) != IS(QUEUED),
    };
    return 0;
}

int
delivery_postpone(struct db *db, const struct delivery *delivery, int64_t seconds)
{
    begin(db, &postpone);
    mine(db, delivery);
    db_text(db, delivery->failure);
    db_time(db, clock_now_us() + seconds * 1000000);
    return finish(db);
}

int
delivery_put_off(struct db *db, const struct delivery *delivery, int64_t seconds)
{
    begin(db, &put_off);
    mine(db, delivery);
    db_time(db, clock_now_us() + seconds * 1000000);
    db_int4(db, (int32_t) delivery->outcome);
    db_text(db, delivery->failure);
    return finish(db);
}

int
delivery_watch(struct db *db, struct delivery_watch *watched)
{
    const int64_t now_ms = monotonic_ms(), late_ms = now_ms - watched->next_ms;
    const struct db_result *row;
    int rc;

    if (late_ms < 0)
        return 0;
    if (late_ms > LONGEST_SILENCE_MS / 2) /* we were silent, or the database */
        watched->since_ms = now_ms;
    begin(db, &watch);
    db_text(db, watched->seen);
    db_bool(db, now_ms - watched->since_ms > LONGEST_SILENCE_MS);
    rc = finish(db);
    if (rc)
        return rc;
    row = db_result(db, 1);
    watched->next_ms = now_ms + LOOK_EVERY_MS;
    if (db_rows(row) == 0 || strcmp(watched->seen, db_get_text(row, 0, 0)) == 0)
        return 0;
    snprintf(watched->seen, sizeof(watched->seen), "%s", db_get_text(row, 0, 0));
    watched->since_ms = now_ms;
    return 0;
}

int
delivery_depth(struct db *db, int64_t *ret_count)
{
    int rc;

    begin(db, &depth);
    rc = finish(db);
    if (rc == 0)
        *ret_count = db_get_int(db_result(db, 1), 0, 0);
    return rc;
}

/* ------------------------------------------------------------------ what it is about */

static int
unpack(const struct db_result *row, size_t nth, size_t column, struct arena *arena,
       const ProtobufCMessage **ret_message)
{
    const char *type = db_get_text(row, nth, column);
    const struct bytes body = db_get_bytes(row, nth, column + 1);
    const struct word *word = proto_word(type);

    if (!word)
        return err_set(ERR_POISON, "the journal has a %s, which is not known here", type);
    return proto_unpack(arena, word->message, body.data, body.size, ret_message);
}

static int
read_cause(struct db *db, struct arena *arena, const struct delivery *delivery,
           struct notice *ret_notice)
{
    const struct db_result *row;
    const ProtobufCMessage *founding = NULL;
    int rc;

    begin(db, &cause);
    db_text(db, delivery->programme);
    db_int8(db, delivery->event_position);
    rc = finish(db);
    if (rc)
        return rc;
    row = db_result(db, 1);
    if (db_rows(row) != 1)
        return err_set(ERR_POISON, "its event is not in the journal");
    ret_notice->recorded_us = db_get_time(row, 0, 0);
    rc = unpack(row, 0, 1, arena, &ret_notice->event);
    if (rc == 0)
        rc = unpack(row, 0, 3, arena, &ret_notice->first_event);
    if (rc == 0)
        rc = unpack(row, 0, 5, arena, &founding);
    if (rc == 0 && founding && founding->descriptor == &submissions__programme_created__descriptor)
        ret_notice->programme_name =
            ((const Submissions__ProgrammeCreated *) (const void *) founding)->name;
    return rc;
}

static const char *
name_in(const ProtobufCMessage *event)
{
    if (event->descriptor == &directory__agency_registered__descriptor)
        return ((const Directory__AgencyRegistered *) (const void *) event)->name;
    return ((const Directory__AgencyRenamed *) (const void *) event)->name;
}

static int
read_names(struct db *db, struct arena *arena, const struct list *agencies, struct list *ret_names)
{
    const struct db_result *rows;
    int rc;

    begin(db, &names);
    db_array(db, DB_UUID, agencies->count);
    LIST_EACH (const struct uuid, agency, agencies)
        db_uuid(db, agency);
    rc = finish(db);
    if (rc)
        return rc;
    rows = db_result(db, 1);
    for (size_t i = 0; i < db_rows(rows) && rc == 0; i++) {
        const ProtobufCMessage *event = NULL;

        rc = unpack(rows, i, 1, arena, &event);
        if (rc == 0 && event)
            *(struct agency_name *) list_add(ret_names) =
                (struct agency_name){ db_get_uuid(rows, i, 0), name_in(event) };
    }
    return rc;
}

int
delivery_notice(struct db *db, struct arena *arena, const struct delivery *delivery,
                struct notice *ret_notice)
{
    struct notice notice = {
        .notification = delivery->notification,
        .programme = delivery->programme,
        .agency = delivery->agency,
        .must_act = delivery->recipient_role == FOR(ACTION),
    };
    struct list agencies;
    struct list *agency_names = arena_zero(arena, sizeof(*agency_names));
    int rc = read_cause(db, arena, delivery, &notice);

    if (rc)
        return rc;
    list_init(&agencies, arena, sizeof(struct uuid));
    list_init(agency_names, arena, sizeof(struct agency_name));
    *(struct uuid *) list_add(&agencies) = delivery->agency;
    facts_agencies(notice.event, &agencies);
    facts_agencies(notice.first_event, &agencies);
    rc = read_names(db, arena, &agencies, agency_names);
    if (rc)
        return rc;
    notice.agency_names = agency_names;
    *ret_notice = notice;
    return 0;
}

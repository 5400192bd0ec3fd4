/* common/loop_news.c - what there is to hear, and which alarms are due. */
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/crash.h"
#include "common/hearing.h"
#include "common/log.h"
#include "common/loop_state.h"

enum { HEAR_AT_ONCE = 256 };

static const struct statement due_timers = {
    "due timers",
    "SELECT programme, id, kind, subject, type, body FROM runtime.timer"
    " WHERE service = $1::text AND due_at <= $2::timestamptz ORDER BY due_at LIMIT 256"
};

/* ------------------------------------------------------------------ events */

static void
tell_heard(struct loop *loop, const char *programme, const struct heard *heard)
{
    metric_add(loop->heard, (int64_t) heard->events);
    metric_add(loop->parked, (int64_t) heard->parked);
    if (heard->hint.position)
        bus_hint(loop->bus, programme, &heard->hint);
    bus_send(loop->bus);
}

/* Hears one stride of a programme. What cannot be taken with others is taken alone; what cannot be
 * taken alone is parked. Trouble with the database parks nothing. */
static bool
hear_stride(struct loop *loop, const char *programme)
{
    struct heard heard = { 0 };
    struct failure failure = { 0 };
    int64_t limit = HEAR_AT_ONCE;
    int rc;

    for (int tries = 0; tries < TRIES; tries++) {
        arena_reset(loop->letters, 1 << 20);
        rc =
            hearing_run(&loop->writer, loop->letters, programme, limit, &failure, &failure, &heard);
        if (rc == 0) {
            if (heard.parked)
                log_error("parked", "programme", programme, "reason", failure.reason, NULL);
            tell_heard(loop, programme, &heard);
            return heard.has_more;
        }
        if (rc == ERR_POISON)
            limit = 1;
        else
            log_warning("cannot hear", "programme", programme, "reason", err_text(), NULL);
        if (db_is_open(loop->writer.db) && db_rollback(loop->writer.db))
            log_warning("cannot roll back", "reason", err_text(), NULL);
        if (!db_is_open(loop->writer.db))
            return false;
    }
    return false;
}

static void
drain(struct loop *loop, const char *programme)
{
    struct heard heard = { .has_more = true };

    while (heard.has_more) {
        arena_reset(loop->letters, 1 << 20);
        if (hearing_drain(&loop->writer, loop->letters, programme, &heard)) {
            log_warning("cannot drain", "programme", programme, "reason", err_text(), NULL);
            if (db_rollback(loop->writer.db))
                return;
            return;
        }
        tell_heard(loop, programme, &heard);
    }
}

static void
hear_programme(struct loop *loop, const char *programme)
{
    while (hear_stride(loop, programme) && !bus_is_leaving(loop->bus)) {
        loop_do_commands(loop); /* nobody waits for a long history */
        loop_do_sayings(loop);
    }
}

/* ------------------------------------------------------------------ alarms */

struct due {
    char programme[65];
    struct uuid id;
    struct uuid subject;
    char type[129];
    struct bytes body;
};

static void
ring(struct loop *loop, const struct due *due)
{
    struct letter *letter;
    int rc;

    arena_reset(loop->letters, 1 << 20);
    if (letter_write(loop->letters, loop->service, FROM_TIMER, due->programme, due->type, due->body,
                     &letter)) {
        log_error("alarm nobody understands", "type", due->type, "reason", err_text(), NULL);
        return;
    }
    letter->id = due->id;
    letter->subject = due->subject;
    CRASH_POINT(alarm_due);
    rc = loop_try(loop, &letter, 1);
    CRASH_POINT(alarm_run);
    if (rc == 0)
        return;
    if (rc != ERR_POISON && !db_constraint(loop->writer.db)[0])
        return; /* a lock, or the connection: it rings again */
    log_error("alarm fails", "type", due->type, "reason", err_text(), NULL);
    letter->forced_reason = WIRE__REASON__REASON_INTERNAL; /* it is taken away, and logged */
    if (db_is_open(loop->writer.db) && loop_try(loop, &letter, 1))
        log_error("alarm stays", "type", due->type, "reason", err_text(), NULL);
}

/* ------------------------------------------------------------------ looking around */

int
loop_prepare_news(struct db *db)
{
    int rc = hearing_prepare(db);

    return rc ? rc : db_prepare(db, &due_timers);
}

/* What one look brought, copied: results do not last. */
struct look {
    struct list due; /* of struct due */
    struct findings news;
};

static void
take_due(const struct db_result *r, struct arena *arena, struct list *due)
{
    for (size_t i = 0; i < db_rows(r); i++) {
        struct due *d = list_add(due);
        struct bytes body = db_get_bytes(r, i, 5);

        snprintf(d->programme, sizeof(d->programme), "%s", db_get_text(r, i, 0));
        d->id = db_get_uuid(r, i, 1);
        d->subject = db_get_uuid(r, i, 3);
        snprintf(d->type, sizeof(d->type), "%s", db_get_text(r, i, 4));
        d->body = arena_bytes(arena, body.data, body.size);
    }
}

/* One round trip, and another when a cursor is to follow. */
static int
look(struct loop *loop, struct arena *arena, struct look *ret)
{
    struct db *db = loop->writer.db;
    size_t nth = 0;
    int rc;

    list_init(&ret->due, arena, sizeof(struct due));
    ret->news.has_more = false;
    list_init(&ret->news.hear, arena, PROGRAMME_SIZE);
    list_init(&ret->news.drain, arena, PROGRAMME_SIZE);
    if (loop->scouts)
        scouts_ask(loop->scouts, db);
    db_call(db, &due_timers);
    db_text(db, loop->service->name);
    db_time(db, clock_now_us());
    rc = db_run(db);
    if (rc)
        return rc;
    if (loop->scouts)
        scouts_take(loop->scouts, db_result(db, nth++), &ret->news);
    take_due(db_result(db, nth), arena, &ret->due);
    return loop->scouts ? scouts_pass(loop->scouts, db) : 0;
}

bool
loop_look_for_news(struct loop *loop)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct look found;

    if (look(loop, arena, &found)) {
        log_warning("cannot look for news", "reason", err_text(), NULL);
        return false;
    }
    LIST_EACH (const struct due, d, &found.due)
        ring(loop, d);
    for (size_t i = 0; i < found.news.drain.count; i++)
        drain(loop, list_at(&found.news.drain, i));
    for (size_t i = 0; i < found.news.hear.count; i++)
        hear_programme(loop, list_at(&found.news.hear, i));
    return found.news.has_more;
}

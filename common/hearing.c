/* common/hearing.c - reads what a consumer has not heard, and what was parked and may be tried
 * again. */
#include "common/hearing.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/crash.h"

enum { STRIDE = 1024 }; /* positions that one turn may pass */

static const struct statement make_cursor = {
    "make cursor", "INSERT INTO runtime.cursor (consumer, programme) VALUES ($1::text, $2::text)"
                   " ON CONFLICT DO NOTHING"
};
static const struct statement take_cursor = {
    "take cursor", "SELECT c.position, (SELECT position FROM runtime.journal_head h"
                   "                    WHERE h.programme = c.programme)"
                   " FROM runtime.cursor c WHERE c.consumer = $1::text AND c.programme = $2::text"
                   " FOR UPDATE SKIP LOCKED"
};
static const struct statement read_events = {
    "read events",
    "SELECT j.position, j.type, j.body, j.aggregate, j.parties, j.cause, j.traceparent,"
    " EXISTS (SELECT FROM runtime.parked p WHERE p.consumer = $1::text AND p.programme = $2::text)"
    " AND EXISTS (SELECT FROM runtime.parked p WHERE p.consumer = $1::text"
    "             AND p.programme = j.programme AND p.subject = j.aggregate)"
    " FROM runtime.journal j WHERE j.programme = $2::text AND j.position > $3::int8"
    "  AND j.position <= $4::int8 AND j.type = ANY($5::text[])"
    " ORDER BY j.position LIMIT $6::int8"
};
static const struct statement read_parked = {
    "read parked",
    "SELECT j.position, j.type, j.body, j.aggregate, j.parties, j.cause, j.traceparent,"
    " coalesce(p.verdict, '')"
    " FROM runtime.parked p JOIN runtime.journal j USING (programme, position)"
    " WHERE p.consumer = $1::text AND p.programme = $2::text AND p.subject ="
    "  (SELECT f.subject FROM runtime.parked f WHERE f.consumer = $1::text"
    "   AND f.programme = $2::text AND (f.verdict IS NOT NULL OR f.reason = '" HEARING_BEHIND "')"
    "   AND NOT EXISTS (SELECT FROM runtime.parked e WHERE e.consumer = f.consumer"
    "                   AND e.programme = f.programme AND e.subject = f.subject"
    "                   AND e.position < f.position)"
    "   ORDER BY f.position LIMIT 1)"
    " ORDER BY p.position LIMIT 1"
};

int
hearing_prepare(struct db *db)
{
    static const struct statement *const all[] = { &make_cursor, &take_cursor, &read_events,
                                                   &read_parked };
    int rc = 0;

    for (size_t i = 0; i < sizeof(all) / sizeof(*all) && rc == 0; i++)
        rc = db_prepare(db, all[i]);
    return rc;
}

/* Calls back for every event that the service hears; counts them. */
static size_t
each_heard(const struct service *service, struct db *db)
{
    size_t count = 0;

    for (const struct kind *const *kind = service->kinds; *kind; kind++)
        for (const struct handler *h = (*kind)->handlers; h->message; h++)
            if (h->who & HEARD) {
                count++;
                if (db)
                    db_text(db, h->message->name);
            }
    return count;
}

void
hearing_put_types(struct db *db, const struct service *service)
{
    db_array(db, DB_TEXT, each_heard(service, NULL));
    each_heard(service, db);
}

bool
hearing_is_needed(const struct service *service)
{
    return each_heard(service, NULL) > 0;
}

/* ------------------------------------------------------------------ one turn */

struct stride {
    struct writer *writer;
    struct arena *arena;
    const char *programme;
    struct hearing hearing;
    struct list letters; /* of struct letter * */
};

static struct stride
stride_of(struct writer *writer, struct arena *arena, const char *programme)
{
    struct stride t = { .writer = writer, .arena = arena, .programme = programme };

    list_init(&t.hearing.parked, arena, sizeof(struct parked));
    list_init(&t.hearing.drained, arena, sizeof(int64_t));
    list_init(&t.letters, arena, sizeof(struct letter *));
    return t;
}

/* Begins, and takes the cursor. false in *ret_mine: another replica has it. */
static int
begin(struct stride *t, bool *ret_mine, int64_t *ret_end)
{
    const struct db_result *cursor;
    struct db *db = t->writer->db;
    int rc;

    arena_reset(t->writer->arena, 1 << 20);
    db_begin(db);
    db_call(db, &make_cursor);
    db_text(db, t->writer->service->name);
    db_text(db, t->programme);
    db_call(db, &take_cursor);
    db_text(db, t->writer->service->name);
    db_text(db, t->programme);
    rc = db_run(db);
    if (rc)
        return rc;
    cursor = db_result(db, 2);
    *ret_mine = db_rows(cursor) == 1;
    if (*ret_mine) {
        t->hearing.cursor = db_get_int(cursor, 0, 0);
        *ret_end = db_get_int(cursor, 0, 1);
    }
    return 0;
}

static void
park_row(struct stride *t, const struct db_result *r, size_t row, const char *reason)
{
    struct parked *p = list_add(&t->hearing.parked);

    p->position = db_get_int(r, row, 0);
    p->subject = db_get_uuid(r, row, 3);
    p->reason = reason;
}

/* The nil id: nobody here is concerned. */
static struct uuid
subject_of(const struct letter *letter, const struct authority *authority)
{
    struct given given = { .programme = letter->programme,
                           .authority = authority,
                           .heard_subject = letter->heard_subject,
                           .heard_position = letter->position,
                           .heard_type = letter->type,
                           .heard_parties = letter->parties,
                           .heard_party_count = letter->party_count,
                           .now_us = clock_now_us(),
                           .received_us = clock_now_us() };

    if (!letter->handler->subject)
        return letter->heard_subject;
    return letter->handler->subject(&given, letter->message);
}

static int
add_letter(struct stride *t, const struct db_result *r, size_t row)
{
    struct letter *letter;
    struct uuid *parties;
    int rc = letter_write(t->arena, t->writer->service, FROM_JOURNAL, t->programme,
                          db_get_text(r, row, 1), db_get_bytes(r, row, 2), &letter);

    if (rc)
        return rc;
    letter->position = db_get_int(r, row, 0);
    letter->heard_subject = db_get_uuid(r, row, 3);
    letter->party_count = db_get_uuids(r, row, 4, t->arena, &parties);
    letter->parties = parties;
    letter->id = db_get_uuid(r, row, 5);
    letter->traceparent = arena_text(t->arena, db_get_text(r, row, 6));
    *(struct letter **) list_add(&t->letters) = letter;
    return 0;
}

/* Letters that concern nobody after all are forgotten: for them nothing is locked. */
static int
name_subjects(struct stride *t)
{
    /* Recipients and the like come from the directory: it must not be behind. */
    int rc = writer_catch_up(t->writer->db, t->writer->authority);
    struct letter **letters = t->letters.items;
    size_t kept = 0;

    for (size_t i = 0; i < t->letters.count && rc == 0; i++) {
        letters[i]->subject = subject_of(letters[i], t->writer->authority);
        if (!uuid_is_nil(&letters[i]->subject))
            letters[kept++] = letters[i];
    }
    t->letters.count = kept;
    return rc;
}

static int
finish(struct stride *t, struct heard *ret_heard)
{
    int rc;

    ret_heard->events = t->letters.count;
    rc = t->letters.count ? name_subjects(t) : 0;
    if (rc == 0)
        rc = batch_run(t->writer, t->programme, t->letters.items, t->letters.count, &t->hearing,
                       &ret_heard->hint);
    ret_heard->parked = t->hearing.parked.count;
    return rc;
}

/* An event whose subject is parked, or which is to be parked, becomes a row; the others become
 * letters. */
static int
sort_events(struct stride *t, const struct db_result *r, const struct failure *known)
{
    int rc = 0;

    for (size_t row = 0; row < db_rows(r) && rc == 0; row++) {
        if (known->position && db_get_int(r, row, 0) == known->position)
            park_row(t, r, row, known->reason);
        else if (db_get_int(r, row, 7))
            park_row(t, r, row, HEARING_BEHIND);
        else
            rc = add_letter(t, r, row);
    }
    return rc;
}

int
hearing_run(struct writer *writer, struct arena *letters, const char *programme, int64_t limit,
            const struct failure *known, struct failure *ret_failure, struct heard *ret_heard)
{
    struct stride t = stride_of(writer, letters, programme);
    struct heard heard = { 0 };
    const struct db_result *r;
    int64_t end = 0, upto;
    int64_t first;
    bool mine = false;
    int rc = begin(&t, &mine, &end);

    if (rc == 0 && !mine) {
        *ret_heard = heard;
        return db_rollback(writer->db);
    }
    if (rc)
        return rc;
    CRASH_POINT(cursor_taken);
    upto = t.hearing.cursor + STRIDE < end ? t.hearing.cursor + STRIDE : end;
    db_call(writer->db, &read_events);
    db_text(writer->db, writer->service->name);
    db_text(writer->db, programme);
    db_int8(writer->db, t.hearing.cursor);
    db_int8(writer->db, upto);
    hearing_put_types(writer->db, writer->service);
    db_int8(writer->db, limit);
    rc = db_run(writer->db);
    if (rc)
        return rc;
    r = db_result(writer->db, 0);
    t.hearing.cursor = (int64_t) db_rows(r) == limit ? db_get_int(r, db_rows(r) - 1, 0) : upto;
    heard.has_more = t.hearing.cursor < end;
    first = db_rows(r) ? db_get_int(r, 0, 0) : 0;
    rc = sort_events(&t, r, known);
    if (rc == 0)
        rc = finish(&t, &heard);
    CRASH_POINT(heard);
    if (rc == 0)
        *ret_heard = heard;
    if (rc == ERR_POISON && limit == 1) {
        ret_failure->position = first;
        snprintf(ret_failure->reason, sizeof(ret_failure->reason), "%s", err_text());
    }
    return rc;
}

/* ------------------------------------------------------------------ parked events */

static int
drain_one(struct stride *t, const struct db_result *r, bool *ret_retries)
{
    int64_t position = db_get_int(r, 0, 0);
    const char *verdict = db_get_text(r, 0, 7);

    *(int64_t *) list_add(&t->hearing.drained) = position;
    *ret_retries = strcmp(verdict, "DISCARD") != 0;
    return *ret_retries ? add_letter(t, r, 0) : 0;
}

/* It failed again: the row goes back without its verdict, and with the new reason. */
static int
give_back(struct writer *writer, struct arena *letters, const char *programme, int64_t position,
          struct uuid subject, const char *reason, struct heard *ret_heard)
{
    struct stride t = stride_of(writer, letters, programme);
    struct parked *p;
    int64_t end = 0;
    bool mine = false;
    int rc = db_rollback(writer->db);

    if (rc == 0)
        rc = begin(&t, &mine, &end);
    if (rc || !mine)
        return rc ? rc : db_rollback(writer->db);
    *(int64_t *) list_add(&t.hearing.drained) = position;
    p = list_add(&t.hearing.parked);
    *p = (struct parked){ position, subject, reason };
    return finish(&t, ret_heard);
}

int
hearing_drain(struct writer *writer, struct arena *letters, const char *programme,
              struct heard *ret_heard)
{
    struct stride t = stride_of(writer, letters, programme);
    struct heard heard = { 0 };
    const struct db_result *r;
    struct uuid subject;
    int64_t end = 0, position;
    bool mine = false, retries = false;
    int rc = begin(&t, &mine, &end);

    if (rc)
        return rc;
    db_call(writer->db, &read_parked);
    db_text(writer->db, writer->service->name);
    db_text(writer->db, programme);
    rc = mine ? db_run(writer->db) : 0;
    if (rc)
        return rc;
    r = mine ? db_result(writer->db, 0) : NULL;
    if (!r || db_rows(r) == 0) {
        *ret_heard = heard;
        return db_rollback(writer->db);
    }
    position = db_get_int(r, 0, 0);
    subject = db_get_uuid(r, 0, 3);
    heard.has_more = true;
    rc = drain_one(&t, r, &retries);
    if (rc == 0)
        rc = finish(&t, &heard);
    if (rc == ERR_POISON && retries)
        rc = give_back(writer, letters, programme, position, subject,
                       arena_text(letters, err_text()), &heard);
    if (rc == 0)
        *ret_heard = heard;
    return rc;
}

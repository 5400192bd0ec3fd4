/* common/batch_write.c - states, asides, then the head, journal and inbox, alarms, cursor; and COMMIT. */
#include <string.h>
#include <sys/random.h>

#include "common/answer.h"
#include "common/batch_state.h"
#include "common/proto.h"

static const struct statement set_timers = {
    "set timers",
    "INSERT INTO runtime.timer (programme, id, service, kind, subject, type, body, due_at)"
    " SELECT $1::text, n.id, $2::text, n.kind, n.subject, n.type, n.body, n.due_at"
    " FROM unnest($3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::bytea[],"
    " $8::timestamptz[]) AS n(id, kind, subject, type, body, due_at)"
};
static const struct statement move_cursor = {
    "move cursor", "UPDATE runtime.cursor SET position = $3::int8"
                   " WHERE consumer = $1::text AND programme = $2::text"
};
static const struct statement park = {
    "park", "INSERT INTO runtime.parked (consumer, programme, position, subject, reason, parked_at)"
            " VALUES ($1::text, $2::text, $3::int8, $4::uuid, $5::text, $6::timestamptz)"
};
static const struct statement unpark = {
    "unpark", "DELETE FROM runtime.parked WHERE consumer = $1::text AND programme = $2::text"
              " AND position = ANY($3::int8[])"
};

int
batch_prepare_write(struct db *db)
{
    static const struct statement *const all[] = { &set_timers, &move_cursor, &park, &unpark };
    int rc = 0;

    for (size_t i = 0; i < sizeof(all) / sizeof(*all) && rc == 0; i++)
        rc = db_prepare(db, all[i]);
    return rc;
}

static void
save_alarms(struct batch *b)
{
    struct list alarms; /* of struct timer */
    struct timer {
        struct uuid id;
        const char *kind;
        struct uuid subject;
        const char *type;
        struct bytes body;
        int64_t due_us;
    };

    list_init(&alarms, b->arena, sizeof(struct timer));
    for (size_t i = 0; i < b->count; i++)
        LIST_EACH (const struct alarm, a, &b->letters[i]->outcome.alarms) {
            const struct letter *l = b->letters[i];
            struct timer *t = list_add(&alarms);
            const char *name =
                arena_format(b->arena, "%s %s %zu %lld", b->programme, uuid_text(b->arena, &l->id),
                             alarms.count, (long long) a->due_us);

            *t = (struct timer){ uuid_derive("alarm", name, strlen(name)),
                                 l->kind->name,
                                 l->subject,
                                 a->message->descriptor->name,
                                 proto_pack(b->arena, a->message),
                                 a->due_us };
        }
    if (alarms.count == 0)
        return;
#define COLUMN_OF(type, call)                                                                      \
    do {                                                                                           \
        db_array(b->db, type, alarms.count);                                                       \
        LIST_EACH (const struct timer, t, &alarms)                                                 \
            call;                                                                                  \
    } while (0)
    db_call(b->db, &set_timers);
    db_text(b->db, b->programme);
    db_text(b->db, b->writer->service->name);
    COLUMN_OF(DB_UUID, db_uuid(b->db, &t->id));
    COLUMN_OF(DB_TEXT, db_text(b->db, t->kind));
    COLUMN_OF(DB_UUID, db_uuid(b->db, &t->subject));
    COLUMN_OF(DB_TEXT, db_text(b->db, t->type));
    COLUMN_OF(DB_BYTES, db_bytes(b->db, t->body.data, t->body.size));
    COLUMN_OF(DB_TIME, db_time(b->db, t->due_us));
#undef COLUMN_OF
}

static void
save_hearing(struct batch *b)
{
    const struct hearing *h = b->hearing;

    if (!h)
        return;
    db_call(b->db, &move_cursor);
    db_text(b->db, b->writer->service->name);
    db_text(b->db, b->programme);
    db_int8(b->db, h->cursor);
    if (h->drained.count) {
        db_call(b->db, &unpark);
        db_text(b->db, b->writer->service->name);
        db_text(b->db, b->programme);
        db_array(b->db, DB_INT8, h->drained.count);
        LIST_EACH (const int64_t, position, &h->drained)
            db_int8(b->db, *position);
    }
    LIST_EACH (const struct parked, p, &h->parked) {
        db_call(b->db, &park);
        db_text(b->db, b->writer->service->name);
        db_text(b->db, b->programme);
        db_int8(b->db, p->position);
        db_uuid(b->db, &p->subject);
        db_text(b->db, p->reason);
        db_time(b->db, b->verge.now_us);
    }
}

static bool
adds_to_journal(const struct batch *b)
{
    for (size_t i = 0; i < b->count; i++)
        if (b->letters[i]->fate == ANSWERED &&
            (letter_is_request(b->letters[i]) || b->letters[i]->outcome.happened.count))
            return true;
    return false;
}

static void
add_event_rows(struct batch *b, const struct letter *letter, const struct inbox_row *request)
{
    LIST_EACH (const struct happened, h, &letter->outcome.happened) {
        struct journal_row *row = list_add(&b->events);

        *row = (struct journal_row){
            .service = b->writer->service->name,
            .kind = h->kind->name,
            .aggregate = h->id,
            .version = h->version,
            .type = h->event->descriptor->name,
            .body = proto_pack(b->arena, h->event),
            .recorded_us = b->verge.now_us,
            .because = h->because,
            .parties = h->parties,
            .party_count = h->party_count,
            .source = letter->source,
            .cause = letter->id,
            .heard = letter->position,
            .agency = letter->actor.agency,
            .actor = letter->actor.person,
            .capacity = letter->actor.capacity,
            .traceparent = letter->traceparent,
        };
        if (request) {
            row->request_digest = request->request_digest;
            row->reply_digest = sha256(request->reply.data, request->reply.size);
        }
        journal_chain(b->arena, &b->head, row);
    }
}

static const struct inbox_row *
add_request_row(struct batch *b, struct letter *letter, const uint8_t salt[16])
{
    struct inbox_row *row = list_add(&b->requests);

    letter->reply = answer_pack(b->arena, b->writer->service, letter, true);
    *row = (struct inbox_row){
        .source = letter->source,
        .id = letter->id,
        .service = b->writer->service->name,
        .type = letter->type,
        .subject = letter->subject,
        .agency = letter->actor.agency,
        .actor = letter->actor.person,
        .capacity = letter->actor.capacity,
        .received_us = letter->received_us,
        .stored_us = b->verge.now_us,
        .request = letter->request,
        .reply = letter->reply,
    };
    memcpy(row->salt, salt, sizeof(row->salt));
    row->request_digest = request_digest(b->arena, salt, letter->request);
    inbox_chain(b->arena, &b->head, row);
    return row;
}

/* Draws positions and numbers, in the order of the letters, and makes the replies that tell them.
 */
static int
draw(struct batch *b)
{
    uint8_t *salts = arena_zero(b->arena, 16 * b->count);

    for (size_t got = 0; got < 16 * b->count;) {
        ssize_t n = getrandom(salts + got, 16 * b->count - got, 0);

        if (n > 0)
            got += (size_t) n;
    }
    for (size_t i = 0; i < b->count; i++) {
        struct letter *letter = b->letters[i];
        const struct inbox_row *request = NULL;

        if (letter->fate != ANSWERED)
            continue;
        letter->first_position = b->head.position + 1;
        if (letter_is_request(letter))
            request = add_request_row(b, letter, salts + 16 * i);
        add_event_rows(b, letter, request);
    }
    return 0;
}

int
batch_write(struct batch *b, int64_t *ret_position)
{
    bool journals = adds_to_journal(b);
    bool founds = journals && !b->verge.has_journal;
    size_t first = 0, calls_before;
    int rc;

    store_save(b->writer->store, b->world, b->programme);
    for (size_t i = 0; i < b->count; i++)
        if (b->letters[i]->fate == ANSWERED)
            store_put_asides(b->writer->store, b->programme, &b->letters[i]->outcome.asides);
    calls_before = store_queued(b->writer->store);
    if (founds)
        journal_found(b->db, b->programme);
    if (journals)
        journal_lock(b->db, b->programme);
    if (journals) {
        rc = db_run(b->db);
        if (rc == 0)
            rc = journal_locked(b->db, calls_before + (founds ? 1 : 0), b->programme, &b->head);
        if (rc == 0)
            rc = store_check(b->writer->store, &first);
        if (rc == 0)
            rc = draw(b);
        if (rc)
            return rc;
        journal_write(b->db, b->arena, b->programme, &b->head, &b->events, &b->requests);
    }
    first = 0;
    save_alarms(b);
    save_hearing(b);
    db_commit(b->db);
    rc = db_run(b->db);
    if (rc == 0 && journals)
        rc = journal_written(b->db, &b->events, &b->requests, &first);
    *ret_position = rc == 0 && b->events.count ? b->head.position : 0;
    return rc;
}

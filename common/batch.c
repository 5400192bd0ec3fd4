/* common/batch.c - one transaction, from BEGIN to COMMIT. After the lock of the journal's head
 * nothing is waited for but the one round trip that writes and commits. */
#include "common/batch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "common/answer.h"
#include "common/clock.h"
#include "common/judge.h"
#include "common/proto.h"

static const struct statement look_around = {
    "look around", "SELECT coalesce((SELECT position FROM runtime.journal_head"
                   "                 WHERE programme = 'directory'), 0),"
                   " EXISTS (SELECT FROM runtime.journal_head WHERE programme = $1::text)"
};
static const struct statement find_known = {
    "find known", "SELECT i.*, r.salt FROM unnest($2::uuid[], $3::uuid[]) AS k(source, id)"
                  " CROSS JOIN LATERAL (SELECT source, id, request_digest, reply FROM runtime.inbox"
                  "  WHERE programme = $1::text AND source = k.source AND id = k.id LIMIT 1) AS i"
                  " LEFT JOIN LATERAL (SELECT salt FROM runtime.request WHERE programme = $1::text"
                  "  AND source = k.source AND id = k.id LIMIT 1) AS r ON true"
};
static const struct statement take_timers = {
    "take timers", "DELETE FROM runtime.timer WHERE programme = $1::text AND id = ANY($2::uuid[])"
                   " RETURNING id"
};
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
static const struct statement hear_directory = {
    "hear directory",
    "SELECT position, type, body FROM runtime.journal WHERE programme = 'directory'"
    " AND position > $1::int8 ORDER BY position LIMIT 1000"
};

/* One attempt. */
struct batch {
    struct writer *writer;
    struct db *db;
    struct arena *arena;
    const char *programme;
    struct letter **letters;
    size_t count;
    const struct hearing *hearing;
    struct world *world;
    struct verge verge; /* what surrounds a decision */
    struct journal_head head;
    struct list events;   /* of struct journal_row */
    struct list requests; /* of struct inbox_row */
    size_t alarms;
};

int
writer_open(const struct service *service, const char *dsn, struct writer *ret_writer)
{
    static const struct statement *const all[] = { &look_around, &find_known,  &take_timers,
                                                   &set_timers,  &move_cursor, &park,
                                                   &unpark };
    struct writer w = { .service = service };
    int rc = db_open(dsn, service->name, &w.db);

    for (size_t i = 0; i < sizeof(all) / sizeof(*all) && rc == 0; i++)
        rc = db_prepare(w.db, all[i]);
    if (rc == 0)
        rc = writer_prepare_catch_up(w.db);
    if (rc == 0)
        rc = journal_prepare(w.db);
    if (rc == 0 && (service_founds(service) || service->first_words))
        rc = journal_prepare_founding(w.db);
    if (rc == 0)
        rc = store_open(w.db, service, true, &w.store);
    w.authority = authority_new();
    w.arena = arena_new();
    if (rc)
        writer_close(&w);
    else
        *ret_writer = w;
    return rc;
}

void
writer_close(struct writer *writer)
{
    store_close(&writer->store);
    db_close(&writer->db);
    authority_free(&writer->authority);
    arena_free(&writer->arena);
}

int
writer_prepare_catch_up(struct db *db)
{
    return db_prepare(db, &hear_directory);
}

int
writer_catch_up(struct db *db, struct authority *authority)
{
    size_t rows;
    int rc;

    do {
        db_call(db, &hear_directory);
        db_int8(db, authority_position(authority));
        rc = db_run(db);
        rows = rc ? 0 : db_rows(db_result(db, 0));
        for (size_t i = 0; i < rows && rc == 0; i++) {
            struct bytes body = db_get_bytes(db_result(db, 0), i, 2);

            rc = authority_hear(authority, db_get_int(db_result(db, 0), i, 0),
                                db_get_text(db_result(db, 0), i, 1), body.data, body.size);
        }
    } while (rc == 0 && rows == 1000);
    return rc;
}

/* ------------------------------------------------------------------ loading */

static size_t
rank_of(const struct batch *b, const struct kind *kind)
{
    size_t rank = 0;

    while (b->writer->service->kinds[rank] != kind) {
        assert(b->writer->service->kinds[rank]);
        rank++;
    }
    return rank;
}

static size_t
kinds_of(const struct batch *b)
{
    size_t count = 0;

    while (b->writer->service->kinds[count])
        count++;
    return count;
}

static bool
needs_world(const struct letter *letter)
{
    return letter->handler && letter->fate == UNDECIDED && !letter->twin;
}

static void
name_keys(struct batch *b, struct letter *letter, const void *state)
{
    struct envelope envelope = letter_envelope(letter, b->verge.now_us, b->writer->authority);

    world_needs(b->world, letter->handler, &envelope, state, letter->message, &letter->keys);
}

static int
uuid_order(const void *a, const void *b)
{
    return uuid_compare(a, b);
}

static void
add_id(struct list *ids, const struct uuid *id)
{
    *(struct uuid *) list_add(ids) = *id;
}

/* Queues the load of all of one kind that the letters are known to need. false: none. */
static bool
load_kind(struct batch *b, const struct kind *kind)
{
    struct list ids;
    struct uuid *sorted;
    size_t unique = 0;

    list_init(&ids, b->arena, sizeof(struct uuid));
    for (size_t i = 0; i < b->count; i++) {
        const struct letter *letter = b->letters[i];

        if (!needs_world(letter))
            continue;
        if (letter->kind == kind)
            add_id(&ids, &letter->subject);
        LIST_EACH (const struct held, key, &letter->keys.items)
            if (key->kind == kind && !world_hold(b->world, kind, key->id)->is_loaded)
                add_id(&ids, &key->id);
    }
    if (ids.count == 0)
        return false;
    sorted = ids.items;
    qsort(sorted, ids.count, sizeof(*sorted), uuid_order);
    for (size_t i = 0; i < ids.count; i++)
        if (i == 0 || !uuid_equal(&sorted[i], &sorted[unique - 1]))
            sorted[unique++] = sorted[i];
    store_load(b->writer->store, kind, b->programme, sorted, unique);
    return true;
}

/* The kinds behind the first letter that must see its own aggregate to know what else it needs. */
static size_t
first_unknown(const struct batch *b, size_t from, size_t kinds)
{
    for (size_t i = 0; i < b->count; i++) {
        const struct letter *letter = b->letters[i];

        if (needs_world(letter) && letter->keys.wants_state && rank_of(b, letter->kind) >= from &&
            rank_of(b, letter->kind) + 1 < kinds)
            kinds = rank_of(b, letter->kind) + 1;
    }
    return kinds;
}

static void
ask_inbox(struct batch *b)
{
    size_t requests = 0;

    for (size_t i = 0; i < b->count; i++)
        requests += letter_is_request(b->letters[i]);
    if (requests == 0)
        return;
    b->verge.has_known = true;
    db_call(b->db, &find_known);
    db_text(b->db, b->programme);
    db_array(b->db, DB_UUID, requests);
    for (size_t i = 0; i < b->count; i++)
        if (letter_is_request(b->letters[i]))
            db_uuid(b->db, &b->letters[i]->source);
    db_array(b->db, DB_UUID, requests);
    for (size_t i = 0; i < b->count; i++)
        if (letter_is_request(b->letters[i]))
            db_uuid(b->db, &b->letters[i]->id);
}

static bool
ask_timers(struct batch *b)
{
    size_t timers = 0;

    for (size_t i = 0; i < b->count; i++)
        timers += b->letters[i]->origin == FROM_TIMER;
    if (timers == 0)
        return false;
    db_call(b->db, &take_timers);
    db_text(b->db, b->programme);
    db_array(b->db, DB_UUID, timers);
    for (size_t i = 0; i < b->count; i++)
        if (b->letters[i]->origin == FROM_TIMER)
            db_uuid(b->db, &b->letters[i]->id);
    return true;
}

/* What the last round of loading brought beside the aggregates. Copied: results do not last. */
static void
take_surroundings(struct batch *b, size_t nth, bool asked_timers)
{
    const struct db_result *r;

    if (asked_timers) {
        r = db_result(b->db, nth++);
        for (size_t i = 0; i < db_rows(r); i++)
            add_id(&b->verge.timers, &(struct uuid[]){ db_get_uuid(r, i, 0) }[0]);
    }
    if (b->verge.has_known) {
        r = db_result(b->db, nth++);
        for (size_t i = 0; i < db_rows(r); i++)
            verge_add_known(&b->verge, r, i);
    }
    r = db_result(b->db, nth);
    b->verge.directory_position = db_get_int(r, 0, 0);
    b->verge.has_journal = db_get_int(r, 0, 1) != 0;
}

/* Rank by rank; in one round trip unless some key must be read off a loaded state first. */
static int
load(struct batch *b)
{
    size_t kinds = kinds_of(b);

    for (size_t i = 0; i < b->count; i++)
        if (needs_world(b->letters[i]))
            name_keys(b, b->letters[i], NULL);
    for (size_t from = 0, upto; from < kinds || kinds == 0; from = upto) {
        size_t first = b->hearing || from ? 0 : 1; /* BEGIN's own result */
        bool timers = false;
        int rc;

        upto = first_unknown(b, from, kinds);
        for (size_t rank = from; rank < upto; rank++)
            load_kind(b, b->writer->service->kinds[rank]);
        if (upto == kinds) {
            timers = ask_timers(b);
            ask_inbox(b);
            db_call(b->db, &look_around);
            db_text(b->db, b->programme);
        }
        rc = db_run(b->db);
        if (rc == 0)
            rc = store_loaded(b->writer->store, b->world, b->arena, &first);
        if (rc)
            return rc;
        if (upto == kinds) {
            take_surroundings(b, first, timers);
            break;
        }
        for (size_t i = 0; i < b->count; i++)
            if (needs_world(b->letters[i]) && b->letters[i]->keys.wants_state &&
                rank_of(b, b->letters[i]->kind) < upto)
                name_keys(b, b->letters[i],
                          world_hold(b->world, b->letters[i]->kind, b->letters[i]->subject)->state);
    }
    world_close(b->world);
    if (b->verge.directory_position > authority_position(b->writer->authority))
        return writer_catch_up(b->db, b->writer->authority);
    return 0;
}

/* ------------------------------------------------------------------ writing */

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

static int
write_and_commit(struct batch *b, int64_t *ret_position)
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

/* ------------------------------------------------------------------ one attempt */

/* Requests that are not stored get their reply here: it says final = false, or is the one stored
 * before. */
static void
answer_the_rest(struct batch *b)
{
    for (size_t i = 0; i < b->count; i++) {
        struct letter *letter = b->letters[i];

        if (letter->twin && letter->fate == KNOWN)
            letter->reply = letter->twin->reply;
        else if (letter_is_request(letter) && letter->fate == REFUSED_ONCE)
            letter->reply = answer_pack(b->arena, b->writer->service, letter, false);
    }
}

static bool
anything_to_write(const struct batch *b)
{
    for (size_t i = 0; i < b->count; i++)
        if (b->letters[i]->fate == ANSWERED || b->letters[i]->origin == FROM_TIMER)
            return true;
    return b->hearing;
}

int
batch_run(struct writer *writer, const char *programme, struct letter **letters, size_t count,
          const struct hearing *hearing, int64_t *ret_position)
{
    struct batch b = { .writer = writer,
                       .db = writer->db,
                       .arena = writer->arena,
                       .programme = programme,
                       .letters = letters,
                       .count = count,
                       .hearing = hearing };
    int rc;

    if (!hearing)
        arena_reset(writer->arena, 1 << 20);
    store_forget(writer->store);
    b.world = world_new(b.arena);
    verge_init(&b.verge, b.arena, writer, clock_now_us());
    list_init(&b.events, b.arena, sizeof(struct journal_row));
    list_init(&b.requests, b.arena, sizeof(struct inbox_row));
    for (size_t i = 0; i < count; i++)
        letter_restart(letters[i]);
    judge_twins(letters, count);
    if (!hearing)
        db_begin(b.db);
    *ret_position = 0;
    rc = load(&b);
    if (rc == 0)
        rc = judge_all(&b.verge, b.world, letters, count);
    if (rc == 0 && anything_to_write(&b))
        rc = write_and_commit(&b, ret_position);
    else if (rc == 0)
        rc = db_rollback(b.db);
    if (rc == 0)
        answer_the_rest(&b);
    return rc;
}

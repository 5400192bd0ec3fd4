/* common/batch_write.c - states, asides, journal, inbox and head, alarms, cursor; and COMMIT. */
#include <string.h>
#include <sys/random.h>

#include "common/batch_state.h"
#include "common/crash.h"
#include "common/footing.h"
#include "common/proto.h"
#include "common/record.h"

#define TIMER_COLUMNS "programme, id, service, kind, subject, type, body, due_at"
static const struct statement set_timers = { "set timers",
                                             INSERT_ROWS("runtime.timer", TIMER_COLUMNS),
                                             "runtime.timer", TIMER_COLUMNS };
static const struct statement move_cursor = {
    "move cursor", "UPDATE runtime.cursor SET position = $3::int8"
                   " WHERE consumer = $1::text AND programme = $2::text"
};
#define PARKED_COLUMNS "consumer, programme, position, subject, reason, parked_at"
static const struct statement park = { "park", INSERT_ROWS("runtime.parked", PARKED_COLUMNS),
                                       "runtime.parked", PARKED_COLUMNS };
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
                                 a->kind->name,
                                 a->subject,
                                 a->message->descriptor->name,
                                 proto_pack(b->arena, a->message),
                                 a->due_us };
        }
    if (alarms.count == 0)
        return;
    db_call(b->db, &set_timers);
    db_row_array(b->db, alarms.count);
    LIST_EACH (const struct timer, t, &alarms) {
        db_text(b->db, b->programme);
        db_uuid(b->db, &t->id);
        db_text(b->db, b->writer->service->name);
        db_text(b->db, t->kind);
        db_uuid(b->db, &t->subject);
        db_text(b->db, t->type);
        db_bytes(b->db, t->body.data, t->body.size);
        db_time(b->db, t->due_us);
    }
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
    if (h->parked.count) {
        db_call(b->db, &park);
        db_row_array(b->db, h->parked.count);
    }
    LIST_EACH (const struct parked, p, &h->parked) {
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

/* Draws positions and numbers, in the order of the letters, and makes the replies that tell them.
 */
static void
draw(struct batch *b)
{
    const struct record record = { b->writer->service, b->arena, &b->head, b->verge.now_us };
    uint8_t *salts = arena_zero(b->arena, 16 * b->count);

    for (size_t got = 0; got < 16 * b->count;) {
        ssize_t n = getrandom(salts + got, 16 * b->count - got, 0);

        if (n > 0)
            got += (size_t) n;
    }
    for (size_t i = 0; i < b->count; i++) {
        struct letter *letter = b->letters[i];
        struct inbox_row *request = NULL;

        if (letter->fate != ANSWERED)
            continue;
        letter->first_position = b->head.position + 1;
        if (letter_is_request(letter)) {
            request = list_add(&b->requests);
            *request = record_request(&record, letter, salts + 16 * i);
        }
        LIST_EACH (const struct happened, h, &letter->outcome.happened)
            *(struct journal_row *) list_add(&b->events) =
                record_event(&record, letter, h, request);
    }
}

static void
save_states(struct batch *b)
{
    store_save(b->store, b->world, b->programme, &b->saved);
    for (size_t i = 0; i < b->count; i++)
        if (b->letters[i]->fate == ANSWERED)
            store_put_asides(b->store, b->programme, &b->letters[i]->outcome.asides, &b->saved);
}

/* From then on the writer stands where this leaves the programme: should it fail, so will what is built on it. */
static void
send_commit(struct batch *b)
{
    save_alarms(b);
    save_hearing(b);
    db_commit(b->db);
    db_send(b->db);
    if (b->journals)
        footing_move(b->writer->footing, &b->found, &b->head, b->world, b->letters, b->count);
}

void
batch_write(struct batch *b)
{
    b->journals = adds_to_journal(b);
    b->founds = b->journals && !b->verge.has_journal;
    if (b->founds)
        journal_found(b->db, b->programme);
    save_states(b);
    db_push(b->db); /* the server writes the states while we chain the events */
    CRASH_POINT(states_sent);
    if (b->journals) {
        draw(b);
        journal_add(b->db, b->programme, &b->events, &b->requests);
        journal_move(b->db, &b->head);
    }
    send_commit(b);
}

/* The head goes first: whoever is not where he thinks writes nothing. */
void
batch_write_guess(struct batch *b)
{
    b->writes = b->journals = true;
    draw(b);
    if (b->is_peek)
        db_end_still(b->db);
    db_begin(b->db);
    journal_take(b->db, &b->found, &b->head);
    save_states(b);
    CRASH_POINT(states_sent);
    journal_add(b->db, b->programme, &b->events, &b->requests);
    send_commit(b);
}

/* Behind what comes before the states: the end of a peek, BEGIN, and the head of a guess; a new programme's head. */
int
batch_written(struct batch *b)
{
    size_t first = b->is_guess ? 2 + b->is_peek : b->founds;
    int rc = db_run(b->db);

    if (rc == 0)
        rc = store_check(b->db, &b->saved, &first);
    if (rc == 0 && b->journals)
        rc = journal_added(b->db, &b->events, &b->requests, &first);
    if (rc == 0 && b->journals && !b->is_guess)
        rc = journal_moved(b->db, first);
    return rc;
}

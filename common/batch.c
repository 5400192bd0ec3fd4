/* common/batch.c - one transaction, from BEGIN to COMMIT, in two round trips: one locks the journal's head
 * and loads, one writes and commits; or in one, where nothing need be loaded. Where the head is known, what is loaded
 * needs no lock: moving it tells. All that is written in a programme is written under that one lock. */
#include "common/batch.h"

#include <assert.h>

#include "common/answer.h"
#include "common/batch_state.h"
#include "common/clock.h"
#include "common/crash.h"
#include "common/footing.h"
#include "common/foresight.h"

static const struct statement hear_directory = {
    "hear directory",
    "SELECT position, type, body FROM runtime.journal WHERE programme = 'directory'"
    " AND service = 'directory'"
    " AND position > $1::int8 ORDER BY position LIMIT 1000"
};

int
writer_open(const struct service *service, const char *dsn, struct writer *ret_writer)
{
    struct writer w = { .service = service };
    int rc = db_open(dsn, service->name, &w.db);

    if (rc == 0)
        rc = batch_prepare_load(w.db);
    if (rc == 0)
        rc = batch_prepare_write(w.db);
    if (rc == 0)
        rc = writer_prepare_catch_up(w.db);
    if (rc == 0)
        rc = journal_prepare(w.db);
    if (rc == 0 && (service_founds(service) || service->first_words))
        rc = journal_prepare_founding(w.db);
    if (rc == 0)
        rc = store_open(w.db, service, true, &w.store);
    w.authority = authority_new();
    w.footing = footing_new();
    w.arena = arena_new();
    w.spare = arena_new();
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
    foresight_close(&writer->foresight);
    footing_free(&writer->footing);
    authority_free(&writer->authority);
    arena_free(&writer->arena);
    arena_free(&writer->spare);
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
            if (rc) /* no fault of whatever is being done: nothing may be parked or refused for it */
                rc = err_add(ERR_FATAL, "the directory cannot be read");
        }
    } while (rc == 0 && rows == 1000);
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

void
batch_init(struct batch *b, struct writer *writer, struct arena *arena, const char *programme,
           struct letter **letters, size_t count)
{
    *b = (struct batch){ .writer = writer,
                         .db = writer->db,
                         .store = writer->store,
                         .arena = arena,
                         .programme = programme,
                         .letters = letters,
                         .count = count,
                         .world = world_new(arena),
                         .foreseen = -1 };
    verge_init(&b->verge, arena, writer, clock_now_us());
    list_init(&b->events, arena, sizeof(struct journal_row));
    list_init(&b->requests, arena, sizeof(struct inbox_row));
    list_init(&b->saved, arena, sizeof(struct write));
}

void
batch_restart(struct batch *b)
{
    for (size_t i = 0; i < b->count; i++)
        letter_restart(b->letters[i]);
    judge_twins(b->arena, b->letters, b->count);
}

/* What was read ahead, or will be, was read before the batch: it is told what that changes. */
static void
note(struct batch *b)
{
    if (b->events.count && !b->is_noted)
        foresight_note(b->writer->foresight, b->programme, b->found.position, b->head.position,
                       b->world);
    b->is_noted = true;
}

static struct batch *
open_batch(struct writer *writer, const char *programme, struct letter **letters, size_t count)
{
    int64_t position = -1;
    struct world *world = foresight_use(writer, programme, letters, &position);
    struct batch *b = arena_zero(writer->arena, sizeof(*b));

    store_forget(writer->store);
    batch_init(b, writer, writer->arena, programme, letters, count);
    if (world) {
        b->world = world;
        b->foreseen = position;
    }
    batch_restart(b);
    return b;
}

static void
swap_arenas(struct writer *writer)
{
    struct arena *last = writer->arena;

    writer->arena = writer->spare;
    writer->spare = last;
}

/* In the other arena: the replies of the batch before may still be needed. */
static struct batch *
open_next(struct writer *writer, const char *programme, struct letter **letters, size_t count)
{
    swap_arenas(writer);
    arena_reset(writer->arena, 1 << 20);
    return open_batch(writer, programme, letters, count);
}

static void
ask_locked(struct batch *b)
{
    db_begin(b->db);
    batch_ask_load(b);
    db_send(b->db);
}

void
batch_ask(struct writer *writer, const char *programme, struct letter **letters, size_t count)
{
    struct batch *b = open_next(writer, programme, letters, count);

    writer->asked = b;
    if (!batch_guess(b) && !batch_peek(b))
        ask_locked(b);
}

bool
batch_send_ahead(struct writer *writer, const char *programme, struct letter **letters,
                 size_t count)
{
    struct batch *b;

    if (!writer->pending->writes || !footing_head(writer->footing, programme))
        return false;
    note(writer->pending);
    b = open_next(writer, programme, letters, count);
    if (batch_guess(b))
        writer->asked = b;
    else
        swap_arenas(writer);
    return writer->asked != NULL;
}

/* Of heard events; the transaction has been begun. */
static struct batch *
ask_heard(struct writer *writer, const char *programme, struct letter **letters, size_t count,
          const struct hearing *hearing)
{
    struct batch *b = open_batch(writer, programme, letters, count);

    b->hearing = hearing;
    batch_ask_load(b);
    return b;
}

static int
decide_asked(struct batch *b)
{
    int rc;

    if (b->is_peek) {
        rc = batch_peeked(b);
        if (rc || b->is_guess)
            return rc;
        ask_locked(b);
    }
    rc = batch_load(b);
    CRASH_POINT(head_locked);
    if (rc == 0)
        rc = judge_all(&b->verge, b->world, b->letters, b->count);
    if (rc)
        return rc;
    CRASH_POINT(decided);
    b->writes = anything_to_write(b);
    if (b->writes)
        batch_write(b);
    return 0;
}

int
batch_start(struct writer *writer, const char *programme, struct letter **letters, size_t count,
            const struct hearing *hearing, struct batch **ret_batch)
{
    struct batch *b;
    int rc = 0;

    assert(!writer->asked || writer->asked->letters == letters);
    if (!hearing && !writer->asked)
        batch_ask(writer, programme, letters, count);
    b = hearing ? ask_heard(writer, programme, letters, count, hearing) : writer->asked;
    writer->asked = NULL;
    if (!b->is_guess)
        rc = decide_asked(b);
    if (rc)
        return rc;
    CRASH_POINT(commit_sent);
    *ret_batch = writer->pending = b;
    return 0;
}

int
batch_finish(struct batch *b, struct hint *ret_hint)
{
    int rc = b->writes ? batch_written(b) : db_rollback(b->db);

    CRASH_POINT(committed);
    *ret_hint = (struct hint){ 0 };
    b->writer->pending = NULL;
    if (rc) {
        footing_lose(b->writer->footing);
        b->writer->asked = NULL; /* it fails with this one */
        return rc;
    }
    note(b);
    if (b->events.count)
        ret_hint->position = b->head.position;
    LIST_EACH (const struct journal_row, row, &b->events)
        hint_add_type(ret_hint, row->type);
    answer_the_rest(b);
    return 0;
}

int
batch_run(struct writer *writer, const char *programme, struct letter **letters, size_t count,
          const struct hearing *hearing, struct hint *ret_hint)
{
    struct batch *batch;
    int rc = batch_start(writer, programme, letters, count, hearing, &batch);

    return rc ? rc : batch_finish(batch, ret_hint);
}

/* common/batch.c - one transaction, from BEGIN to COMMIT, in two round trips: one locks the journal's head
 * and loads, one writes and commits. All that is written in a programme is written under that one lock. */
#include "common/batch.h"

#include "common/answer.h"
#include "common/batch_state.h"
#include "common/clock.h"

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

int
batch_run(struct writer *writer, const char *programme, struct letter **letters, size_t count,
          const struct hearing *hearing, struct hint *ret_hint)
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
    judge_twins(b.arena, letters, count);
    if (!hearing)
        db_begin(b.db);
    *ret_hint = (struct hint){ 0 };
    rc = batch_load(&b);
    if (rc == 0)
        rc = judge_all(&b.verge, b.world, letters, count);
    if (rc == 0 && anything_to_write(&b))
        rc = batch_write(&b, ret_hint);
    else if (rc == 0)
        rc = db_rollback(b.db);
    if (rc == 0)
        answer_the_rest(&b);
    return rc;
}

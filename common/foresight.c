/* common/foresight.c - one snapshot: the head's position, and the aggregates of which it is known beforehand that
 * the batch needs them. */
#include "common/foresight.h"

#include <stdlib.h>
#include <string.h>

#include "common/batch_state.h"
#include "common/clock.h"
#include "common/log.h"

/* Fewer letters are not worth a transaction of their own; and where others write in the same programme, what is read
 * beforehand is mostly out of date: then it is not tried again for so many batches. */
enum { WORTH = 16, REST = 32 };

static const struct statement where_is_head = {
    "where is head", "SELECT position FROM runtime.journal_head WHERE programme = $1::text"
};

/* Of what is read for a batch to come: TAKEN when the world has it. */
enum stage { IDLE, ASKED, TAKEN };

struct foresight {
    struct db *db;
    struct store *store;
    struct arena *arena;
    struct batch batch; /* as far as it is known */
    enum stage stage;
    int64_t position;    /* of the head, as it was read */
    int64_t from, to;    /* what the writer wrote meanwhile, */
    struct list changed; /* and where: struct held */
    int rest;
};

int
foresight_open(const struct service *service, const char *dsn, struct foresight **ret_foresight)
{
    struct foresight *f = calloc(1, sizeof(*f));
    int rc;

    if (!f)
        abort();
    f->arena = arena_new();
    rc = db_open(dsn, service->name, &f->db);
    if (rc == 0)
        rc = db_prepare(f->db, &where_is_head);
    if (rc == 0)
        rc = store_open(f->db, service, false, &f->store);
    if (rc)
        foresight_close(&f);
    else
        *ret_foresight = f;
    return rc;
}

void
foresight_close(struct foresight **foresight_p)
{
    struct foresight *f = *foresight_p;

    if (!f)
        return;
    store_close(&f->store);
    db_close(&f->db);
    arena_free(&f->arena);
    free(f);
    *foresight_p = NULL;
}

/* Waits for what was asked. The connection is made anew when it must be: nobody else looks after it. */
static int
await(struct foresight *f)
{
    int rc = f->stage == ASKED ? db_run(f->db) : 0;

    f->stage = IDLE;
    if (rc == 0)
        return 0;
    log_warning("cannot read ahead", "reason", err_text(), NULL);
    f->rest = db_reconnect(f->db) ? REST : 0;
    return rc;
}

void
foresight_forget(struct foresight *f)
{
    if (f && f->stage != IDLE)
        await(f);
}

void
foresight_renew(struct foresight *f)
{
    if (!f)
        return;
    f->stage = IDLE;
    f->rest = db_reconnect(f->db) ? REST : 0;
}

bool
foresight_is_waited_for(const struct foresight *f)
{
    return f && f->stage == ASKED;
}

void
foresight_look(struct writer *writer, const char *programme, struct letter **letters, size_t count)
{
    struct foresight *f = writer->foresight;

    if (!f || count < WORTH || (f->rest > 0 && f->rest--) || (f->stage != IDLE && await(f)))
        return;
    store_forget(f->store);
    arena_reset(f->arena, 1 << 20);
    batch_init(&f->batch, writer, f->arena, arena_text(f->arena, programme), letters, count);
    f->batch.db = f->db;
    f->batch.store = f->store;
    f->from = f->to = -1;
    list_init(&f->changed, f->arena, sizeof(struct held));
    db_begin_still(f->db);
    db_call(f->db, &where_is_head);
    db_text(f->db, programme);
    batch_ask_first(&f->batch);
    db_end_still(f->db);
    db_send(f->db);
    f->stage = ASKED;
}

void
foresight_note(struct foresight *f, const char *programme, int64_t from, int64_t to,
               struct world *world)
{
    if (!f || f->stage == IDLE || strcmp(f->batch.programme, programme) != 0)
        return;
    if (f->to < 0)
        f->from = from;
    f->to = f->to < 0 || f->to == from ? to : INT64_MAX; /* no head is ever there */
    world_add_changed(world, &f->changed);
}

static int
take(struct foresight *f)
{
    bool is_taken = f->stage == TAKEN;
    size_t nth = 2;
    int rc = await(f);

    if (rc || is_taken)
        return rc;
    if (db_rows(db_result(f->db, 1)) != 1)
        return ERR_NOT_FOUND;
    f->position = db_get_int(db_result(f->db, 1), 0, 0);
    return store_loaded(f->store, f->batch.world, f->arena, &nth);
}

void
foresight_take(struct writer *writer)
{
    struct foresight *f = writer->foresight;

    if (foresight_is_waited_for(f) && db_is_first(f->db, writer->db))
        f->stage = take(f) == 0 ? TAKEN : IDLE;
}

struct world *
foresight_use(struct writer *writer, const char *programme, struct letter **letters,
              int64_t *ret_position)
{
    struct foresight *f = writer->foresight;
    struct arena *trade = writer->arena;

    if (!f || f->stage == IDLE || f->batch.letters != letters ||
        strcmp(f->batch.programme, programme) != 0 || take(f))
        return NULL;
    *ret_position = f->position;
    if (f->position == f->from) {
        *ret_position = f->to;
        LIST_EACH (const struct held, h, &f->changed)
            world_forget(f->batch.world, h->kind, h->id);
    }
    writer->arena = f->arena;
    f->arena = trade;
    return f->batch.world;
}

void
foresight_blame(struct foresight *f)
{
    if (f)
        f->rest = REST;
}

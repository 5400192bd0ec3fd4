/* common/verify.c - programme by programme, in one snapshot of the database. */
#include "common/verify.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/verify_parts.h"

static const struct statement begin_snapshot = {
    "begin snapshot", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
};
static const struct statement all_heads = {
    "all heads",
    "SELECT p.programme, coalesce(h.position, 0), h.chain, coalesce(h.inbox_count, 0), "
    "h.inbox_chain"
    " FROM (SELECT programme FROM runtime.journal_head" /* a head that is gone hides nothing */
    "       UNION SELECT programme FROM runtime.journal"
    "       UNION SELECT programme FROM runtime.inbox) AS p"
    " LEFT JOIN runtime.journal_head AS h ON h.programme = p.programme"
    " WHERE $1::text IS NULL OR p.programme = $1::text ORDER BY p.programme"
};

void
verify_damage(struct verifier *v, const char *format, ...)
{
    va_list args;

    v->damages++;
    fprintf(v->options->out, "damage: %s: ", v->programme);
    va_start(args, format);
    vfprintf(v->options->out, format, args);
    va_end(args);
    fputc('\n', v->options->out);
}

static int
read_heads(struct verifier *v, struct arena *arena, struct list *heads)
{
    int rc;

    list_init(heads, arena, sizeof(struct journal_head));
    db_call(v->db, &begin_snapshot);
    db_call(v->db, &all_heads);
    db_text(v->db, v->options->programme);
    rc = db_run(v->db);
    for (size_t i = 0; rc == 0 && i < db_rows(db_result(v->db, 1)); i++) {
        const struct db_result *r = db_result(v->db, 1);
        struct journal_head *head = list_add(heads);

        head->programme = arena_text(arena, db_get_text(r, i, 0));
        head->position = db_get_int(r, i, 1);
        head->chain = db_get_digest(r, i, 2);
        head->inbox_count = db_get_int(r, i, 3);
        head->inbox_chain = db_get_digest(r, i, 4);
    }
    if (rc == 0 && heads->count == 0 && v->options->programme)
        rc = err_set(ERR_NOT_FOUND, "there is no programme %s", v->options->programme);
    return rc;
}

static int
verify_programme(struct verifier *v, const struct journal_head *head)
{
    size_t before = v->damages;
    int rc;

    arena_reset(v->arena, 1 << 20);
    v->programme = head->programme;
    v->head = *head;
    v->world = world_new(v->arena);
    v->events = v->requests = v->erased = v->aggregates = 0;
    rc = verify_journal(v);
    if (rc == 0)
        rc = verify_inbox(v);
    if (rc == 0)
        rc = verify_states(v);
    if (rc == 0)
        fprintf(v->options->out,
                "%s: %s, %lld events, %lld requests (%lld erased), %lld aggregates\n", v->programme,
                v->damages == before ? "ok" : "damaged", (long long) v->events,
                (long long) v->requests, (long long) v->erased, (long long) v->aggregates);
    return rc;
}

/* A programme that a checkpoint knows and the database does not. */
static void
look_for_lost(struct verifier *v, const struct list *heads)
{
    LIST_EACH (const struct checkpoint, c, &v->checkpoints) {
        bool there = false;

        LIST_EACH (const struct journal_head, head, heads)
            there = there || strcmp(head->programme, c->programme) == 0;
        if (!there && !v->options->programme) {
            v->programme = c->programme;
            verify_damage(v, "the whole programme is gone; the checkpoint knew %lld events",
                          (long long) c->position);
        }
    }
}

static int
open_stores(struct verifier *v, struct arena *arena)
{
    size_t count = 0;
    int rc = 0;

    while (v->options->services[count])
        count++;
    v->stores = arena_zero(arena, (count + 1) * sizeof(*v->stores));
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = store_open(v->db, v->options->services[i], false, &v->stores[i]);
    return rc;
}

int
verify_run(const struct verify_options *options, size_t *ret_damages)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(arena_free) struct arena *of_programme = arena_new();
    CLEANUP(arena_free) struct arena *page = arena_new();
    CLEANUP(db_close) struct db *db = NULL;
    struct verifier v = { .options = options, .arena = of_programme, .page = page };
    struct list heads;
    int rc = db_open(options->dsn, "verify", &db);

    v.db = db;
    list_init(&v.checkpoints, arena, sizeof(struct checkpoint));
    if (rc == 0 && options->checkpoint)
        rc = checkpoint_read(arena, options->checkpoint, &v.checkpoints);
    if (rc == 0)
        rc = db_prepare(db, &begin_snapshot);
    if (rc == 0)
        rc = db_prepare(db, &all_heads);
    if (rc == 0)
        rc = verify_prepare(db);
    if (rc == 0)
        rc = open_stores(&v, arena);
    if (rc == 0)
        rc = read_heads(&v, arena, &heads);
    if (rc == 0)
        look_for_lost(&v, &heads);
    for (size_t i = 0; rc == 0 && i < heads.count; i++)
        rc = verify_programme(&v, list_at(&heads, i));
    if (rc == 0 && v.damages == 0 && options->write_checkpoint)
        rc = checkpoint_write(options->write_checkpoint, &heads);
    for (struct store **store = v.stores; store && *store; store++)
        store_close(store);
    if (rc == 0)
        *ret_damages = v.damages;
    return rc;
}

/* common/verify_states.c - every state row against what its events make of it. */
#include <string.h>

#include "common/columns.h"
#include "common/verify_parts.h"

enum { CHUNK = 200 };

static void
differs(struct verifier *v, const struct held *folded, const char *what)
{
    verify_damage(v, "%s %s: %s is not what its events say", folded->kind->name,
                  uuid_text(v->page, &folded->id), what);
}

static void
compare_columns(struct verifier *v, const struct held *folded, const struct column *columns,
                const void *stored, const void *made)
{
    for (const struct column *c = columns; c->name; c++)
        if (!column_equal(c, stored, made))
            differs(v, folded, c->name);
}

static void
compare_children(struct verifier *v, const struct held *folded, const struct child *child,
                 const struct aggregate *stored)
{
    const struct list *made = (const void *) ((const char *) folded->state + child->offset);
    const struct list *there = (const void *) ((const char *) stored + child->offset);

    if (made->count != there->count)
        differs(v, folded, child->member);
    for (size_t i = 0; i < made->count && i < there->count; i++)
        compare_columns(v, folded, child->columns, list_at(there, i), list_at(made, i));
}

static void
compare(struct verifier *v, const struct held *folded, const struct aggregate *stored)
{
    const struct table *table = folded->kind->table;

    v->aggregates++;
    if (stored->version != folded->state->version) {
        differs(v, folded, stored->version ? "its version" : "that it is gone");
        return;
    }
    if (stored->state != folded->state->state)
        differs(v, folded, "its state");
    if (stored->changed_us != folded->state->changed_us)
        differs(v, folded, "the time of its last change");
    compare_columns(v, folded, table->columns, stored, folded->state);
    for (const struct child *c = table->children; c && c->name; c++)
        compare_children(v, folded, c, stored);
}

static int
compare_chunk(struct verifier *v, struct store *store, struct held **folded, size_t count)
{
    struct uuid ids[CHUNK];
    struct world *stored;
    size_t first = 0;
    int rc;

    arena_reset(v->page, 1 << 20);
    stored = world_new(v->page);
    for (size_t i = 0; i < count; i++)
        ids[i] = folded[i]->id;
    store_forget(store);
    store_load(store, folded[0]->kind, v->programme, ids, count, count);
    rc = db_run(v->db);
    if (rc == 0)
        rc = store_loaded(store, stored, v->page, &first);
    for (size_t i = 0; i < count && rc == 0; i++)
        compare(v, folded[i], world_hold(stored, folded[i]->kind, folded[i]->id)->state);
    return rc;
}

/* Rows that no event explains do not come by any id that we know: they are counted. */
static int
count_rows(struct verifier *v, struct store *store, const struct kind *kind, size_t known)
{
    int64_t rows;
    int rc = store_count(store, kind, v->programme, &rows);

    if (rc == 0 && rows > (int64_t) known)
        verify_damage(v, "%s: %lld rows that no event explains", kind->name,
                      (long long) (rows - (int64_t) known));
    return rc;
}

static int
verify_kind(struct verifier *v, struct store *store, const struct kind *kind)
{
    size_t count;
    struct held **folded = world_all(v->world, kind, &count);
    int rc = 0;

    for (size_t i = 0; i < count && rc == 0; i += CHUNK)
        rc = compare_chunk(v, store, folded + i, count - i < CHUNK ? count - i : CHUNK);
    return rc ? rc : count_rows(v, store, kind, count);
}

int
verify_states(struct verifier *v)
{
    int rc = 0;

    for (size_t s = 0; v->options->services[s] && rc == 0; s++)
        for (const struct kind *const *k = v->options->services[s]->kinds; *k && rc == 0; k++)
            rc = verify_kind(v, v->stores[s], *k);
    return rc;
}

/* common/store.c - loads, saves and counts, by the statements that store_sql.c makes. */
#include "common/store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/columns.h"
#include "common/store_state.h"

/* ------------------------------------------------------------------ loading */

static struct kind_statements *
statements_of(struct store *store, const struct kind *kind)
{
    for (size_t i = 0; i < store->kind_count; i++)
        if (store->kinds[i].kind == kind)
            return &store->kinds[i];
    assert(0 && "a kind of another service");
    return NULL;
}

static struct pending *
remember(struct store *store)
{
    assert(store->pending_count < MOST_PENDING);
    return &store->pending[store->pending_count++];
}

static void
ask(struct store *store, const struct statement *statement, const char *programme,
    const struct uuid *ids, size_t count)
{
    db_call(store->db, statement);
    db_text(store->db, programme);
    db_array(store->db, DB_UUID, count);
    for (size_t i = 0; i < count; i++)
        db_uuid(store->db, &ids[i]);
}

void
store_load(struct store *store, const struct kind *kind, const char *programme,
           const struct uuid *ids, size_t count, size_t whole)
{
    struct kind_statements *k = statements_of(store, kind);

    ask(store, &k->load, programme, ids, count);
    *remember(store) = (struct pending){ k, NULL, ids, count, whole };
    for (size_t i = 0; i < k->child_count && whole > 0; i++) {
        ask(store, &k->children[i].load, programme, ids, whole);
        *remember(store) = (struct pending){ k, &k->children[i], ids, whole, whole };
    }
}

static int
take_rows(const struct db_result *result, const struct pending *p, struct world *world,
          struct arena *arena)
{
    int rc = 0;

    for (size_t i = 0; i < p->count; i++) {
        struct held *held = world_hold(world, p->kind->kind, p->ids[i]);

        held->is_loaded = true;
        held->is_whole = i < p->whole;
    }
    for (size_t row = 0; row < db_rows(result) && rc == 0; row++) {
        struct held *held = world_hold(world, p->kind->kind, db_get_uuid(result, row, 0));
        size_t place = 0;

        held->is_loaded = true;
        rc = columns_read(result, row, &place, aggregate_columns, held->state, arena);
        if (rc == 0)
            rc = columns_read(result, row, &place, p->kind->kind->table->columns, held->state,
                              arena);
        held->stored_version = held->state->version;
        held->place = db_get_place(result, row, place);
    }
    return rc;
}

static int
take_children(const struct db_result *result, const struct pending *p, struct world *world,
              struct arena *arena)
{
    int rc = 0;

    for (size_t row = 0; row < db_rows(result) && rc == 0; row++) {
        struct held *held = world_hold(world, p->kind->kind, db_get_uuid(result, row, 0));
        struct list *list = (void *) ((char *) held->state + p->child->child->offset);
        size_t place = 2;

        rc = columns_read(result, row, &place, p->child->child->columns, list_add(list), arena);
        list->stored = list->count;
    }
    return rc;
}

int
store_loaded(struct store *store, struct world *world, struct arena *arena, size_t *first_p)
{
    int rc = 0;

    for (size_t i = 0; i < store->pending_count && rc == 0; i++) {
        const struct pending *p = &store->pending[i];
        const struct db_result *result = db_result(store->db, (*first_p)++);

        rc = p->child ? take_children(result, p, world, arena) : take_rows(result, p, world, arena);
    }
    store->pending_count = 0;
    return rc;
}

/* ------------------------------------------------------------------ saving */

static void
write_columns(struct store *store, const struct column *columns, const void *row)
{
    for (const struct column *c = columns; c->name; c++)
        column_write(store->db, c, row, store->scratch);
}

static void
expect(struct list *writes, const char *what, size_t rows)
{
    *(struct write *) list_add(writes) = (struct write){ what, rows };
}

static void
write_rows(struct store *store, struct kind_statements *k, const char *programme,
           struct held *const *rows, size_t count, bool are_new, struct list *writes)
{
    const struct statement *write = are_new ? &k->insert : &k->update;

    if (count == 0)
        return;
    db_call(store->db, write);
    expect(writes, write->name,
           are_new ? count : 1); /* an update tells in one row that all is well */
    db_row_array(store->db, count);
    for (size_t i = 0; i < count; i++) {
        db_text(store->db, programme);
        write_columns(store, aggregate_columns, rows[i]->state);
        write_columns(store, k->kind->table->columns, rows[i]->state);
    }
    if (!are_new) {
        db_array(store->db, DB_PLACE, count);
        for (size_t i = 0; i < count; i++)
            db_place(store->db, &rows[i]->place);
    }
}

static const struct list *
list_of(const struct held *held, const struct child *child)
{
    return (const void *) ((const char *) held->state + child->offset);
}

static void
write_children(struct store *store, struct child_statements *cs, const char *programme,
               struct held *const *rows, size_t count, struct list *writes)
{
    size_t added = 0;

    for (size_t i = 0; i < count; i++)
        added += list_of(rows[i], cs->child)->count - list_of(rows[i], cs->child)->stored;
    if (added == 0)
        return;
    db_call(store->db, &cs->insert);
    db_row_array(store->db, added);
    for (size_t i = 0; i < count; i++) {
        const struct list *list = list_of(rows[i], cs->child);

        for (size_t n = list->stored; n < list->count; n++) {
            db_text(store->db, programme);
            db_uuid(store->db, &rows[i]->id);
            db_int4(store->db, (int32_t) n);
            write_columns(store, cs->child->columns, list_at(list, n));
        }
    }
    expect(writes, cs->insert.name, added);
}

static int
by_id(const void *a, const void *b)
{
    return uuid_compare(&(*(struct held *const *) a)->id, &(*(struct held *const *) b)->id);
}

/* Splits what changed into rows to insert (in front) and rows to update (behind), each in id order.
 */
static size_t
changed_ones(struct held **all, size_t count, size_t *ret_new)
{
    size_t fresh = 0, changed = 0;
    struct held **rows = all;

    for (size_t i = 0; i < count; i++)
        if (all[i]->state->version != all[i]->stored_version)
            rows[changed++] = all[i];
    for (size_t i = 0; i < changed; i++)
        if (rows[i]->stored_version == 0) {
            struct held *swap = rows[fresh];

            rows[fresh++] = rows[i];
            rows[i] = swap;
        }
    qsort(rows, fresh, sizeof(*rows), by_id);
    qsort(rows + fresh, changed - fresh, sizeof(*rows), by_id);
    *ret_new = fresh;
    return changed;
}

void
store_save(struct store *store, struct world *world, const char *programme, struct list *writes)
{
    arena_reset(store->scratch, 1 << 16);
    for (size_t n = 0; n < store->kind_count; n++) {
        struct kind_statements *k = &store->kinds[n];
        size_t count, fresh;
        struct held **all = world_all(world, k->kind, &count);

        count = changed_ones(all, count, &fresh);
        write_rows(store, k, programme, all, fresh, true, writes);
        write_rows(store, k, programme, all + fresh, count - fresh, false, writes);
        for (size_t i = 0; i < k->child_count; i++)
            write_children(store, &k->children[i], programme, all, count, writes);
    }
}

static const struct statement *
aside_statement_of(const struct store *store, const struct table *table)
{
    for (size_t i = 0; i < store->aside_count; i++)
        if (store->asides[i].table == table)
            return &store->asides[i].insert;
    assert(0 && "a table that the service does not name among its asides");
    return NULL;
}

void
store_put_asides(struct store *store, const char *programme, const struct list *asides,
                 struct list *writes)
{
    LIST_EACH (const struct aside, aside, asides) {
        db_call(store->db, aside_statement_of(store, aside->table));
        db_row_array(store->db, 1);
        db_text(store->db, programme);
        write_columns(store, aside->table->columns, aside->row);
        expect(writes, aside->table->name, 1);
    }
}

int
store_check(const struct db *db, const struct list *writes, size_t *first_p)
{
    int rc = 0;

    LIST_EACH (const struct write, write, writes) {
        size_t changed = db_changed(db_result(db, (*first_p)++));

        if (changed != write->rows && rc == 0)
            rc = err_set(ERR_FATAL, "%s: %zu rows written instead of %zu", write->what, changed,
                         write->rows);
    }
    return rc;
}

void
store_forget(struct store *store)
{
    store->pending_count = 0;
}

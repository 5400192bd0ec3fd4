/* common/store.c - the statements of a service's tables, made from its column tables, and their
 * use. */
#include "common/store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/columns.h"

enum { MOST_KINDS = 16, MOST_CHILDREN = 8, MOST_PENDING = 512, MOST_ASIDES = 4 };

/* The four columns that every aggregate's table begins with; state structs keep them in self. */
static const struct column self_columns[] = {
    { "id", UUID, offsetof(struct aggregate, id), NULL },
    { "version", INT8, offsetof(struct aggregate, version), NULL },
    { "state", ENUM, offsetof(struct aggregate, state), NULL },
    { "changed_at_us", TIME, offsetof(struct aggregate, changed_us), NULL },
    { 0 },
};

struct child_statements {
    const struct child *child;
    struct statement load;
    struct statement insert;
};

struct kind_statements {
    const struct kind *kind;
    struct statement load;
    struct statement insert;
    struct statement update;
    struct statement count;
    size_t child_count;
    struct child_statements children[MOST_CHILDREN];
};

/* What a queued statement was for, so that its result can be taken. */
struct pending {
    const struct kind_statements *kind;
    const struct child_statements *child;
    const struct uuid *ids; /* of a load */
    size_t count;           /* ids asked for, or rows to be written */
};

struct aside_statement {
    const struct table *table;
    struct statement insert;
};

struct store {
    struct db *db;
    struct arena *arena; /* of the statements' texts */
    struct arena *scratch;
    struct kind_statements kinds[MOST_KINDS];
    size_t kind_count;
    struct aside_statement asides[MOST_ASIDES];
    size_t aside_count;
    struct pending pending[MOST_PENDING];
    size_t pending_count;
};

/* ------------------------------------------------------------------ making the statements
 *
 * Each key is looked up by itself (LATERAL with LIMIT, ON CONFLICT): a join would leave it to the planner,
 * who, when a table is young, prefers to walk all of a programme, and goes on doing so when it has grown.
 */

/* ", name" for every column, or ", name = EXCLUDED.name". */
static const char *
names_of(struct arena *arena, const struct column *columns, bool assigns)
{
    const char *text = "";

    for (const struct column *c = columns; c->name; c++) {
        const char *name = column_sql_name(arena, c);

        text = arena_format(arena, "%s, %s%s%s", text, name, assigns ? " = EXCLUDED." : "",
                            assigns ? name : "");
    }
    return text;
}

/* ", $n::type[]" for every column, counting on from first. */
static const char *
arrays_of(struct arena *arena, const struct column *columns, int first)
{
    const char *text = "";

    for (const struct column *c = columns; c->name; c++)
        text = arena_format(arena, "%s, $%d::%s[]", text, first++, column_sql_type(c));
    return text;
}

static void
make_child(struct arena *arena, const struct kind *kind, const struct child *child,
           struct child_statements *ret)
{
    const char *names = names_of(arena, child->columns, false);

    ret->child = child;
    ret->load.name = arena_format(arena, "load %s of %s", child->member, kind->name);
    ret->load.sql =
        arena_format(arena,
                     "SELECT c.* FROM unnest($2::uuid[]) AS k(id) CROSS JOIN LATERAL (SELECT "
                     "parent, place%s FROM %s"
                     " WHERE programme = $1::text AND parent = k.id ORDER BY place OFFSET 0) AS c",
                     names, child->name);
    ret->insert.name = arena_format(arena, "add %s to %s", child->member, kind->name);
    ret->insert.sql =
        arena_format(arena,
                     "INSERT INTO %s (programme, parent, place%s) SELECT $1::text, n.* FROM"
                     " unnest($2::uuid[], $3::int4[]%s) AS n",
                     child->name, names, arrays_of(arena, child->columns, 4));
}

static void
make_kind(struct arena *arena, const struct kind *kind, const char *lock,
          struct kind_statements *ret)
{
    const struct table *t = kind->table;
    const char *names = names_of(arena, t->columns, false);
    const char *arrays = arrays_of(arena, t->columns, 6);

    ret->kind = kind;
    ret->load.name = arena_format(arena, "load %s", kind->name);
    ret->load.sql = arena_format(arena,
                                 "SELECT t.* FROM unnest($2::uuid[]) AS k(id) CROSS JOIN LATERAL"
                                 " (SELECT id, version, state, changed_at%s FROM %s"
                                 " WHERE programme = $1::text AND id = k.id LIMIT 1%s) AS t",
                                 names, t->name, lock);
    ret->count.name = arena_format(arena, "count %s", kind->name);
    ret->count.sql =
        arena_format(arena, "SELECT count(*) FROM %s WHERE programme = $1::text", t->name);
    ret->insert.name = arena_format(arena, "insert %s", kind->name);
    ret->insert.sql = arena_format(
        arena,
        "INSERT INTO %s (programme, id, version, state, changed_at%s) SELECT $1::text, n.* FROM"
        " unnest($2::uuid[], $3::int8[], $4::int4[], $5::timestamptz[]%s) AS n"
        " ON CONFLICT (programme, id) DO NOTHING",
        t->name, names, arrays);
    ret->update.name = arena_format(arena, "update %s", kind->name);
    ret->update.sql =
        arena_format(arena,
                     "INSERT INTO %s AS t (programme, id, version, state, changed_at%s) SELECT "
                     "$1::text, n.* FROM"
                     " unnest($2::uuid[], $3::int8[], $4::int4[], $5::timestamptz[]%s) AS n"
                     " ON CONFLICT (programme, id) DO UPDATE SET version = EXCLUDED.version,"
                     " state = EXCLUDED.state, changed_at = EXCLUDED.changed_at%s"
                     " WHERE t.version < EXCLUDED.version",
                     t->name, names, arrays, names_of(arena, t->columns, true));
    for (const struct child *c = t->children; c && c->name; c++) {
        assert(ret->child_count < MOST_CHILDREN);
        make_child(arena, kind, c, &ret->children[ret->child_count++]);
    }
}

static int
prepare_kind(struct db *db, struct kind_statements *k, bool writes)
{
    int rc = db_prepare(db, &k->load);

    if (rc == 0 && writes)
        rc = db_prepare(db, &k->insert);
    if (rc == 0 && writes)
        rc = db_prepare(db, &k->update);
    if (rc == 0 && !writes)
        rc = db_prepare(db, &k->count);
    for (size_t i = 0; i < k->child_count && rc == 0; i++) {
        rc = db_prepare(db, &k->children[i].load);
        if (rc == 0 && writes)
            rc = db_prepare(db, &k->children[i].insert);
    }
    return rc;
}

static int
prepare_aside(struct store *store, const struct table *table)
{
    struct aside_statement *a = &store->asides[store->aside_count++];
    const char *values = "$1::text";
    int n = 2;

    assert(store->aside_count <= MOST_ASIDES);
    for (const struct column *c = table->columns; c->name; c++)
        values = arena_format(store->arena, "%s, $%d::%s", values, n++, column_sql_type(c));
    a->table = table;
    a->insert.name = arena_format(store->arena, "put %s", table->name);
    a->insert.sql =
        arena_format(store->arena, "INSERT INTO %s (programme%s) VALUES (%s)", table->name,
                     names_of(store->arena, table->columns, false), values);
    return db_prepare(store->db, &a->insert);
}

int
store_open(struct db *db, const struct service *service, bool writes, struct store **ret_store)
{
    struct store *store = calloc(1, sizeof(*store));
    int rc = 0;

    if (!store)
        abort();
    store->db = db;
    store->arena = arena_new();
    store->scratch = arena_new();
    for (const struct kind *const *kind = service->kinds; *kind && rc == 0; kind++) {
        assert(store->kind_count < MOST_KINDS);
        make_kind(store->arena, *kind, writes ? " FOR UPDATE" : "",
                  &store->kinds[store->kind_count]);
        rc = prepare_kind(db, &store->kinds[store->kind_count++], writes);
    }
    for (const struct table *const *t = service->asides; writes && t && *t && rc == 0; t++)
        rc = prepare_aside(store, *t);
    if (rc) {
        store_close(&store);
        return rc;
    }
    *ret_store = store;
    return 0;
}

void
store_close(struct store **store_p)
{
    struct store *store = *store_p;

    if (!store)
        return;
    arena_free(&store->arena);
    arena_free(&store->scratch);
    free(store);
    *store_p = NULL;
}

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
           const struct uuid *ids, size_t count)
{
    struct kind_statements *k = statements_of(store, kind);

    ask(store, &k->load, programme, ids, count);
    *remember(store) = (struct pending){ k, NULL, ids, count };
    for (size_t i = 0; i < k->child_count; i++) {
        ask(store, &k->children[i].load, programme, ids, count);
        *remember(store) = (struct pending){ k, &k->children[i], ids, count };
    }
}

static int
take_rows(const struct db_result *result, const struct pending *p, struct world *world,
          struct arena *arena)
{
    int rc = 0;

    for (size_t i = 0; i < p->count; i++)
        world_hold(world, p->kind->kind, p->ids[i])->is_loaded = true;
    for (size_t row = 0; row < db_rows(result) && rc == 0; row++) {
        struct held *held = world_hold(world, p->kind->kind, db_get_uuid(result, row, 0));
        size_t place = 0;

        held->is_loaded = true;
        for (const struct column *c = self_columns; c->name && rc == 0; c++)
            rc = column_read(result, row, place++, c, held->state, arena);
        for (const struct column *c = p->kind->kind->table->columns; c->name && rc == 0; c++)
            rc = column_read(result, row, place++, c, held->state, arena);
        held->stored_version = held->state->version;
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
        void *item = list_add(list);
        size_t place = 2;

        for (const struct column *c = p->child->child->columns; c->name && rc == 0; c++)
            rc = column_read(result, row, place++, c, item, arena);
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
write_column(struct store *store, const struct column *c, struct held *const *rows, size_t count)
{
    db_array(store->db, column_db_type(c), count);
    for (size_t i = 0; i < count; i++)
        column_write(store->db, c, rows[i]->state, store->scratch);
}

static void
write_rows(struct store *store, struct kind_statements *k, const char *programme,
           struct held *const *rows, size_t count, bool are_new)
{
    if (count == 0)
        return;
    db_call(store->db, are_new ? &k->insert : &k->update);
    db_text(store->db, programme);
    for (const struct column *c = self_columns; c->name; c++)
        write_column(store, c, rows, count);
    for (const struct column *c = k->kind->table->columns; c->name; c++)
        write_column(store, c, rows, count);
    *remember(store) = (struct pending){ k, NULL, NULL, count };
}

static const struct list *
list_of(const struct held *held, const struct child *child)
{
    return (const void *) ((const char *) held->state + child->offset);
}

static void
write_children(struct store *store, struct kind_statements *k, struct child_statements *cs,
               const char *programme, struct held *const *rows, size_t count)
{
    size_t added = 0;

    for (size_t i = 0; i < count; i++)
        added += list_of(rows[i], cs->child)->count - list_of(rows[i], cs->child)->stored;
    if (added == 0)
        return;
#define EACH_ADDED                                                                                 \
    for (size_t i = 0; i < count; i++)                                                             \
        for (size_t n = list_of(rows[i], cs->child)->stored;                                       \
             n < list_of(rows[i], cs->child)->count; n++)
    db_call(store->db, &cs->insert);
    db_text(store->db, programme);
    db_array(store->db, DB_UUID, added);
    EACH_ADDED
    db_uuid(store->db, &rows[i]->id);
    db_array(store->db, DB_INT4, added);
    EACH_ADDED
    db_int4(store->db, (int32_t) n);
    for (const struct column *c = cs->child->columns; c->name; c++) {
        db_array(store->db, column_db_type(c), added);
        EACH_ADDED
        column_write(store->db, c, list_at(list_of(rows[i], cs->child), n), store->scratch);
    }
#undef EACH_ADDED
    *remember(store) = (struct pending){ k, cs, NULL, added };
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
store_save(struct store *store, struct world *world, const char *programme)
{
    arena_reset(store->scratch, 1 << 16);
    for (size_t n = 0; n < store->kind_count; n++) {
        struct kind_statements *k = &store->kinds[n];
        size_t count, fresh;
        struct held **all = world_all(world, k->kind, &count);

        count = changed_ones(all, count, &fresh);
        write_rows(store, k, programme, all, fresh, true);
        write_rows(store, k, programme, all + fresh, count - fresh, false);
        for (size_t i = 0; i < k->child_count; i++)
            write_children(store, k, &k->children[i], programme, all, count);
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
store_put_asides(struct store *store, const char *programme, const struct list *asides)
{
    LIST_EACH (const struct aside, aside, asides) {
        db_call(store->db, aside_statement_of(store, aside->table));
        db_text(store->db, programme);
        for (const struct column *c = aside->table->columns; c->name; c++)
            column_write(store->db, c, aside->row, store->scratch);
        *remember(store) = (struct pending){ NULL, NULL, NULL, 1 };
    }
}

int
store_check(struct store *store, size_t *first_p)
{
    int rc = 0;

    for (size_t i = 0; i < store->pending_count; i++) {
        const struct pending *p = &store->pending[i];
        size_t changed = db_changed(db_result(store->db, (*first_p)++));

        if (changed != p->count && rc == 0)
            rc = err_set(ERR_RETRY, "%s: %zu rows written instead of %zu",
                         p->kind ? p->kind->kind->name : "aside", changed, p->count);
    }
    store->pending_count = 0;
    return rc;
}

size_t
store_queued(const struct store *store)
{
    return store->pending_count;
}

void
store_forget(struct store *store)
{
    store->pending_count = 0;
}

int
store_count(struct store *store, const struct kind *kind, const char *programme, int64_t *ret_rows)
{
    int rc;

    db_call(store->db, &statements_of(store, kind)->count);
    db_text(store->db, programme);
    rc = db_run(store->db);
    if (rc == 0)
        *ret_rows = db_get_int(db_result(store->db, 0), 0, 0);
    return rc;
}

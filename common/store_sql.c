/* common/store_sql.c - the statements of a service's tables, made from its column tables. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/columns.h"
#include "common/store_state.h"

/* Each key is looked up by itself (LATERAL with LIMIT), and written where it was found (ctid): a join would
 * leave it to the planner, who, when a table is young, prefers to walk all of a programme, and goes on doing
 * so when it has grown. */

/* ", name = n.name" for every column. */
static const char *
assignments(struct arena *arena, const struct column *columns)
{
    const char *text = "";

    for (const struct column *c = columns; c->name; c++) {
        const char *name = column_sql_name(arena, c);

        text = arena_format(arena, "%s, %s = n.%s", text, name, name);
    }
    return text;
}

static struct statement
insertion(struct arena *arena, const char *name, const char *table, const char *columns,
          const char *conflict)
{
    return (struct statement){
        .name = name,
        .sql = arena_format(arena, INSERT_ROWS("%s", "%s") "%s", table, columns, columns, table,
                            conflict),
        .table = table,
        .columns = columns,
    };
}

static void
make_child(struct arena *arena, const struct kind *kind, const struct child *child,
           struct child_statements *ret)
{
    const char *names = columns_sql(arena, child->columns);

    ret->child = child;
    ret->load.name = arena_format(arena, "load %s of %s", child->member, kind->name);
    ret->load.sql =
        arena_format(arena,
                     "SELECT c.* FROM unnest($2::uuid[]) AS k(id) CROSS JOIN LATERAL (SELECT "
                     "parent, place%s FROM %s"
                     " WHERE programme = $1::text AND parent = k.id ORDER BY place OFFSET 0) AS c",
                     names, child->name);
    ret->insert =
        insertion(arena, arena_format(arena, "add %s to %s", child->member, kind->name),
                  child->name, arena_format(arena, "programme, parent, place%s", names), "");
}

static void
make_kind(struct arena *arena, const struct kind *kind, struct kind_statements *ret)
{
    const struct table *t = kind->table;
    const char *names = columns_sql(arena, t->columns);
    const char *all = arena_format(arena, "programme, id, version, state, changed_at%s", names);

    ret->kind = kind;
    ret->load.name = arena_format(arena, "load %s", kind->name);
    ret->load.sql = arena_format(arena,
                                 "SELECT t.* FROM unnest($2::uuid[]) AS k(id) CROSS JOIN LATERAL"
                                 " (SELECT id, version, state, changed_at%s, ctid FROM %s"
                                 " WHERE programme = $1::text AND id = k.id LIMIT 1) AS t",
                                 names, t->name);
    ret->insert = insertion(arena, arena_format(arena, "insert %s", kind->name), t->name, all, "");
    /* A row that is not where it was, or as it was, undoes the whole transaction: nobody else may write. */
    ret->update = (struct statement){
        .name = arena_format(arena, "update %s", kind->name),
        .sql =
            arena_format(arena,
                         "WITH saved AS (UPDATE %s AS t SET version = n.version, state = n.state,"
                         " changed_at = n.changed_at%s"
                         " FROM ROWS FROM (unnest($1::%s[]), unnest($2::tid[])) AS n"
                         " WHERE t.ctid = n.unnest AND (t.id = n.id) IS TRUE AND t.version < "
                         "n.version RETURNING 1)"
                         " SELECT runtime.must_be(count(*) = cardinality($2::tid[])) FROM saved",
                         t->name, assignments(arena, t->columns), t->name),
        .table = t->name,
        .columns = all,
    };
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

    assert(store->aside_count <= MOST_ASIDES);
    a->table = table;
    a->insert = insertion(
        store->arena, arena_format(store->arena, "put %s", table->name), table->name,
        arena_format(store->arena, "programme%s", columns_sql(store->arena, table->columns)), "");
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
        make_kind(store->arena, *kind, &store->kinds[store->kind_count]);
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

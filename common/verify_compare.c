/* common/verify_compare.c - folds the events of a lot, and compares what comes out with the tables. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/columns.h"
#include "common/proto.h"
#include "common/verify_parts.h"

/* So many rows at most, where all events need not be there: more would be a lot that is not in order. */
enum { MOST_ROWS = 50000 };

/* What a lot is made of while it is compared. */
struct comparison {
    struct verifier *v;
    struct lot *lot;
    struct world *folded, *stored;
    size_t nth; /* of the results: those before it were taken */
};

/* ------------------------------------------------------------------ reading */

static struct statement
read_range(struct arena *arena, const char *table, const char *first, const char *key,
           const struct column *columns, const char *order)
{
    return (struct statement){
        .name = arena_format(arena, "read rows of %s", table),
        .sql = arena_format(arena,
                            "SELECT %s%s FROM %s WHERE programme = $1::text"
                            " AND %s >= $2::text::uuid AND %s <= $3::text::uuid%s"
                            " LIMIT $4::int8",
                            first, columns_sql(arena, columns), table, key, key, order),
    };
}

void
compare_make(struct arena *arena, const struct kind *kind, struct kind_rows *ret_rows)
{
    ret_rows->kind = kind;
    ret_rows->rows = read_range(arena, kind->table->name, "id, version, state, changed_at", "id",
                                kind->table->columns, "");
    for (const struct child *c = kind->table->children; c && c->name; c++) {
        assert(ret_rows->child_count < MOST_KIND_CHILDREN);
        ret_rows->children[ret_rows->child_count++] = read_range(
            arena, c->name, "parent, place", "parent", c->columns, " ORDER BY parent, place");
    }
}

int
compare_prepare(struct db *db, const struct list *kinds)
{
    int rc = 0;

    LIST_EACH (const struct kind_rows, k, kinds) {
        if (rc == 0)
            rc = db_prepare(db, &k->rows);
        for (size_t n = 0; n < k->child_count && rc == 0; n++)
            rc = db_prepare(db, &k->children[n]);
    }
    return rc;
}

static void
ask_range(const struct comparison *c, const struct statement *statement)
{
    char first[UUID_TEXT_SIZE], last[UUID_TEXT_SIZE];

    uuid_print(&c->lot->first, first);
    uuid_print(&c->lot->last, last);
    db_call(c->v->db, statement);
    db_text(c->v->db, c->v->programme);
    db_text(c->v->db, first);
    db_text(c->v->db, last);
    if (c->lot->is_final)
        db_text(c->v->db, NULL);
    else
        db_int8(c->v->db, MOST_ROWS);
}

static int
read_rows(const struct comparison *c, const struct list *kinds)
{
    LIST_EACH (const struct kind_rows, k, kinds) {
        ask_range(c, &k->rows);
        for (size_t n = 0; n < k->child_count; n++)
            ask_range(c, &k->children[n]);
    }
    return db_run(c->v->db);
}

/* ------------------------------------------------------------------ folding */

/* What an event says happens to its aggregate, once more. */
static void
fold(struct comparison *c, const struct told *told)
{
    struct verifier *v = c->v;
    const struct kind *kind = verify_kind(v, told->service, told->kind);
    const struct word *word = proto_word(told->type);
    long long position = told->position;
    const char *because;
    struct held *held;
    void *event;

    if (!kind || !word || word->kind != WORD_EVENT ||
        proto_unpack(v->arena, word->message, told->body.data, told->body.size, &event)) {
        verify_damage(v, "position %lld: %s of %s.%s cannot be read", position, told->type,
                      told->service, told->kind);
        return;
    }
    held = world_hold(c->folded, kind, told->aggregate);
    if (told->version != held->state->version + 1)
        verify_damage(v, "position %lld: version %lld of %s %s follows %lld", position,
                      (long long) told->version, told->kind, uuid_text(v->page, &told->aggregate),
                      (long long) held->state->version);
    if (world_apply(kind, held->state, event, told->recorded_us, &because))
        verify_damage(v, "position %lld: %s", position, err_text());
    else if (strcmp(because, told->because) != 0)
        verify_damage(v, "position %lld: another reason than its row has", position);
}

/* ------------------------------------------------------------------ comparing */

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
take_rows(struct comparison *c, const struct kind *kind)
{
    const struct db_result *r = db_result(c->v->db, c->nth++);
    int rc = 0;

    for (size_t row = 0; row < db_rows(r) && rc == 0; row++) {
        struct held *held = world_hold(c->stored, kind, db_get_uuid(r, row, 0));
        size_t place = 0;

        rc = columns_read(r, row, &place, aggregate_columns, held->state, c->v->arena);
        if (rc == 0)
            rc = columns_read(r, row, &place, kind->table->columns, held->state, c->v->arena);
    }
    return rc;
}

static int
take_children(struct comparison *c, const struct kind *kind, const struct child *child)
{
    const struct db_result *r = db_result(c->v->db, c->nth++);
    int rc = 0;

    for (size_t row = 0; row < db_rows(r) && rc == 0; row++) {
        struct held *held = world_hold(c->stored, kind, db_get_uuid(r, row, 0));
        struct list *list = (void *) ((char *) held->state + child->offset);
        size_t place = 2;

        rc = columns_read(r, row, &place, child->columns, list_add(list), c->v->arena);
    }
    return rc;
}

/* Rows that no event explains do not come by any id that we know: they are counted. */
static int
compare_kind(struct comparison *c, const struct kind *kind, int64_t *ret_unexplained)
{
    size_t count, rows = db_rows(db_result(c->v->db, c->nth));
    struct held **folded = world_all(c->folded, kind, &count);
    int rc = take_rows(c, kind);

    for (const struct child *child = kind->table->children; child && child->name; child++)
        rc = rc ? rc : take_children(c, kind, child);
    *ret_unexplained = (int64_t) rows;
    for (size_t i = 0; i < count && rc == 0; i++) {
        const struct aggregate *stored = world_hold(c->stored, kind, folded[i]->id)->state;

        *ret_unexplained -= stored->version != 0;
        compare(c->v, folded[i], stored);
    }
    c->lot->aggregates += (int64_t) count;
    return rc;
}

int
compare_lot(struct verifier *v, const struct list *kinds, struct lot *lot)
{
    struct comparison c = { .v = v, .lot = lot };
    int rc;

    arena_reset(v->arena, 16 << 20);
    arena_reset(v->page, 16 << 20);
    c.folded = world_new(v->arena);
    c.stored = world_new(v->arena);
    for (const struct told *told = lot->told; told; told = told->next)
        fold(&c, told);
    rc = read_rows(&c, kinds);
    for (size_t i = 0; i < kinds->count && rc == 0; i++) {
        const struct kind_rows *k = list_at(kinds, i);

        rc = compare_kind(&c, k->kind, &lot->unexplained[i]);
    }
    return rc;
}

/* tests/model/simulation/database.c - stands where the connection and the store stand in the product. */
#include "tests/model/simulation/wrapped.h"

#include <stdlib.h>
#include <sys/random.h>

#include "common/clock.h"
#include "tests/model/simulation/database.h"

struct wanted_row {
    const struct kind *kind;
    struct uuid id;
    bool is_whole;
};

/* ------------------------------------------------------------------ clock and chance */

int64_t
clock_now_us(void)
{
    return sim.now_us;
}

ssize_t
getrandom(void *buffer, size_t size, unsigned flags)
{
    uint8_t *at = buffer;

    (void) flags;
    for (size_t i = 0; i < size; i++)
        at[i] = (uint8_t) dice_next(&sim.dice);
    return (ssize_t) size;
}

/* ------------------------------------------------------------------ the connection */

static void
start(struct db *db)
{
    list_init(&db->calls, db->arena, sizeof(struct call));
    list_init(&db->taken, db->arena, sizeof(struct timer *));
    db->was_run = db->commits = false;
}

int
db_open(const char *dsn, const char *name, struct db **ret_db)
{
    struct db *db = calloc(1, sizeof(*db));

    (void) dsn;
    (void) name;
    if (!db)
        abort();
    db->arena = arena_new();
    db->constraint = "";
    start(db);
    *ret_db = db;
    return 0;
}

void
db_close(struct db **db_p)
{
    struct db *db = *db_p;

    *db_p = NULL;
    if (!db)
        return;
    arena_free(&db->arena);
    free(db);
}

int
db_prepare(struct db *db, const struct statement *statement)
{
    (void) db;
    (void) statement;
    return 0;
}

/* After a run the next call begins a new row of results. */
static struct call *
queue(struct db *db, const struct statement *statement)
{
    struct call *call;

    if (db->was_run)
        list_init(&db->calls, db->arena, sizeof(struct call));
    db->was_run = false;
    call = list_add(&db->calls);
    call->statement = statement;
    list_init(&call->values, db->arena, sizeof(struct value));
    return call;
}

void
db_begin(struct db *db)
{
    if (db->was_run || db->calls.count == 0) {
        arena_reset(db->arena, 1 << 18);
        start(db);
    }
    queue(db, NULL);
}

/* Nobody else does anything meanwhile. What is written goes behind the end of it. */
void
db_begin_still(struct db *db)
{
    db_begin(db);
}

void
db_end_still(struct db *db)
{
    queue(db, NULL);
}

void
db_commit(struct db *db)
{
    queue(db, NULL);
    db->commits = true;
}

int
db_rollback(struct db *db)
{
    start(db);
    return 0;
}

void
db_call(struct db *db, const struct statement *statement)
{
    queue(db, statement);
}

static struct value *
add_value(struct db *db)
{
    struct call *call = list_at(&db->calls, db->calls.count - 1);

    return list_add(&call->values);
}

void
db_text(struct db *db, const char *text)
{
    add_value(db)->text = text;
}

void
db_uuid(struct db *db, const struct uuid *uuid)
{
    static const struct uuid nil;

    add_value(db)->uuid = uuid ? *uuid : nil;
}

void
db_uuids(struct db *db, const struct uuid *uuids, size_t count)
{
    struct value *value = add_value(db);

    value->uuids.items = uuids;
    value->uuids.count = count;
}

void
db_int8(struct db *db, int64_t number)
{
    add_value(db)->number = number;
}

void
db_int4(struct db *db, int32_t number)
{
    add_value(db)->number = number;
}

void
db_bytes(struct db *db, const void *bytes, size_t size)
{
    add_value(db)->bytes = (struct bytes){ bytes, bytes ? size : 0 };
}

void
db_time(struct db *db, int64_t time_us)
{
    add_value(db)->number = time_us;
}

void
db_array(struct db *db, enum db_type type, size_t count)
{
    (void) type;
    add_value(db)->number = (int64_t) count;
}

void
db_row_array(struct db *db, size_t count)
{
    add_value(db)->number = (int64_t) count;
}

void
db_push(struct db *db)
{
    (void) db;
}

void
db_send(struct db *db)
{
    (void) db;
}

struct call *
call_named(struct db *db, const char *name)
{
    LIST_EACH (struct call, call, &db->calls)
        if (call->statement && strcmp(call->statement->name, name) == 0)
            return call;
    return NULL;
}

int
db_run(struct db *db)
{
    const bool commits = db->commits;

    db->commits = false; /* what comes after it is not in a transaction */
    if (db->was_run)     /* nothing was queued since */
        list_init(&db->calls, db->arena, sizeof(struct call));
    db->was_run = true;
    db->is_unknown = false;
    db->constraint = "";
    if (!commits && sim.fault == LOST_READ) {
        sim.fault = NO_FAULT;
        return err_set(ERR_RETRY, "the connection broke while something was read");
    }
    LIST_EACH (struct call, call, &db->calls)
        if (call->statement)
            statement_read(db, call);
    return commits ? transaction_commit(db) : 0;
}

bool
db_commit_is_unknown(const struct db *db)
{
    return db->is_unknown;
}

const char *
db_constraint(const struct db *db)
{
    return db->constraint;
}

/* ------------------------------------------------------------------ results */

struct value *
answer_rows(struct db *db, struct call *call, size_t rows, size_t columns)
{
    call->answer.rows = call->answer.changed = rows;
    call->answer.columns = columns;
    call->answer.cells = arena_zero(db->arena, (rows * columns + 1) * sizeof(struct value));
    return call->answer.cells;
}

const struct db_result *
db_result(const struct db *db, size_t nth)
{
    const struct call *call = list_at(&db->calls, nth);

    return (const void *) &call->answer;
}

static const struct answer *
answer_of(const struct db_result *result)
{
    return (const void *) result;
}

static const struct value *
cell(const struct db_result *result, size_t row, size_t column)
{
    const struct answer *answer = answer_of(result);

    if (row >= answer->rows || column >= answer->columns)
        give_up("row %zu, column %zu of an answer that has no such", row, column);
    return &answer->cells[row * answer->columns + column];
}

size_t
db_rows(const struct db_result *result)
{
    return answer_of(result)->rows;
}

size_t
db_changed(const struct db_result *result)
{
    return answer_of(result)->changed;
}

bool
db_is_null(const struct db_result *result, size_t row, size_t column)
{
    return cell(result, row, column)->is_null;
}

int64_t
db_get_int(const struct db_result *result, size_t row, size_t column)
{
    return cell(result, row, column)->number;
}

struct uuid
db_get_uuid(const struct db_result *result, size_t row, size_t column)
{
    return cell(result, row, column)->uuid;
}

struct bytes
db_get_bytes(const struct db_result *result, size_t row, size_t column)
{
    return cell(result, row, column)->bytes;
}

struct digest
db_get_digest(const struct db_result *result, size_t row, size_t column)
{
    struct bytes bytes = cell(result, row, column)->bytes;
    struct digest digest = { { 0 } };

    if (bytes.size == sizeof(digest.bytes))
        memcpy(digest.bytes, bytes.data, sizeof(digest.bytes));
    return digest;
}

const char *
db_get_text(const struct db_result *result, size_t row, size_t column)
{
    return cell(result, row, column)->text;
}

size_t
db_get_uuids(const struct db_result *result, size_t row, size_t column, struct arena *arena,
             struct uuid **ret_uuids)
{
    const struct value *value = cell(result, row, column);

    *ret_uuids = arena_zero(arena, (value->uuids.count + 1) * sizeof(struct uuid));
    if (value->uuids.count)
        memcpy(*ret_uuids, value->uuids.items, value->uuids.count * sizeof(struct uuid));
    return value->uuids.count;
}

/* ------------------------------------------------------------------ the store */

int
store_open(struct db *db, const struct service *service, bool writes, struct store **ret_store)
{
    (void) writes;
    db->store = (struct store){ .db = db, .service = service };
    *ret_store = &db->store;
    return 0;
}

void
store_close(struct store **store_p)
{
    *store_p = NULL;
}

void
store_load(struct store *store, const struct kind *kind, const char *programme,
           const struct uuid *ids, size_t count, size_t whole)
{
    if (!store->wanted.arena)
        list_init(&store->wanted, store->db->arena, sizeof(struct wanted_row));
    store->programme = programme;
    for (size_t i = 0; i < count; i++)
        *(struct wanted_row *) list_add(&store->wanted) =
            (struct wanted_row){ kind, ids[i], i < whole };
}

int
store_loaded(struct store *store, struct world *world, struct arena *arena, size_t *first_p)
{
    (void) arena;
    (void) first_p;
    LIST_EACH (const struct wanted_row, wanted, &store->wanted) {
        const struct tenant *programme = tenant_called(store->programme);
        struct held *held = world_hold(world, wanted->kind, wanted->id);

        held->is_loaded = true;
        held->is_whole = held->is_whole || wanted->is_whole;
        if (programme)
            row_load(programme, held, wanted->is_whole);
    }
    store->wanted = (struct list){ 0 };
    return 0;
}

void
store_save(struct store *store, struct world *world, const char *programme, struct list *writes)
{
    (void) writes;
    store->world = world;
    store->programme = programme;
}

/* Names and mailboxes of persons: nothing decides by them. */
void
store_put_asides(struct store *store, const char *programme, const struct list *asides,
                 struct list *writes)
{
    (void) store;
    (void) writes;
    (void) programme;
    (void) asides;
}

void
store_forget(struct store *store)
{
    store->wanted = (struct list){ 0 };
    store->world = NULL;
}

int
store_check(const struct db *db, const struct list *writes, size_t *first_p)
{
    (void) db;
    (void) writes;
    (void) first_p;
    return 0;
}

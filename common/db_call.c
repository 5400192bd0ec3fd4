/* common/db_call.c - puts a statement and its parameters together, in PostgreSQL's binary form. */
#include <arpa/inet.h>
#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "common/db_state.h"
#include "common/pg_value.h"

const struct statement db_begin_statement = { "begin", "BEGIN" };
const struct statement db_begin_still_statement = {
    "begin still", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
};
const struct statement db_commit_statement = { "commit", "COMMIT" };
const struct statement db_rollback_statement = { "rollback", "ROLLBACK" };

struct trip *
db_open_trip(struct db *db)
{
    struct trip *last = db->trip_count ? &db->trips[db->trip_count - 1] : NULL;

    return last && !last->is_closed ? last : NULL;
}

static struct trip *
trip_of_call(struct db *db)
{
    struct trip *trip = db_open_trip(db);

    if (trip) {
        assert(trip->calls < MOST_CALLS);
        return trip;
    }
    assert(db->trip_count < MOST_TRIPS);
    trip = &db->trips[db->trip_count++];
    *trip = (struct trip){ 0 };
    return trip;
}

void
db_send_call(struct db *db)
{
    const char *values[MOST_PARAMS];
    int lengths[MOST_PARAMS];
    int formats[MOST_PARAMS];
    struct trip *trip;

    if (!db->call)
        return;
    assert(db->array_left == 0);
    for (size_t i = 0; i < db->param_count; i++) {
        values[i] = db->params[i].length < 0 ? NULL : (const char *) db->buffer + db->params[i].at;
        lengths[i] = db->params[i].length;
        formats[i] = 1;
    }
    trip = trip_of_call(db);
    if (!db->conn || !PQsendQueryPrepared(db->conn, db->call->name, (int) db->param_count, values,
                                          lengths, formats, 1))
        db->send_failed = true;
    trip->calls++;
    trip->has_commit = trip->has_commit || db->call == &db_commit_statement;
    db->call = NULL;
    db->param_count = 0;
    db->used = 0;
}

void
db_call(struct db *db, const struct statement *statement)
{
    db_send_call(db);
    db->call = statement;
}

static void
begin(struct db *db, const struct statement *statement)
{
    db->constraint[0] = '\0'; /* not at each run: it is asked for after the rollback */
    db_call(db, statement);
}

void
db_begin(struct db *db)
{
    begin(db, &db_begin_statement);
}

void
db_begin_still(struct db *db)
{
    begin(db, &db_begin_still_statement);
}

void
db_end_still(struct db *db)
{
    db_call(db, &db_rollback_statement);
}

void
db_commit(struct db *db)
{
    db_call(db, &db_commit_statement);
}

static uint8_t *
room_for(struct db *db, size_t size)
{
    if (db->used + size > db->room) {
        db->room = 2 * (db->used + size) + 4096;
        db->buffer = realloc(db->buffer, db->room);
        if (!db->buffer)
            abort();
    }
    db->used += size;
    return db->buffer + db->used - size;
}

static void
put_number(struct db *db, uint32_t number)
{
    uint32_t big = htonl(number);

    memcpy(room_for(db, sizeof(big)), &big, sizeof(big));
}

/* A value behind its length. */
static void
put_inside(struct db *db, const void *bytes, size_t size)
{
    put_number(db, bytes ? (uint32_t) size : UINT32_MAX);
    if (bytes && size)
        memcpy(room_for(db, size), bytes, size);
}

static void
end_element(struct db *db)
{
    struct param *array = &db->params[db->param_count - 1];

    db->array_left--;
    array->length = (int) (db->used - array->at);
}

/* The columns that nobody gives, up to the next that somebody does; or the end of the row. */
static void
skip_columns(struct db *db)
{
    uint32_t length;

    while (db->column < db->rows->width && !db->rows->are_given[db->column]) {
        put_number(db, db->rows->columns[db->column++]);
        put_inside(db, NULL, 0);
    }
    if (db->column < db->rows->width)
        return;
    length = htonl((uint32_t) (db->used - db->row_at - sizeof(length)));
    memcpy(db->buffer + db->row_at, &length, sizeof(length));
    db->column = 0;
    end_element(db);
}

static void
put_in_row(struct db *db, const void *bytes, size_t size)
{
    if (db->column == 0) {
        db->row_at = db->used;
        put_number(db, 0); /* the row's length, when it is known */
        put_number(db, (uint32_t) db->rows->width);
        skip_columns(db);
    }
    put_number(db, db->rows->columns[db->column++]);
    put_inside(db, bytes, size);
    skip_columns(db);
}

/* Writes a value: as the next parameter, as the next element of the open array, or in the next column of
 * its row. NULL bytes: NULL. */
static void
put(struct db *db, const void *bytes, size_t size)
{
    if (db->array_left && db->rows) {
        put_in_row(db, bytes, size);
        return;
    }
    if (db->array_left) {
        put_inside(db, bytes, size);
        end_element(db);
        return;
    }
    assert(db->param_count < MOST_PARAMS);
    db->params[db->param_count++] = (struct param){ db->used, bytes ? (int) size : -1 };
    memcpy(room_for(db, size + 1), bytes ? bytes : "", bytes ? size : 0);
}

void
db_text(struct db *db, const char *text)
{
    put(db, text, text ? strlen(text) : 0);
}

void
db_uuid(struct db *db, const struct uuid *uuid)
{
    put(db, uuid && !uuid_is_nil(uuid) ? uuid->bytes : NULL, sizeof(uuid->bytes));
}

void
db_int8(struct db *db, int64_t number)
{
    uint64_t big = htobe64((uint64_t) number);

    put(db, &big, sizeof(big));
}

void
db_int4(struct db *db, int32_t number)
{
    uint32_t big = htonl((uint32_t) number);

    put(db, &big, sizeof(big));
}

void
db_bool(struct db *db, bool truth)
{
    put(db, truth ? "\1" : "\0", 1);
}

void
db_bytes(struct db *db, const void *bytes, size_t size)
{
    put(db, bytes, size);
}

void
db_time(struct db *db, int64_t time_us)
{
    uint64_t big = htobe64((uint64_t) (time_us - PG_EPOCH_US));

    put(db, time_us ? &big : NULL, sizeof(big));
}

void
db_place(struct db *db, const struct row_place *place)
{
    put(db, place->bytes, sizeof(place->bytes));
}

/* ------------------------------------------------------------------ arrays */

enum { OID_TEXT = 25, OID_UUID = 2950, ARRAY_HEAD = 20, EMPTY_ARRAY_HEAD = 12 };

static const uint32_t type_oids[] = {
    [DB_TEXT] = OID_TEXT, [DB_UUID] = OID_UUID, [DB_INT8] = 20,   [DB_INT4] = 23,
    [DB_BOOL] = 16,       [DB_BYTES] = 17,      [DB_TIME] = 1184, [DB_PLACE] = 27,
};

/* Dimensions, has it NULLs, type of its elements, how many, counted from. */
static size_t
array_head(uint32_t head[5], uint32_t oid, size_t count)
{
    head[0] = htonl(count ? 1 : 0);
    head[1] = htonl(1);
    head[2] = htonl(oid);
    head[3] = htonl((uint32_t) count);
    head[4] = htonl(1);
    return count ? ARRAY_HEAD : EMPTY_ARRAY_HEAD;
}

static void
open_array(struct db *db, uint32_t oid, size_t count)
{
    uint32_t head[5];
    size_t size = array_head(head, oid, count);

    assert(db->array_left == 0 && db->param_count < MOST_PARAMS);
    db->params[db->param_count++] = (struct param){ db->used, (int) size };
    memcpy(room_for(db, size), head, size);
    db->array_left = count;
    db->rows = NULL;
}

void
db_array(struct db *db, enum db_type type, size_t count)
{
    open_array(db, type_oids[type], count);
}

void
db_row_array(struct db *db, size_t count)
{
    size_t i = 0;

    while (db->statements[i].statement != db->call)
        i++;
    assert(db->statements[i].rows);
    open_array(db, db->statements[i].rows->oid, count);
    db->rows = db->statements[i].rows;
    db->column = 0;
}

void
db_uuids(struct db *db, const struct uuid *uuids, size_t count)
{
    uint8_t *bytes = malloc(ARRAY_HEAD + count * (sizeof(uint32_t) + sizeof(*uuids)));
    uint32_t head[5];
    uint8_t *at = bytes;

    if (!bytes)
        abort();
    at += array_head(head, OID_UUID, count);
    memcpy(bytes, head, (size_t) (at - bytes));
    for (size_t i = 0; i < count; i++) {
        uint32_t length = htonl(sizeof(*uuids));

        memcpy(at, &length, sizeof(length));
        memcpy(at + sizeof(length), &uuids[i], sizeof(*uuids));
        at += sizeof(length) + sizeof(*uuids);
    }
    put(db, bytes, (size_t) (at - bytes));
    free(bytes);
}

/* ------------------------------------------------------------------ the types of rows */

const struct statement db_row_type_statement = {
    "row type", "SELECT a.attname::text, a.atttypid::int8, c.reltype::int8"
                " FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid"
                " WHERE c.oid = to_regclass($1::text) AND a.attnum > 0 AND NOT a.attisdropped"
                " ORDER BY a.attnum"
};

/* Takes "name" off the front of "name, other". */
static bool
take_name(const char **rest_p, const char *name)
{
    size_t length = strcspn(*rest_p, ",");

    if (length == 0 || strlen(name) != length || strncmp(*rest_p, name, length) != 0)
        return false;
    *rest_p += length;
    *rest_p += strspn(*rest_p, ", ");
    return true;
}

int
db_learn_row_type(struct db *db, struct prepared *prepared)
{
    const struct statement *statement = prepared->statement;
    const char *rest = statement->columns;
    const struct db_result *r;
    struct row_type *rows;
    int rc;

    db_call(db, &db_row_type_statement);
    db_text(db, statement->table);
    rc = db_run(db);
    if (rc)
        return rc;
    r = db_result(db, 0);
    if (db_rows(r) == 0 || db_rows(r) > MOST_COLUMNS)
        return err_set(ERR_FATAL, "%s has %zu columns", statement->table, db_rows(r));
    if (!prepared->rows)
        prepared->rows = calloc(1, sizeof(*prepared->rows));
    rows = prepared->rows;
    if (!rows)
        abort();
    rows->width = db_rows(r);
    for (size_t i = 0; i < rows->width; i++) {
        rows->oid = (uint32_t) db_get_int(r, i, 2);
        rows->columns[i] = (uint32_t) db_get_int(r, i, 1);
        rows->are_given[i] = take_name(&rest, db_get_text(r, i, 0));
    }
    if (*rest)
        return err_set(ERR_FATAL, "%s: not a column, or out of order: %s", statement->table, rest);
    return 0;
}

/* common/db_call.c - puts a statement and its parameters together, in PostgreSQL's binary form. */
#include <arpa/inet.h>
#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "common/db_state.h"

const struct statement db_begin_statement = { "begin", "BEGIN" };
const struct statement db_commit_statement = { "commit", "COMMIT" };
const struct statement db_rollback_statement = { "rollback", "ROLLBACK" };

void
db_send_call(struct db *db)
{
    const char *values[MOST_PARAMS];
    int lengths[MOST_PARAMS];
    int formats[MOST_PARAMS];

    if (!db->call)
        return;
    assert(db->array_left == 0);
    for (size_t i = 0; i < db->param_count; i++) {
        values[i] = db->params[i].length < 0 ? NULL : (const char *) db->buffer + db->params[i].at;
        lengths[i] = db->params[i].length;
        formats[i] = 1;
    }
    assert(db->sent < MOST_CALLS);
    if (!db->conn || !PQsendQueryPrepared(db->conn, db->call->name, (int) db->param_count, values,
                                          lengths, formats, 1))
        db->send_failed = true;
    db->sent++;
    if (db->call == &db_commit_statement)
        db->sent_commit = true;
    db->call = NULL;
    db->param_count = 0;
    db->used = 0;
}

void
db_call(struct db *db, const struct statement *statement)
{
    if (db->answered)
        db_clear_results(db);
    db_send_call(db);
    db->call = statement;
}

void
db_begin(struct db *db)
{
    db->constraint[0] = '\0'; /* not at each run: it is asked for after the rollback */
    db_call(db, &db_begin_statement);
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

/* Writes a value: as the next parameter, or as the next element of the open array. NULL bytes:
 * NULL. */
static void
put(struct db *db, const void *bytes, size_t size)
{
    if (db->array_left) {
        uint32_t length = htonl(bytes ? (uint32_t) size : UINT32_MAX);

        memcpy(room_for(db, sizeof(length)), &length, sizeof(length));
        if (bytes && size)
            memcpy(room_for(db, size), bytes, size);
        db->array_left--;
        db->params[db->param_count - 1].length =
            (int) (db->used - db->params[db->param_count - 1].at);
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
    uint64_t big = htobe64((uint64_t) (time_us - EPOCH_US));

    put(db, time_us ? &big : NULL, sizeof(big));
}

void
db_array(struct db *db, enum db_type type, size_t count)
{
    static const uint32_t oids[] = {
        [DB_TEXT] = 25, [DB_UUID] = 2950, [DB_INT8] = 20,   [DB_INT4] = 23,
        [DB_BOOL] = 16, [DB_BYTES] = 17,  [DB_TIME] = 1184,
    };
    uint32_t head[5] = { htonl(count ? 1 : 0), htonl(1), htonl(oids[type]), htonl((uint32_t) count),
                         htonl(1) };
    size_t size = count ? sizeof(head) : 3 * sizeof(head[0]);

    assert(db->array_left == 0 && db->param_count < MOST_PARAMS);
    db->params[db->param_count++] = (struct param){ db->used, (int) size };
    memcpy(room_for(db, size), head, size);
    db->array_left = count;
}

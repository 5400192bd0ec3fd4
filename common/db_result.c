/* common/db_result.c - reads what came back, out of PostgreSQL's binary form. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/db_state.h"

const struct db_result *
db_result(const struct db *db, size_t nth)
{
    assert(nth < db->answered);
    return (const struct db_result *) db->results[nth];
}

static const PGresult *
pg(const struct db_result *result)
{
    return (const PGresult *) result;
}

size_t
db_rows(const struct db_result *result)
{
    return (size_t) PQntuples(pg(result));
}

size_t
db_width(const struct db_result *result)
{
    return (size_t) PQnfields(pg(result));
}

const char *
db_name(const struct db_result *result, size_t column)
{
    return PQfname(pg(result), (int) column);
}

size_t
db_changed(const struct db_result *result)
{
    return strtoul(PQcmdTuples((PGresult *) (uintptr_t) result), NULL, 10);
}

bool
db_is_null(const struct db_result *result, size_t row, size_t column)
{
    return PQgetisnull(pg(result), (int) row, (int) column);
}

bool
db_is_uuid(const struct db_result *result, size_t column)
{
    return PQftype(pg(result), (int) column) == 2950;
}

struct row_place
db_get_place(const struct db_result *result, size_t row, size_t column)
{
    struct row_place place;

    memcpy(place.bytes, PQgetvalue(pg(result), (int) row, (int) column), sizeof(place.bytes));
    return place;
}

struct bytes
db_get_bytes(const struct db_result *result, size_t row, size_t column)
{
    return (struct bytes){ (const uint8_t *) PQgetvalue(pg(result), (int) row, (int) column),
                           (size_t) PQgetlength(pg(result), (int) row, (int) column) };
}

int64_t
db_get_int(const struct db_result *result, size_t row, size_t column)
{
    struct bytes value = db_get_bytes(result, row, column);
    uint64_t number = 0;

    for (size_t i = 0; i < value.size; i++)
        number = number << 8 | value.data[i];
    if (value.size == 4)
        return (int32_t) (uint32_t) number;
    return (int64_t) number;
}

struct uuid
db_get_uuid(const struct db_result *result, size_t row, size_t column)
{
    struct bytes value = db_get_bytes(result, row, column);
    struct uuid uuid = { 0 };

    if (value.size == sizeof(uuid.bytes))
        memcpy(uuid.bytes, value.data, sizeof(uuid.bytes));
    return uuid;
}

struct digest
db_get_digest(const struct db_result *result, size_t row, size_t column)
{
    struct bytes value = db_get_bytes(result, row, column);
    struct digest digest = { 0 };

    if (value.size == sizeof(digest))
        memcpy(&digest, value.data, sizeof(digest));
    return digest;
}

const char *
db_get_text(const struct db_result *result, size_t row, size_t column)
{
    return PQgetvalue(pg(result), (int) row, (int) column);
}

int64_t
db_get_time(const struct db_result *result, size_t row, size_t column)
{
    return db_is_null(result, row, column) ? 0 : db_get_int(result, row, column) + EPOCH_US;
}

size_t
db_get_uuids(const struct db_result *result, size_t row, size_t column, struct arena *arena,
             struct uuid **ret_uuids)
{
    struct bytes value = db_get_bytes(result, row, column);
    size_t count =
        value.size > 20 ? (value.size - 20) / 20 : 0; /* elements of 4 + 16 bytes, none NULL */
    struct uuid *uuids = arena_zero(arena, (count + 1) * sizeof(*uuids));

    for (size_t i = 0; i < count; i++)
        memcpy(uuids[i].bytes, value.data + 20 + i * 20 + 4, 16);
    *ret_uuids = uuids;
    return count;
}

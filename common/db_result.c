/* common/db_result.c - reads what came back, out of PostgreSQL's binary form. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/db_state.h"
#include "common/pg_value.h"

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
    return pg_int(db_get_bytes(result, row, column));
}

struct uuid
db_get_uuid(const struct db_result *result, size_t row, size_t column)
{
    return pg_uuid(db_get_bytes(result, row, column));
}

struct digest
db_get_digest(const struct db_result *result, size_t row, size_t column)
{
    return pg_digest(db_get_bytes(result, row, column));
}

const char *
db_get_text(const struct db_result *result, size_t row, size_t column)
{
    return PQgetvalue(pg(result), (int) row, (int) column);
}

int64_t
db_get_time(const struct db_result *result, size_t row, size_t column)
{
    return pg_time(db_get_bytes(result, row, column));
}

size_t
db_get_uuids(const struct db_result *result, size_t row, size_t column, struct arena *arena,
             struct uuid **ret_uuids)
{
    struct bytes value = db_get_bytes(result, row, column);
    size_t count = pg_uuid_count(value);

    *ret_uuids = arena_zero(arena, (count + 1) * sizeof(**ret_uuids));
    pg_uuids(value, *ret_uuids);
    return count;
}

/* common/pg_value.h - values in PostgreSQL's binary form, as results and COPY bring them.
 *
 * Errors     what is not of the right size reads as zero.
 * Source     PostgreSQL 15 manual, 55.2.3 (formats) and the types' own send functions.
 */
#ifndef SANGKIEN_COMMON_PG_VALUE_H
#define SANGKIEN_COMMON_PG_VALUE_H

#include <endian.h>
#include <string.h>

#include "common/arena.h"
#include "common/id.h"

#define PG_EPOCH_US INT64_C(946684800000000) /* PostgreSQL counts from 2000-01-01 */

/* int8, int4 or bool */
static inline int64_t
pg_int(struct bytes value)
{
    uint64_t eight;
    uint32_t four;

    switch (value.size) {
    case sizeof(eight):
        memcpy(&eight, value.data, sizeof(eight));
        return (int64_t) be64toh(eight);
    case sizeof(four):
        memcpy(&four, value.data, sizeof(four));
        return (int32_t) be32toh(four);
    case 1:
        return value.data[0];
    }
    return 0;
}

/* timestamptz; 0 for NULL. PostgreSQL's last years and its infinity are later than we can say. */
static inline int64_t
pg_time(struct bytes value)
{
    int64_t time_us;

    if (value.size != sizeof(time_us))
        return 0;
    return __builtin_add_overflow(pg_int(value), PG_EPOCH_US, &time_us) ? INT64_MAX : time_us;
}

static inline struct uuid
pg_uuid(struct bytes value)
{
    struct uuid uuid = { 0 };

    if (value.size == sizeof(uuid.bytes))
        memcpy(uuid.bytes, value.data, sizeof(uuid.bytes));
    return uuid;
}

static inline struct digest
pg_digest(struct bytes value)
{
    struct digest digest = { 0 };

    if (value.size == sizeof(digest.bytes))
        memcpy(digest.bytes, value.data, sizeof(digest.bytes));
    return digest;
}

/* Of an array of uuids, none NULL: a head of 20 bytes, then each behind its length. */
static inline size_t
pg_uuid_count(struct bytes array)
{
    return array.size > 20 ? (array.size - 20) / 20 : 0;
}

static inline void
pg_uuids(struct bytes array, struct uuid *ret_uuids)
{
    for (size_t i = 0; i < pg_uuid_count(array); i++)
        memcpy(ret_uuids[i].bytes, array.data + 20 + i * 20 + 4, sizeof(ret_uuids[i].bytes));
}

#endif

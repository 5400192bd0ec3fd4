/* services/gateway/feed_write.h - protobuf's wire format, written in place: for what goes out by the thousand.
 *
 * Shapes     each function writes at `at`, where there must be room, and returns the place behind; field
 *            numbers are below 16, so that a tag is one byte.
 * Threads    pure.
 * Source     protobuf.dev/programming-guides/encoding.
 */
#ifndef SANGKIEN_GATEWAY_FEED_WRITE_H
#define SANGKIEN_GATEWAY_FEED_WRITE_H

#include <stdint.h>
#include <string.h>

#include "common/field.h"

static inline size_t
number_size(uint64_t number)
{
    size_t size = 1;

    for (; number >= 0x80; number >>= 7)
        size++;
    return size;
}

static inline size_t
number_field_size(uint64_t number)
{
    return 1 + number_size(number);
}

static inline size_t
bytes_field_size(size_t size)
{
    return 1 + number_size(size) + size;
}

static inline uint8_t *
put_number(uint8_t *at, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        *at++ = (uint8_t) (number | 0x80);
    *at++ = (uint8_t) number;
    return at;
}

static inline uint8_t *
put_number_field(uint8_t *at, unsigned field, uint64_t number)
{
    *at++ = (uint8_t) (field << 3 | FIELD_NUMBER);
    return put_number(at, number);
}

/* Tag and length; the bytes are the caller's to write. */
static inline uint8_t *
put_head(uint8_t *at, unsigned field, size_t size)
{
    *at++ = (uint8_t) (field << 3 | FIELD_BYTES);
    return put_number(at, size);
}

static inline uint8_t *
put_raw(uint8_t *at, const void *bytes, size_t size)
{
    if (size)
        memcpy(at, bytes, size);
    return at + size;
}

static inline uint8_t *
put_bytes_field(uint8_t *at, unsigned field, const void *bytes, size_t size)
{
    return put_raw(put_head(at, field, size), bytes, size);
}

#endif

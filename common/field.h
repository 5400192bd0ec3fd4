/* common/field.h - protobuf's wire format read one field at a time, in place.
 *
 * Shapes     stricter than the format: no groups, no field 0, tags and lengths of at most five
 *            bytes, numbers of at most ten: what passes here, protobuf-c reads too.
 * Ownership  what is read points into the message.
 * Threads    pure.
 * Source     protobuf.dev/programming-guides/encoding.
 */
#ifndef SANGKIEN_COMMON_FIELD_H
#define SANGKIEN_COMMON_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"

enum field_type { FIELD_NUMBER = 0, FIELD_FIXED64 = 1, FIELD_BYTES = 2, FIELD_FIXED32 = 5 };

struct field {
    uint32_t number;
    enum field_type type;
    uint64_t value;     /* unless FIELD_BYTES */
    struct bytes bytes; /* FIELD_BYTES */
};

enum field_found { FIELD_BAD = -1, FIELD_END = 0, FIELD_GOT = 1 };

/* Takes the next field off the front. FIELD_BAD: this is no protobuf; the rest is worthless. */
enum field_found field_next(struct bytes *rest, struct field *ret_field);

/* Writes what stands before so many bytes of field number; returns its size, at most FIELD_HEAD_SIZE. */
enum { FIELD_HEAD_SIZE = 10 };
size_t field_head(uint8_t *to, uint32_t number, size_t size);

/* The first field of that number and type. Only for messages that were scanned: bad bytes end the
 * search. */
bool field_find(struct bytes message, uint32_t number, enum field_type type,
                struct field *ret_field);

/* Takes one number off the front, as packed fields hold them. */
bool field_number(struct bytes *rest, size_t most_bytes, uint64_t *ret_number);
bool field_fixed(struct bytes *rest, size_t size, uint64_t *ret_number);

#endif

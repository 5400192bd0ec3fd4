/* common/field.c - protobuf's wire format read one field at a time, in place. */
#include "common/field.h"

enum { TAG_BYTES = 5, LENGTH_BYTES = 5, NUMBER_BYTES = 10, MOST_FIELD_NUMBER = (1 << 29) - 1 };

bool
field_number(struct bytes *rest, size_t most_bytes, uint64_t *ret_number)
{
    uint64_t number = 0;

    for (size_t i = 0; i < rest->size && i < most_bytes; i++) {
        uint8_t byte = rest->data[i];

        if (i == NUMBER_BYTES - 1 && byte > 1) /* the 64th bit is the last */
            return false;
        number |= (uint64_t) (byte & 0x7F) << (7 * i);
        if (byte < 0x80) {
            rest->data += i + 1;
            rest->size -= i + 1;
            *ret_number = number;
            return true;
        }
    }
    return false;
}

bool
field_fixed(struct bytes *rest, size_t size, uint64_t *ret_number)
{
    uint64_t number = 0;

    if (rest->size < size)
        return false;
    for (size_t i = 0; i < size; i++)
        number |= (uint64_t) rest->data[i] << (8 * i);
    rest->data += size;
    rest->size -= size;
    *ret_number = number;
    return true;
}

static bool
take_bytes(struct bytes *rest, struct bytes *ret_bytes)
{
    uint64_t length;

    if (!field_number(rest, LENGTH_BYTES, &length) || length > rest->size)
        return false;
    *ret_bytes = (struct bytes){ rest->data, (size_t) length };
    rest->data += length;
    rest->size -= (size_t) length;
    return true;
}

enum field_found
field_next(struct bytes *rest, struct field *ret_field)
{
    struct field field = { 0 };
    uint64_t tag;
    bool is_good;

    if (rest->size == 0)
        return FIELD_END;
    if (!field_number(rest, TAG_BYTES, &tag) || tag >> 3 == 0 || tag >> 3 > MOST_FIELD_NUMBER)
        return FIELD_BAD;
    field.number = (uint32_t) (tag >> 3);
    field.type = (enum field_type)(tag & 7);
    switch (field.type) {
    case FIELD_NUMBER:
        is_good = field_number(rest, NUMBER_BYTES, &field.value);
        break;
    case FIELD_FIXED64:
        is_good = field_fixed(rest, 8, &field.value);
        break;
    case FIELD_FIXED32:
        is_good = field_fixed(rest, 4, &field.value);
        break;
    case FIELD_BYTES:
        is_good = take_bytes(rest, &field.bytes);
        break;
    default: /* groups, and what does not exist */
        is_good = false;
    }
    if (!is_good)
        return FIELD_BAD;
    *ret_field = field;
    return FIELD_GOT;
}

static size_t
put_number(uint8_t *to, uint64_t number)
{
    size_t size = 0;

    while (number >= 0x80) {
        to[size++] = (uint8_t) (number | 0x80);
        number >>= 7;
    }
    to[size++] = (uint8_t) number;
    return size;
}

size_t
field_head(uint8_t *to, uint32_t number, size_t size)
{
    size_t tag_size = put_number(to, (uint64_t) number << 3 | FIELD_BYTES);

    return tag_size + put_number(to + tag_size, size);
}

bool
field_find(struct bytes message, uint32_t number, enum field_type type, struct field *ret_field)
{
    struct field field;

    while (field_next(&message, &field) == FIELD_GOT)
        if (field.number == number && field.type == type) {
            *ret_field = field;
            return true;
        }
    return false;
}

/* common/proto.h - the vocabulary: every message type by its full name, and what can be read off it.
 *
 * Shapes     a type is named by its full protobuf name, "sangkien.funding.v1.SignOff".
 * Errors     0 or a negative ERR_*; NULL where a name is not known.
 * Ownership  what is unpacked or packed lies in the arena.
 * Threads    everything is read-only after start.
 * Source     proto/sangkien/wire/v1/limits.proto for the limits.
 */
#ifndef SANGKIEN_COMMON_PROTO_H
#define SANGKIEN_COMMON_PROTO_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"
#include "common/id.h"

enum word_kind { WORD_PART, WORD_COMMAND, WORD_EVENT, WORD_QUERY };

/* What limits.proto says of one field; in the order of the descriptor's fields. Zero: no such limit. */
struct field_limit {
    uint32_t max_bytes;
    uint32_t max_items;
    uint32_t exact_bytes;
    uint8_t required;
    uint8_t uuid;
    uint8_t positive;
    uint8_t not_negative;
};

struct word {
    const char *name;
    const ProtobufCMessageDescriptor *message;
    enum word_kind kind;
    const struct field_limit *limits;
};

/* Sorted by name; made at build time. */
extern const struct word proto_words[];
extern const size_t proto_word_count;

/* NULL when there is no such message. */
const struct word *proto_word(const char *name);
const struct word *proto_word_of(const ProtobufCMessageDescriptor *message);

/* ERR_POISON: the bytes are not such a message. */
int proto_unpack(struct arena *arena, const ProtobufCMessageDescriptor *message, const void *bytes,
                 size_t size, void *ret_message) MUST_CHECK;

struct bytes proto_pack(struct arena *arena, const void *message);

/* A zeroed, initialised message. */
void *proto_new(struct arena *arena, const ProtobufCMessageDescriptor *message);

/* The place of a field inside a message, by the field's name; NULL when it has none such. */
void *proto_field(void *message, const char *name, const ProtobufCFieldDescriptor **ret_field);

/* Name of an enum value without the enum's own prefix: "AGREED" of FUNDING_STATE_AGREED. */
const char *proto_enum_word(const ProtobufCEnumDescriptor *descriptor, int value);

#endif

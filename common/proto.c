/* common/proto.c - looking up words, and moving messages between bytes and the arena. */
#include "common/proto.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* What one message may grow to: a hostile one can be eighty times its own bytes. */
enum { MOST_UNPACKED = 8 << 20 };

static int
compare_name(const void *name, const void *word)
{
    return strcmp(name, ((const struct word *) word)->name);
}

const struct word *
proto_word(const char *name)
{
    return bsearch(name, proto_words, proto_word_count, sizeof(proto_words[0]), compare_name);
}

/* NULL also for messages that are not ours, such as google.protobuf.Timestamp. */
const struct word *
proto_word_of(const ProtobufCMessageDescriptor *message)
{
    return proto_word(message->name);
}

int
proto_unpack(struct arena *arena, const ProtobufCMessageDescriptor *message, const void *bytes,
             size_t size, void *ret_message)
{
    ProtobufCMessage *unpacked;

    arena_limit(arena, arena_used(arena) + MOST_UNPACKED);
    unpacked = protobuf_c_message_unpack(message, arena_allocator(arena), size, bytes);
    arena_limit(arena, 0);

    if (!unpacked)
        return err_set(ERR_POISON, "%zu bytes are no %s", size, message->name);
    /* it points to a pointer to any message */
    memcpy(ret_message, &unpacked, sizeof(void *));
    return 0;
}

struct bytes
proto_pack(struct arena *arena, const void *message)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    uint8_t *data = arena_zero(arena, size);

    protobuf_c_message_pack(message, data);
    return (struct bytes){ data, size };
}

void *
proto_new(struct arena *arena, const ProtobufCMessageDescriptor *message)
{
    ProtobufCMessage *fresh = arena_zero(arena, message->sizeof_message);

    protobuf_c_message_init(message, fresh);
    return fresh;
}

void *
proto_field(void *message, const char *name, const ProtobufCFieldDescriptor **ret_field)
{
    const ProtobufCMessage *base = message;
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(base->descriptor, name);

    if (!field)
        return NULL;
    if (ret_field)
        *ret_field = field;
    return (char *) message + field->offset;
}

/* FundingState and FUNDING_STATE_AGREED are compared letter by letter, underscores aside. */
const char *
proto_enum_word(const ProtobufCEnumDescriptor *descriptor, int value)
{
    const ProtobufCEnumValue *found = protobuf_c_enum_descriptor_get_value(descriptor, value);
    const char *word;

    if (!found)
        return NULL;
    word = found->name;
    for (const char *c = descriptor->short_name; *c; c++) {
        while (*word == '_')
            word++;
        if (*word++ != toupper((unsigned char) *c))
            return found->name;
    }
    return *word == '_' ? word + 1 : found->name;
}

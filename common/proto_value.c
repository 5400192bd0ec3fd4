/* common/proto_value.c - times, digests and texts, into messages and out of them. */
#include "common/proto_value.h"

#include <assert.h>
#include <string.h>

#include "common/proto.h"

enum { SECOND_US = 1000000 };

Google__Protobuf__Timestamp *
proto_time(struct arena *arena, int64_t time_us)
{
    Google__Protobuf__Timestamp *time = proto_new(arena, &google__protobuf__timestamp__descriptor);
    int64_t rest_us = time_us % SECOND_US;

    if (rest_us < 0)
        rest_us += SECOND_US;
    time->seconds = (time_us - rest_us) / SECOND_US;
    time->nanos = (int32_t) rest_us * 1000;
    return time;
}

int64_t
proto_time_us(const Google__Protobuf__Timestamp *time)
{
    return time ? time->seconds * SECOND_US + time->nanos / 1000 : 0;
}

ProtobufCBinaryData
proto_digest(struct arena *arena, const struct digest *digest)
{
    struct digest *copy = arena_zero(arena, sizeof(*copy));

    *copy = *digest;
    return (ProtobufCBinaryData){ sizeof(copy->bytes), copy->bytes };
}

struct digest
proto_digest_of(ProtobufCBinaryData bytes)
{
    struct digest digest = { { 0 } };

    if (bytes.len == sizeof(digest.bytes))
        memcpy(digest.bytes, bytes.data, sizeof(digest.bytes));
    return digest;
}

const char *
proto_text(const void *message, const char *field)
{
    const ProtobufCFieldDescriptor *found;
    const char *const *text = proto_field((void *) (uintptr_t) message, field, &found);

    assert(text && found->type == PROTOBUF_C_TYPE_STRING);
    return *text;
}

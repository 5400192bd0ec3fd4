/* ops/ctl/cells.c - one field, one text. */
#include "ops/ctl/cells.h"

#include <inttypes.h>

#include "common/clock.h"
#include "common/proto.h"
#include "common/proto_value.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "sangkien/types/v1/types.pb-c.h"

static bool
is_simple(const ProtobufCFieldDescriptor *field)
{
    const void *message = field->descriptor;

    return field->type != PROTOBUF_C_TYPE_MESSAGE ||
           message == &google__protobuf__timestamp__descriptor ||
           message == &types__date__descriptor || message == &types__official_document__descriptor;
}

bool
cell_is_for(const ProtobufCFieldDescriptor *field)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return field->type == PROTOBUF_C_TYPE_STRING;
    return is_simple(field);
}

static const char *
of_message(struct arena *arena, const ProtobufCMessage *message)
{
    if (!message)
        return "";
    if (message->descriptor == &google__protobuf__timestamp__descriptor)
        return time_text(arena, proto_time_us((const void *) message));
    if (message->descriptor == &types__date__descriptor) {
        const Types__Date *d = (const void *) message;

        return arena_format(arena, "%04d-%02d-%02d", d->year, d->month, d->day);
    }
    return ((const Types__OfficialDocument *) (const void *) message)->document_symbol;
}

static const char *
of_bytes(struct arena *arena, const ProtobufCBinaryData *bytes)
{
    char *hex = arena_zero(arena, 2 * bytes->len + 1);

    for (size_t i = 0; i < bytes->len; i++) {
        hex[2 * i] = "0123456789abcdef"[bytes->data[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[bytes->data[i] & 15];
    }
    return hex;
}

static const char *
of_texts(struct arena *arena, const char *const *texts, size_t count)
{
    const char *all = "";

    for (size_t i = 0; i < count; i++)
        all = arena_format(arena, "%s%s%s", all, i ? "; " : "", texts[i]);
    return all;
}

const char *
cell_of(struct arena *arena, const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    const char *base = (const char *) message;
    const void *place = base + field->offset;

    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return of_texts(arena, *(const char *const *const *) place,
                        *(const size_t *) (const void *) (base + field->quantifier_offset));
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        return *(const char *const *) place;
    case PROTOBUF_C_TYPE_BOOL:
        return *(const protobuf_c_boolean *) place ? "true" : "false";
    case PROTOBUF_C_TYPE_ENUM:
        return *(const int32_t *) place
                   ? proto_enum_word(field->descriptor, *(const int32_t *) place)
                   : "";
    case PROTOBUF_C_TYPE_INT32:
        return arena_format(arena, "%" PRId32, *(const int32_t *) place);
    case PROTOBUF_C_TYPE_INT64:
        return arena_format(arena, "%" PRId64, *(const int64_t *) place);
    case PROTOBUF_C_TYPE_BYTES:
        return of_bytes(arena, place);
    case PROTOBUF_C_TYPE_MESSAGE:
        return of_message(arena, *(const ProtobufCMessage *const *) place);
    default:
        return "";
    }
}

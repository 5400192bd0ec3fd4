/* common/fill.c - from columns to message fields by name. */
#include "common/fill.h"

#include <assert.h>
#include <string.h>

#include "common/list.h"
#include "common/proto.h"
#include "common/proto_value.h"
#include "common/table.h"
#include "google/protobuf/timestamp.pb-c.h"

static Google__Protobuf__Timestamp *
timestamp(struct arena *arena, int64_t time_us)
{
    return time_us ? proto_time(arena, time_us) : NULL;
}

static ProtobufCBinaryData
binary(struct arena *arena, const void *bytes, size_t size)
{
    struct bytes copy = arena_bytes(arena, bytes, size);

    return (ProtobufCBinaryData){ copy.size, (uint8_t *) (uintptr_t) copy.data };
}

static bool
has_digest(const struct digest *digest)
{
    static const struct digest none;

    return !digest_equal(digest, &none);
}

static void
fill_column(struct arena *arena, const struct column *c, const void *row, void *place)
{
    const void *member = (const char *) row + c->offset;

    switch (c->type) {
    case ENUM:
    case INT4:
        *(int32_t *) place = *(const int32_t *) member;
        break;
    case INT8:
        *(int64_t *) place = *(const int64_t *) member;
        break;
    case BOOL:
        *(protobuf_c_boolean *) place = *(const bool *) member;
        break;
    case UUID:
    case PARTY:
        *(const char **) place = uuid_text(arena, member);
        break;
    case DIGEST:
        if (has_digest(member))
            *(ProtobufCBinaryData *) place = binary(arena, member, sizeof(struct digest));
        break;
    case TEXT:
    case MESSAGE:
        *(const void **) place = *(const void *const *) member;
        break;
    case TIME:
        *(void **) place = timestamp(arena, *(const int64_t *) member);
        break;
    case COLUMN_END:
        break;
    }
}

/* The field that a column fills: of the same name, for a time without its unit. */
static void *
place_of(struct arena *arena, ProtobufCMessage *message, const struct column *c)
{
    const ProtobufCFieldDescriptor *field;
    char *name = arena_text(arena, c->name);
    size_t length = strlen(name);

    if (c->type == TIME && length > 3)
        name[length - 3] = '\0';
    return proto_field(message, name, &field);
}

static void
fill_columns(struct arena *arena, const struct column *columns, const void *row,
             ProtobufCMessage *message)
{
    for (const struct column *c = columns; c->name; c++) {
        void *place = place_of(arena, message, c);

        if (place)
            fill_column(arena, c, row, place);
    }
}

static void
fill_children(struct arena *arena, const struct child *child, const struct aggregate *state,
              ProtobufCMessage *message)
{
    const struct list *rows = (const void *) ((const char *) state + child->offset);
    const ProtobufCFieldDescriptor *field = NULL;
    ProtobufCMessage ***place = proto_field(message, child->member, &field);
    ProtobufCMessage **items;

    if (!place || rows->count == 0 || field->type != PROTOBUF_C_TYPE_MESSAGE)
        return;
    items = arena_zero(arena, rows->count * sizeof(*items));
    for (size_t i = 0; i < rows->count; i++) {
        items[i] = proto_new(arena, field->descriptor);
        fill_columns(arena, child->columns, list_at(rows, i), items[i]);
    }
    *place = items;
    *(size_t *) (void *) ((char *) message + field->quantifier_offset) = rows->count;
}

ProtobufCMessage *
fill_get(struct arena *arena, const struct query *query, const struct aggregate *state)
{
    static const struct column self[] = {
        { "id", UUID, offsetof(struct aggregate, id), NULL },
        { "version", INT8, offsetof(struct aggregate, version), NULL },
        { "state", ENUM, offsetof(struct aggregate, state), NULL },
        { 0 },
    };
    ProtobufCMessage *response = proto_new(arena, query->response);
    const ProtobufCFieldDescriptor *field = &query->response->fields[0];
    ProtobufCMessage *message = proto_new(arena, field->descriptor);

    fill_columns(arena, self, state, message);
    fill_columns(arena, query->kind->table->columns, state, message);
    for (const struct child *c = query->kind->table->children; c && c->name; c++)
        fill_children(arena, c, state, message);
    *(ProtobufCMessage **) (void *) ((char *) response + field->offset) = message;
    return response;
}

/* ------------------------------------------------------------------ rows */

static void
fill_cell(struct arena *arena, const struct db_result *r, size_t row, size_t column,
          const ProtobufCFieldDescriptor *field, void *place)
{
    struct bytes value = db_get_bytes(r, row, column);

    if (db_is_null(r, row, column))
        return;
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
        *(int64_t *) place = db_get_int(r, row, column);
        break;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_ENUM:
    case PROTOBUF_C_TYPE_BOOL:
        *(int32_t *) place = (int32_t) db_get_int(r, row, column);
        break;
    case PROTOBUF_C_TYPE_STRING:
        if (value.size == 16 && db_is_uuid(r, column))
            *(const char **) place =
                uuid_text(arena, &(struct uuid[]){ db_get_uuid(r, row, column) }[0]);
        else
            *(const char **) place = arena_text(arena, db_get_text(r, row, column));
        break;
    case PROTOBUF_C_TYPE_BYTES:
        *(ProtobufCBinaryData *) place = binary(arena, value.data, value.size);
        break;
    case PROTOBUF_C_TYPE_MESSAGE:
        if (field->descriptor == &google__protobuf__timestamp__descriptor) {
            *(void **) place = timestamp(arena, db_get_time(r, row, column));
        } else {
            void *message = NULL;

            if (proto_unpack(arena, field->descriptor, value.data, value.size, &message) == 0)
                *(void **) place = message;
        }
        break;
    default:
        assert(0 && "a field type that no query returns");
    }
}

/* An array of UUIDs becomes a list of texts. */
static void
fill_uuids(struct arena *arena, const struct db_result *r, size_t row, size_t column,
           const ProtobufCFieldDescriptor *field, ProtobufCMessage *message)
{
    struct uuid *uuids = NULL;
    size_t count = db_get_uuids(r, row, column, arena, &uuids);
    const char **texts = arena_zero(arena, (count + 1) * sizeof(*texts));

    assert(field->type == PROTOBUF_C_TYPE_STRING);
    for (size_t i = 0; i < count; i++)
        texts[i] = uuid_text(arena, &uuids[i]);
    *(const char ***) (void *) ((char *) message + field->offset) = texts;
    *(size_t *) (void *) ((char *) message + field->quantifier_offset) = count;
}

static ProtobufCMessage *
row_message(struct arena *arena, const struct db_result *r, size_t row,
            const ProtobufCMessageDescriptor *type)
{
    ProtobufCMessage *message = proto_new(arena, type);

    for (size_t c = 1; c < db_width(r); c++) {
        const ProtobufCFieldDescriptor *field;
        void *place = proto_field(message, db_name(r, c), &field);

        if (place && field->label == PROTOBUF_C_LABEL_REPEATED)
            fill_uuids(arena, r, row, c, field, message);
        else if (place)
            fill_cell(arena, r, row, c, field, place);
    }
    return message;
}

ProtobufCMessage *
fill_list(struct arena *arena, const struct query *query, const struct db_result *result,
          size_t size, size_t most_bytes)
{
    ProtobufCMessage *response = proto_new(arena, query->response);
    const ProtobufCFieldDescriptor *items = &query->response->fields[0];
    const ProtobufCFieldDescriptor *token_field;
    const char **token = proto_field(response, "next_page_token", &token_field);
    ProtobufCMessage **rows = arena_zero(arena, (db_rows(result) + 1) * sizeof(*rows));
    size_t count = 0, bytes = 0;

    while (count < db_rows(result) && count < size) {
        rows[count] = row_message(arena, result, count, items->descriptor);
        bytes += protobuf_c_message_get_packed_size(rows[count]);
        if (count && bytes > most_bytes)
            break;
        count++;
    }
    *(ProtobufCMessage ***) (void *) ((char *) response + items->offset) = rows;
    *(size_t *) (void *) ((char *) response + items->quantifier_offset) = count;
    if (count < db_rows(result) && count && token)
        *token = arena_text(arena, db_get_text(result, count - 1, 0));
    return response;
}

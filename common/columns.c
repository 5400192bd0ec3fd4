/* common/columns.c - one column: its SQL, its value out of a struct, its value into a struct. */
#include "common/columns.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/decide.h"
#include "common/proto.h"

const struct column aggregate_columns[] = {
    { "id", UUID, offsetof(struct aggregate, id), NULL },
    { "version", INT8, offsetof(struct aggregate, version), NULL },
    { "state", ENUM, offsetof(struct aggregate, state), NULL },
    { "changed_at_us", TIME, offsetof(struct aggregate, changed_us), NULL },
    { 0 },
};

const char *
column_sql_name(struct arena *arena, const struct column *column)
{
    size_t length = strlen(column->name);
    char *name = arena_text(arena, column->name);

    if (column->type == TIME && length > 3 && strcmp(name + length - 3, "_us") == 0)
        name[length - 3] = '\0';
    return name;
}

const char *
columns_sql(struct arena *arena, const struct column *columns)
{
    const char *text = "";

    for (const struct column *c = columns; c->name; c++)
        text = arena_format(arena, "%s, %s", text, column_sql_name(arena, c));
    return text;
}

static bool
is_zero(const struct digest *digest)
{
    static const struct digest zero;

    return memcmp(digest, &zero, sizeof(zero)) == 0;
}

static void
write_message(struct db *db, const ProtobufCMessage *message, struct arena *arena)
{
    struct bytes packed = { NULL, 0 };

    if (message)
        packed = proto_pack(arena, message);
    db_bytes(db, packed.data, packed.size);
}

void
column_write(struct db *db, const struct column *column, const void *row, struct arena *arena)
{
    const void *member = (const char *) row + column->offset;

    switch (column->type) {
    case ENUM:
    case INT4:
        db_int4(db, *(const int32_t *) member);
        break;
    case INT8:
        db_int8(db, *(const int64_t *) member);
        break;
    case BOOL:
        db_bool(db, *(const bool *) member);
        break;
    case UUID:
    case PARTY:
        db_uuid(db, member);
        break;
    case DIGEST:
        db_bytes(db, is_zero(member) ? NULL : member, sizeof(struct digest));
        break;
    case TEXT:
        db_text(db, *(const char *const *) member ? *(const char *const *) member : "");
        break;
    case TIME:
        db_time(db, *(const int64_t *) member);
        break;
    case MESSAGE:
        write_message(db, *(const ProtobufCMessage *const *) member, arena);
        break;
    case COLUMN_END:
        break;
    }
}

static int
read_message(const struct db_result *result, size_t row, size_t place, const struct column *column,
             void *member, struct arena *arena)
{
    struct bytes value = db_get_bytes(result, row, place);

    if (db_is_null(result, row, place))
        return 0;
    return proto_unpack(arena, column->message, value.data, value.size, member);
}

int
column_read(const struct db_result *result, size_t row, size_t place, const struct column *column,
            void *item, struct arena *arena)
{
    void *member = (char *) item + column->offset;
    struct bytes value = db_get_bytes(result, row, place);

    switch (column->type) {
    case ENUM:
    case INT4:
        *(int32_t *) member = (int32_t) db_get_int(result, row, place);
        break;
    case INT8:
        *(int64_t *) member = db_get_int(result, row, place);
        break;
    case BOOL:
        *(bool *) member = db_get_int(result, row, place) != 0;
        break;
    case UUID:
    case PARTY:
        *(struct uuid *) member = db_get_uuid(result, row, place);
        break;
    case DIGEST:
        if (value.size == sizeof(struct digest))
            memcpy(member, value.data, value.size);
        break;
    case TEXT:
        *(const char **) member = arena_text(arena, db_get_text(result, row, place));
        break;
    case TIME:
        *(int64_t *) member = db_get_time(result, row, place);
        break;
    case MESSAGE:
        return read_message(result, row, place, column, member, arena);
    case COLUMN_END:
        break;
    }
    return 0;
}

int
columns_read(const struct db_result *result, size_t row, size_t *place_p,
             const struct column *columns, void *item, struct arena *arena)
{
    int rc = 0;

    for (const struct column *c = columns; c->name && rc == 0; c++)
        rc = column_read(result, row, (*place_p)++, c, item, arena);
    return rc;
}

static void
own_message(const struct column *column, ProtobufCMessage **message_p, struct arena *arena)
{
    struct bytes packed = proto_pack(arena, *message_p);
    int rc = proto_unpack(arena, column->message, packed.data, packed.size, message_p);

    assert(rc == 0);
}

void
columns_own(const struct column *columns, void *item, struct arena *arena)
{
    for (const struct column *c = columns; c->name; c++) {
        void *member = (char *) item + c->offset;

        if (c->type == TEXT)
            *(const char **) member = arena_text(arena, *(const char **) member);
        else if (c->type == MESSAGE && *(ProtobufCMessage **) member)
            own_message(c, member, arena);
    }
}

/* By their bytes, since the same fields are always packed alike. */
static bool
messages_equal(const ProtobufCMessage *a, const ProtobufCMessage *b)
{
    uint8_t *bytes;
    size_t size;
    bool equal;

    if (!a || !b || a == b)
        return a == b;
    size = protobuf_c_message_get_packed_size(a);
    if (protobuf_c_message_get_packed_size(b) != size)
        return false;
    bytes = malloc(2 * size + 1);
    if (!bytes)
        abort();
    protobuf_c_message_pack(a, bytes);
    protobuf_c_message_pack(b, bytes + size);
    equal = memcmp(bytes, bytes + size, size) == 0;
    free(bytes);
    return equal;
}

bool
column_equal(const struct column *column, const void *a, const void *b)
{
    const void *left = (const char *) a + column->offset;
    const void *right = (const char *) b + column->offset;

    switch (column->type) {
    case ENUM:
    case INT4:
        return *(const int32_t *) left == *(const int32_t *) right;
    case INT8:
    case TIME:
        return *(const int64_t *) left == *(const int64_t *) right;
    case BOOL:
        return *(const bool *) left == *(const bool *) right;
    case UUID:
    case PARTY:
        return uuid_equal(left, right);
    case DIGEST:
        return digest_equal(left, right);
    case TEXT:
        return strcmp(*(const char *const *) left, *(const char *const *) right) == 0;
    case MESSAGE:
        return messages_equal(*(ProtobufCMessage *const *) left,
                              *(ProtobufCMessage *const *) right);
    case COLUMN_END:
        break;
    }
    return true;
}

/* tests/fuzz/kept.c - a second reading of what the scanner let pass; plain and slow, and nothing of it shared. */
#include "tests/fuzz/kept.h"

#include "services/gateway/scan.h"
#include "tests/fuzz/input.h"

/* ------------------------------------------------------------------ bytes */

struct walk {
    unsigned fields;
};

static uint64_t
varint(struct bytes *in)
{
    uint64_t number = 0;
    unsigned shift = 0;
    uint8_t byte;

    do {
        PROMISE(in->size > 0 && shift < 70, "a number has no end");
        byte = take_byte(in);
        if (shift < 64)
            number |= (uint64_t) (byte & 0x7F) << shift;
        shift += 7;
    } while (byte & 0x80);
    return number;
}

static size_t
width_of(const ProtobufCFieldDescriptor *f)
{
    switch (f->type) {
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
        return 4;
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return 8;
    default:
        return 0;
    }
}

static bool
is_in_length(const ProtobufCFieldDescriptor *f)
{
    return f->type == PROTOBUF_C_TYPE_STRING || f->type == PROTOBUF_C_TYPE_BYTES ||
           f->type == PROTOBUF_C_TYPE_MESSAGE;
}

static void walk_message(struct walk *walk, const ProtobufCMessageDescriptor *message,
                         struct bytes in, unsigned depth);

/* Elements, one behind the other. */
static unsigned
walk_packed(struct walk *walk, const ProtobufCFieldDescriptor *f, struct bytes in)
{
    unsigned count = 0;

    for (; in.size; count++) {
        size_t width = width_of(f);

        if (width == 0)
            varint(&in);
        else
            PROMISE(take_some(&in, width).size == width, "%s: an element is cut", f->name);
    }
    walk->fields += count;
    return count;
}

static unsigned
walk_value(struct walk *walk, const ProtobufCFieldDescriptor *f, unsigned type, struct bytes *in,
           unsigned depth)
{
    struct bytes inner;
    size_t length, width = width_of(f);

    if (type != 2) {
        PROMISE(!is_in_length(f) && type == (width == 8   ? 1
                                             : width == 4 ? 5
                                                          : 0),
                "%s: stands there as another type", f->name);
        if (type == 0)
            varint(in);
        else
            PROMISE(take_some(in, width).size == width, "%s: is cut", f->name);
        return 1;
    }
    length = varint(in);
    inner = take_some(in, length);
    PROMISE(inner.size == length, "%s: is cut", f->name);
    if (is_in_length(f)) {
        if (f->type == PROTOBUF_C_TYPE_MESSAGE)
            walk_message(walk, f->descriptor, inner, depth + 1);
        return 1;
    }
    PROMISE(f->label == PROTOBUF_C_LABEL_REPEATED, "%s: stands there as another type", f->name);
    return walk_packed(walk, f, inner);
}

static const ProtobufCFieldDescriptor *
field_of(const ProtobufCMessageDescriptor *message, uint64_t number)
{
    for (unsigned i = 0; i < message->n_fields; i++)
        if (message->fields[i].id == number)
            return &message->fields[i];
    return NULL;
}

static void
walk_message(struct walk *walk, const ProtobufCMessageDescriptor *message, struct bytes in,
             unsigned depth)
{
    unsigned seen[SCAN_MOST_MEMBERS] = { 0 };

    PROMISE(depth <= SCAN_MOST_DEPTH, "%s: %u levels", message->name, depth);
    while (in.size) {
        uint64_t tag = varint(&in);
        const ProtobufCFieldDescriptor *f = field_of(message, tag >> 3);

        PROMISE(f, "%s: has no field %llu", message->name, (unsigned long long) (tag >> 3));
        walk->fields++;
        seen[f - message->fields] += walk_value(walk, f, tag & 7, &in, depth);
        PROMISE(walk->fields <= SCAN_MOST_FIELDS, "%u fields", walk->fields);
    }
    for (unsigned i = 0; i < message->n_fields; i++) {
        const ProtobufCFieldDescriptor *f = &message->fields[i];

        PROMISE(f->label == PROTOBUF_C_LABEL_REPEATED || seen[i] <= 1, "%s: %s is there twice",
                message->name, f->name);
        for (unsigned n = 0; n < i; n++)
            PROMISE(!(f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) || !seen[n] || !seen[i] ||
                        message->fields[n].quantifier_offset != f->quantifier_offset,
                    "%s: %s beside %s", message->name, f->name, message->fields[n].name);
    }
}

void
kept_in_bytes(const struct word *word, struct bytes bytes)
{
    struct walk walk = { 0 };

    PROMISE(bytes.size <= SCAN_MOST_BYTES, "%zu bytes", bytes.size);
    walk_message(&walk, word->message, bytes, 1);
}

/* ------------------------------------------------------------------ messages */

/* Well-formed, shortest form, no surrogates (RFC 3629), and no control characters but tab and line feed. */
static void
look_at_text(const char *name, const char *text)
{
    const uint8_t *t = (const uint8_t *) text;

    while (*t) {
        unsigned more = *t < 0x80 ? 0 : *t < 0xE0 ? 1 : *t < 0xF0 ? 2 : 3;
        uint32_t c = more == 0 ? *t : *t & (0x3Fu >> more);

        PROMISE(*t < 0x80 || (*t >= 0xC2 && *t <= 0xF4), "%s: is not UTF-8", name);
        for (t++; more; more--, t++) {
            PROMISE((*t & 0xC0) == 0x80, "%s: is not UTF-8", name);
            c = c << 6 | (*t & 0x3F);
        }
        PROMISE(c < 0xD800 || (c > 0xDFFF && c <= 0x10FFFF), "%s: is not UTF-8", name);
        PROMISE(c >= 0xA0 || (c < 0x7F && c >= 0x20) || c == '\n' || c == '\t',
                "%s: a control character", name);
    }
}

static void
look_at_uuid(const char *name, const char *text)
{
    PROMISE(strlen(text) == 36 && strspn(text, "0123456789abcdef-") == 36, "%s: is no UUID", name);
}

static void
look_at_string(const ProtobufCFieldDescriptor *f, const struct field_limit *limit, const char *text)
{
    size_t size = strlen(text);

    look_at_text(f->name, text);
    PROMISE(!limit->max_bytes || size <= limit->max_bytes, "%s: %zu bytes", f->name, size);
    PROMISE(!limit->required || size, "%s: is empty", f->name);
    if (limit->uuid && size)
        look_at_uuid(f->name, text);
}

static void
look_at_bytes(const ProtobufCFieldDescriptor *f, const struct field_limit *limit,
              const ProtobufCBinaryData *bytes)
{
    PROMISE(!limit->max_bytes || bytes->len <= limit->max_bytes, "%s: %zu bytes", f->name,
            bytes->len);
    PROMISE(!limit->required || bytes->len, "%s: is empty", f->name);
    PROMISE(!limit->exact_bytes || !bytes->len || bytes->len == limit->exact_bytes,
            "%s: %zu bytes, not %u", f->name, bytes->len, limit->exact_bytes);
}

static void
look_at_number(const ProtobufCFieldDescriptor *f, const struct field_limit *limit, int64_t number)
{
    PROMISE(!limit->required || number, "%s: is zero", f->name);
    PROMISE(!limit->positive || number > 0, "%s: %lld", f->name, (long long) number);
    PROMISE(!limit->not_negative || number >= 0, "%s: %lld", f->name, (long long) number);
    if (f->type == PROTOBUF_C_TYPE_ENUM)
        PROMISE(protobuf_c_enum_descriptor_get_value(f->descriptor, (int) number),
                "%s: no value %lld", f->name, (long long) number);
}

static void
look_at(const ProtobufCFieldDescriptor *f, const struct field_limit *limit, const void *value)
{
    switch (f->type) {
    case PROTOBUF_C_TYPE_STRING:
        look_at_string(f, limit, *(const char *const *) value);
        break;
    case PROTOBUF_C_TYPE_BYTES:
        look_at_bytes(f, limit, value);
        break;
    case PROTOBUF_C_TYPE_MESSAGE:
        PROMISE(!limit->required || *(void *const *) value, "%s: is not there", f->name);
        if (*(void *const *) value)
            kept_in_message(proto_word_of(f->descriptor), *(void *const *) value);
        break;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_ENUM:
        look_at_number(f, limit, *(const int32_t *) value);
        break;
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        look_at_number(f, limit, *(const uint32_t *) value);
        break;
    case PROTOBUF_C_TYPE_BOOL:
        look_at_number(f, limit, *(const protobuf_c_boolean *) value);
        break;
    default:
        look_at_number(f, limit, *(const int64_t *) value);
        break;
    }
}

static size_t
size_of(const ProtobufCFieldDescriptor *f)
{
    switch (f->type) {
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(void *);
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_ENUM:
        return sizeof(int);
    default:
        return width_of(f) == 4 || f->type == PROTOBUF_C_TYPE_INT32 ||
                       f->type == PROTOBUF_C_TYPE_SINT32 || f->type == PROTOBUF_C_TYPE_UINT32
                   ? 4
                   : 8;
    }
}

static void
look_at_list(const ProtobufCFieldDescriptor *f, const struct field_limit *limit,
             const ProtobufCMessage *message)
{
    size_t count = *(const size_t *) (const void *) ((const char *) message + f->quantifier_offset);
    const char *items = *(const char *const *) (const void *) ((const char *) message + f->offset);

    PROMISE(!limit->max_items || count <= limit->max_items, "%s: %zu elements", f->name, count);
    PROMISE(!limit->required || count, "%s: is empty", f->name);
    for (size_t i = 0; i < count; i++)
        look_at(f, limit, items + i * size_of(f));
}

void
kept_in_message(const struct word *word, const ProtobufCMessage *message)
{
    static const struct field_limit none;

    PROMISE(message->n_unknown_fields == 0, "%s: %u unknown fields", message->descriptor->name,
            message->n_unknown_fields);
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *f = &message->descriptor->fields[i];
        const struct field_limit *limit = word && word->limits ? &word->limits[i] : &none;
        const char *place = (const char *) message;

        if (f->label == PROTOBUF_C_LABEL_REPEATED)
            look_at_list(f, limit, message);
        else if (!(f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) ||
                 *(const uint32_t *) (const void *) (place + f->quantifier_offset) == f->id)
            look_at(f, limit, place + f->offset);
    }
}

/* tests/fuzz/make.c - messages made up from the bytes of an input. */
#include "tests/fuzz/make.h"

#include "google/protobuf/timestamp.pb-c.h"
#include "sangkien/types/v1/types.pb-c.h"
#include "tests/fuzz/input.h"

enum { MOST_DEPTH = 6, DAY_SECONDS = 86400 };

struct maker {
    struct arena *arena;
    struct bytes *in;
    const struct known *known;
    unsigned depth;
};

static ProtobufCMessage *make(struct maker *m, const ProtobufCMessageDescriptor *type);

/* ------------------------------------------------------------------ values */

/* Amounts and counts that fit each other, and the ends of what a number may be. */
static const int64_t numbers[] = {
    0,       1,         2,    3,         4,         5,         10,           100,
    400,     500,       600,  1000,      4000,      6000,      7000,         10000,
    2019,    2020,      2021, 30000000,  40000000,  60000000,  100000000,    180000000,
    1034567, INT32_MAX, -1,   INT64_MAX, INT64_MIN, INT32_MIN, 999999999999, 7,
};

static const char *const texts[] = {
    "",
    "KH-04",
    "2417/BC-SNV",
    "Một cửa thân thiện",
    "1034567",
    "provincial",
    "6750",
    "snv@khanhhoa.gov.vn",
    "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID",
    "khanh-hoa",
    "directory",
    "H32.7",
    "Rút hồ sơ",
    "Nha Trang",
    "(chưa rõ)\n",
};

struct uuid
make_id(struct bytes *in, const struct known *known)
{
    uint8_t choice = take_byte(in);
    struct uuid stranger = { { [0] = 0x01, [6] = 0x70, [8] = 0x80, [15] = choice } };

    if (known->ids.count == 0 || choice >= 0xF0)
        return stranger;
    return *(const struct uuid *) list_at(&known->ids, choice % known->ids.count);
}

static int64_t
make_number(struct maker *m, const struct field_limit *limit)
{
    uint8_t choice = take_byte(m->in);
    int64_t number = choice < 0xF0 ? numbers[choice % (sizeof(numbers) / sizeof(*numbers))]
                                   : (int64_t) take_number(m->in, 6);

    if ((limit->positive || limit->required) && number == 0)
        number = 1;
    if ((limit->positive || limit->not_negative) && number < 0)
        number = number == INT64_MIN ? INT64_MAX : -number;
    return number;
}

/* Events say no limits, but hold ids too: "dossier_id", "author_ids". */
static bool
is_id(const char *name)
{
    size_t size = strlen(name);

    return (size > 3 && strcmp(name + size - 3, "_id") == 0) ||
           (size > 4 && strcmp(name + size - 4, "_ids") == 0);
}

/* "round_code", "code", and what points are given for. */
static bool
is_code(const char *name)
{
    size_t size = strlen(name);

    return strcmp(name, "part") == 0 || strcmp(name, "criterion") == 0 ||
           (size >= 4 && strcmp(name + size - 4, "code") == 0);
}

/* One of those known, mostly; NULL: none. */
static const char *
make_code(const struct maker *m, const char *name, uint8_t choice)
{
    size_t count = 0;

    if (!m->known->codes || choice >= 0xF0 || !is_code(name))
        return NULL;
    while (m->known->codes[count])
        count++;
    return m->known->codes[choice % count];
}

/* So long at most, and not through a character. */
static const char *
make_text(struct maker *m, const ProtobufCFieldDescriptor *f, const struct field_limit *limit)
{
    uint8_t choice = take_byte(m->in);
    size_t most = limit->max_bytes ? limit->max_bytes : 64;
    const char *code = make_code(m, f->name, choice);
    struct uuid id;
    char *text;

    if (limit->uuid || is_id(f->name)) {
        id = make_id(m->in, m->known);
        return uuid_text(m->arena, &id);
    }
    if (code)
        return code;
    text = arena_text(m->arena, texts[choice % (sizeof(texts) / sizeof(*texts))]);
    if (choice >= 0xF8) { /* as long as it may be */
        text = arena_zero(m->arena, most + 1);
        memset(text, 'x', most);
    }
    if (strlen(text) > most) {
        while (((unsigned char) text[most] & 0xC0) == 0x80)
            most--;
        text[most] = '\0';
    }
    if (limit->required && !*text)
        text = arena_text(m->arena, "x");
    return text;
}

static ProtobufCBinaryData
make_bytes(struct maker *m, const struct field_limit *limit)
{
    uint8_t choice = take_byte(m->in);
    size_t size = limit->exact_bytes ? limit->exact_bytes : choice % 48u;
    ProtobufCBinaryData bytes = { size, arena_zero(m->arena, size + 1) };
    const struct list *digests = &m->known->digests;

    if (size == sizeof(struct digest) && digests->count && choice < 0xF0)
        memcpy(bytes.data, list_at(digests, choice % digests->count), size);
    else
        memset(bytes.data, choice, size);
    return bytes;
}

static int
make_choice(struct maker *m, const ProtobufCEnumDescriptor *values, bool may_be_zero)
{
    unsigned choice = take_byte(m->in) % values->n_values;

    if (values->values[choice].value == 0 && !may_be_zero)
        choice = values->n_values - 1;
    return values->values[choice].value;
}

/* ------------------------------------------------------------------ fields */

/* Some messages that look made up would only be refused for it. */
static ProtobufCMessage *
make_part(struct maker *m, const ProtobufCMessageDescriptor *type)
{
    ProtobufCMessage *part = proto_new(m->arena, type);

    if (type == &google__protobuf__timestamp__descriptor) {
        Google__Protobuf__Timestamp *t = (void *) part;

        t->seconds = m->known->now_us / 1000000 + ((int) take_byte(m->in) - 96) * (DAY_SECONDS / 2);
        return part;
    }
    if (type == &types__date__descriptor) {
        Types__Date *d = (void *) part;

        d->year = 2018 + take_byte(m->in) % 5;
        d->month = 1 + take_byte(m->in) % 12;
        d->day = 1 + take_byte(m->in) % 31;
        return part;
    }
    return make(m, type);
}

static void
make_value(struct maker *m, const ProtobufCFieldDescriptor *f, const struct field_limit *limit,
           void *place)
{
    switch (f->type) {
    case PROTOBUF_C_TYPE_STRING:
        *(const char **) place = make_text(m, f, limit);
        break;
    case PROTOBUF_C_TYPE_BYTES:
        *(ProtobufCBinaryData *) place = make_bytes(m, limit);
        break;
    case PROTOBUF_C_TYPE_MESSAGE:
        *(ProtobufCMessage **) place = make_part(m, f->descriptor);
        break;
    case PROTOBUF_C_TYPE_ENUM:
        *(int *) place = make_choice(m, f->descriptor, !limit->required);
        break;
    case PROTOBUF_C_TYPE_BOOL:
        *(protobuf_c_boolean *) place = take_byte(m->in) & 1;
        break;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_SINT64:
        *(int64_t *) place = make_number(m, limit);
        break;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_SINT32:
        *(int32_t *) place = (int32_t) (make_number(m, limit) & INT32_MAX);
        break;
    default:
        PROMISE(false, "%s: a type that no message has yet", f->name);
    }
}

static void
make_list(struct maker *m, const ProtobufCFieldDescriptor *f, const struct field_limit *limit,
          ProtobufCMessage *message)
{
    size_t width = f->type == PROTOBUF_C_TYPE_ENUM ? sizeof(int) : sizeof(void *);
    size_t count = take_byte(m->in) % 5;
    char *items;

    if (limit->required && count == 0)
        count = 1;
    if (limit->max_items && count > limit->max_items)
        count = limit->max_items;
    items = arena_zero(m->arena, (count + 1) * width);
    *(size_t *) (void *) ((char *) message + f->quantifier_offset) = count;
    *(void **) (void *) ((char *) message + f->offset) = items;
    PROMISE(f->type == PROTOBUF_C_TYPE_STRING || f->type == PROTOBUF_C_TYPE_MESSAGE ||
                f->type == PROTOBUF_C_TYPE_INT64 || f->type == PROTOBUF_C_TYPE_ENUM,
            "%s: a list that no message has yet", f->name);
    for (size_t i = 0; i < count; i++)
        make_value(m, f, limit, items + i * width);
}

static void
make_field(struct maker *m, const ProtobufCFieldDescriptor *f, const struct field_limit *limit,
           ProtobufCMessage *message)
{
    char *place = (char *) message;
    uint8_t presence = take_byte(m->in);
    bool must = limit->required || limit->positive;

    if (must ? presence == 0xFF : (presence & 3) == 3)
        return;
    if (f->type == PROTOBUF_C_TYPE_MESSAGE && m->depth >= MOST_DEPTH)
        return;
    if (f->label == PROTOBUF_C_LABEL_REPEATED) {
        make_list(m, f, limit, message);
        return;
    }
    if (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
        if (*(uint32_t *) (void *) (place + f->quantifier_offset))
            return;
        *(uint32_t *) (void *) (place + f->quantifier_offset) = f->id;
    }
    make_value(m, f, limit, place + f->offset);
}

/* ------------------------------------------------------------------ sums */

/* A random sum is a wrong one: mostly it is made right. */
static void
make_sums_right(ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *f;
    int64_t *total = proto_field(message, "total_vnd", NULL);
    char *lines = proto_field(message, "lines", &f);
    int64_t sum = 0;

    if (!lines || !total || f->descriptor != &types__estimate_line__descriptor)
        return;
    for (size_t i = 0; i < *(size_t *) (void *) ((char *) message + f->quantifier_offset); i++) {
        Types__EstimateLine *line = (*(Types__EstimateLine ***) (void *) lines)[i];

        if (__builtin_mul_overflow(line->quantity, line->unit_price_vnd, &line->amount_vnd) ||
            __builtin_add_overflow(sum, line->amount_vnd, &sum))
            return;
    }
    *total = sum;
}

/* Shares of authors, in hundredths of a percent: the first one takes what is left. */
static void
make_shares_right(ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *f;
    char *authors = proto_field(message, "authors", &f);
    int32_t *share, rest = 10000;
    size_t count;

    if (!authors || f->type != PROTOBUF_C_TYPE_MESSAGE || f->label != PROTOBUF_C_LABEL_REPEATED)
        return;
    count = *(size_t *) (void *) ((char *) message + f->quantifier_offset);
    for (size_t i = count; i-- > 0;) {
        share = proto_field((*(ProtobufCMessage ***) (void *) authors)[i], "share_bp", NULL);
        if (!share)
            return;
        *share = i == 0 ? rest : (int32_t) (10000 / count);
        rest -= *share;
    }
}

static ProtobufCMessage *
make(struct maker *m, const ProtobufCMessageDescriptor *type)
{
    static const struct field_limit none;
    const struct word *word = proto_word_of(type);
    ProtobufCMessage *message = proto_new(m->arena, type);

    m->depth++;
    for (unsigned i = 0; i < type->n_fields; i++)
        make_field(m, &type->fields[i], word && word->limits ? &word->limits[i] : &none, message);
    m->depth--;
    if (take_byte(m->in) < 0xE0) {
        make_sums_right(message);
        make_shares_right(message);
    }
    return message;
}

void *
make_message(struct arena *arena, struct bytes *in, const struct known *known,
             const ProtobufCMessageDescriptor *type)
{
    struct maker maker = { arena, in, known, 0 };

    return make(&maker, type);
}

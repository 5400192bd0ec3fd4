/* services/gateway/scan.c - looks through a serialised message before anybody unpacks it. */
#include "services/gateway/scan.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/field.h"
#include "sangkien/wire/v1/wire.pb-c.h"
#include "services/gateway/scan_value.h"

/* ------------------------------------------------------------------ what is wrong, and where */

static size_t
print_path(const struct scan_step *step, char *path, size_t used)
{
    char index[24] = "";
    int length;

    if (step->up)
        used = print_path(step->up, path, used);
    if (step->index != SCAN_NO_INDEX)
        snprintf(index, sizeof(index), "[%zu]", step->index);
    length = snprintf(path + used, SCAN_PATH_SIZE - used, "%s%s%s", step->up ? "." : "", step->name,
                      index);
    used += (size_t) length;
    return used < SCAN_PATH_SIZE ? used : SCAN_PATH_SIZE - 1;
}

void
scan_blame(struct scan_result *result, const char *field, const char *description)
{
    result->reason = WIRE__REASON__REASON_INVALID_FIELD;
    if (result->count == SCAN_MOST_VIOLATIONS)
        return;
    snprintf(result->violations[result->count].field, SCAN_PATH_SIZE, "%s", field);
    snprintf(result->violations[result->count].description, SCAN_TEXT_SIZE, "%s", description);
    result->count++;
}

void
scan_refuse(struct scan *scan, const struct scan_step *step, const char *format, ...)
{
    char path[SCAN_PATH_SIZE] = "";
    char text[SCAN_TEXT_SIZE];
    va_list args;

    if (scan->stops)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    print_path(step, path, 0);
    scan_blame(scan->result, path, text);
    scan->stops = scan->result->count == SCAN_MOST_VIOLATIONS;
}

static void
give_up(struct scan *scan, int reason)
{
    scan->result->reason = reason;
    scan->stops = true;
}

static bool
count_field(struct scan *scan)
{
    if (++scan->fields > SCAN_MOST_FIELDS)
        give_up(scan, WIRE__REASON__REASON_TOO_COMPLEX);
    return !scan->stops;
}

/* ------------------------------------------------------------------ one message */

/* A message on the way down. */
struct level {
    const ProtobufCMessageDescriptor *message;
    const struct field_limit *limits; /* NULL: none */
    const struct scan_step *up;
    unsigned depth;
    uint32_t seen[SCAN_MOST_MEMBERS];
};

static void scan_level(struct scan *scan, struct level *level, struct bytes rest);

static const struct field_limit no_limit;

static const struct field_limit *
limit_of(const struct level *level, size_t member)
{
    return level->limits ? &level->limits[member] : &no_limit;
}

static bool
is_list(const ProtobufCFieldDescriptor *field)
{
    return field->label == PROTOBUF_C_LABEL_REPEATED;
}

static bool
is_in_oneof(const ProtobufCFieldDescriptor *field)
{
    return field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF;
}

/* Members of one oneof share the place where protobuf-c keeps the case. */
static bool
has_rival(const struct level *level, size_t member)
{
    const ProtobufCFieldDescriptor *fields = level->message->fields;

    if (!is_in_oneof(&fields[member]))
        return false;
    for (size_t i = 0; i < level->message->n_fields; i++)
        if (i != member && level->seen[i] && is_in_oneof(&fields[i]) &&
            fields[i].quantifier_offset == fields[member].quantifier_offset)
            return true;
    return false;
}

static void
scan_inner(struct scan *scan, const struct level *outer, const struct scan_step *step,
           const ProtobufCMessageDescriptor *message, struct bytes bytes)
{
    const struct word *word = proto_word_of(message);
    struct level level = { message, word ? word->limits : NULL, step, outer->depth + 1, { 0 } };

    if (level.depth > SCAN_MOST_DEPTH) {
        give_up(scan, WIRE__REASON__REASON_TOO_COMPLEX);
        return;
    }
    scan_level(scan, &level, bytes);
    if (!scan->stops && strcmp(message->name, "google.protobuf.Timestamp") == 0)
        scan_timestamp(scan, step, bytes);
}

/* Packed numbers: each is an element and counts as a field. */
static void
scan_packed(struct scan *scan, struct level *level, size_t member, struct scan_step *step,
            struct bytes rest)
{
    const ProtobufCFieldDescriptor *field = &level->message->fields[member];
    enum field_type type = scan_type_of(field);

    while (rest.size && !scan->stops) {
        struct field element = { .number = field->id, .type = type };
        bool is_good = type == FIELD_NUMBER
                           ? field_number(&rest, 10, &element.value)
                           : field_fixed(&rest, type == FIELD_FIXED64 ? 8 : 4, &element.value);

        if (!is_good) {
            give_up(scan, WIRE__REASON__REASON_MALFORMED);
            return;
        }
        step->index = level->seen[member]++;
        if (count_field(scan))
            scan_number(scan, field, limit_of(level, member), step, element.value);
    }
}

static void
scan_member(struct scan *scan, struct level *level, size_t member, struct scan_step *step,
            const struct field *found)
{
    const ProtobufCFieldDescriptor *field = &level->message->fields[member];
    const struct field_limit *limit = limit_of(level, member);
    enum field_type type = scan_type_of(field);

    if (is_list(field) && type != FIELD_BYTES && found->type == FIELD_BYTES) {
        scan_packed(scan, level, member, step, found->bytes);
        return;
    }
    level->seen[member]++;
    if (found->type != type)
        give_up(scan, WIRE__REASON__REASON_MALFORMED);
    else if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        scan_inner(scan, level, step, field->descriptor, found->bytes);
    else if (type == FIELD_BYTES)
        scan_bytes(scan, field, limit, step, found->bytes);
    else
        scan_number(scan, field, limit, step, found->value);
}

static void
scan_found(struct scan *scan, struct level *level, const struct field *found)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(level->message, found->number);
    struct scan_step step = { level->up, field ? field->name : "", SCAN_NO_INDEX };
    char number[16];
    size_t member;

    if (!field) {
        snprintf(number, sizeof(number), "%u", (unsigned) found->number);
        step.name = number;
        scan_refuse(scan, &step, "there is no such field");
        return;
    }
    member = (size_t) (field - level->message->fields);
    if (is_list(field))
        step.index = level->seen[member];
    else if (level->seen[member] || has_rival(level, member)) {
        scan_refuse(scan, &step, level->seen[member] ? "is there twice" : "excludes another field");
        return;
    }
    scan_member(scan, level, member, &step, found);
}

/* What is not there, or too often. */
static void
scan_absent(struct scan *scan, const struct level *level)
{
    for (size_t i = 0; i < level->message->n_fields && !scan->stops; i++) {
        const ProtobufCFieldDescriptor *field = &level->message->fields[i];
        const struct field_limit *limit = limit_of(level, i);
        struct scan_step step = { level->up, field->name, SCAN_NO_INDEX };

        if (limit->max_items && level->seen[i] > limit->max_items)
            scan_refuse(scan, &step, "has more than %u elements", limit->max_items);
        if (level->seen[i] || is_in_oneof(field))
            continue;
        if (limit->required)
            scan_refuse(scan, &step, "is required");
        else if (limit->positive && !is_list(field))
            scan_refuse(scan, &step, "must be greater than zero");
    }
}

static void
scan_level(struct scan *scan, struct level *level, struct bytes rest)
{
    enum field_found found = FIELD_END;
    struct field field;

    assert(level->message->n_fields <= SCAN_MOST_MEMBERS);
    while (!scan->stops && (found = field_next(&rest, &field)) == FIELD_GOT)
        if (count_field(scan))
            scan_found(scan, level, &field);
    if (scan->stops)
        return;
    if (found == FIELD_BAD)
        give_up(scan, WIRE__REASON__REASON_MALFORMED);
    else
        scan_absent(scan, level);
}

int
scan_message(const struct word *word, struct bytes bytes, struct scan_result *ret)
{
    struct scan scan = { .result = ret, .allows_zero = word->kind == WORD_EVENT };
    struct level level = { word->message, word->limits, NULL, 1, { 0 } };

    ret->reason = 0;
    ret->count = 0;
    if (bytes.size > SCAN_MOST_BYTES)
        return ret->reason = WIRE__REASON__REASON_TOO_LARGE;
    scan_level(&scan, &level, bytes);
    if (ret->reason != 0 && ret->reason != WIRE__REASON__REASON_INVALID_FIELD)
        ret->count = 0;
    return ret->reason;
}

/* services/notifications/facts.c - the fields of an event as people read them. Pure. */
#include "services/notifications/facts.h"

#include <inttypes.h>
#include <string.h>

#include "google/protobuf/timestamp.pb-c.h"
#include "sangkien/types/v1/types.pb-c.h"
#include "services/notifications/phrases.h"

static const char agency_suffix[] = "agency_id";

static bool
ends_with(const char *text, const char *end)
{
    const size_t size = strlen(text);
    const size_t end_size = strlen(end);

    return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

void
facts_init(struct facts *facts, struct arena *arena, enum language language,
           const struct list *agency_names)
{
    *facts = (struct facts){ .arena = arena, .language = language, .agency_names = agency_names };
    list_init(&facts->items, arena, sizeof(struct fact));
}

void
facts_add(struct facts *facts, const char *name, const char *text)
{
    LIST_EACH (const struct fact, known, &facts->items)
        if (strcmp(known->name, name) == 0)
            return;
    *(struct fact *) list_add(&facts->items) = (struct fact){ name, text && *text ? text : NULL };
}

const char *
fact_text(const struct facts *facts, const char *name)
{
    LIST_EACH (const struct fact, known, &facts->items)
        if (strcmp(known->name, name) == 0 && known->text)
            return known->text;
    return "";
}

void
facts_add_time(struct facts *facts, const char *name, int64_t time_us)
{
    facts_add(facts, name, local_time_text(facts->arena, facts->language, time_us));
}

static void
add_document(struct facts *facts, const char *name, const Types__OfficialDocument *document)
{
    const char *day = NULL;

    if (!document || !*document->document_symbol) {
        facts_add(facts, name, NULL);
        return;
    }
    if (document->issued_on)
        day = day_text(facts->arena, facts->language, document->issued_on->year,
                       document->issued_on->month, document->issued_on->day);
    if (facts->language == VIETNAMESE)
        facts_add(facts, name,
                  arena_format(facts->arena, "số %s%s%s", document->document_symbol,
                               day ? " ngày " : "", day ? day : ""));
    else
        facts_add(facts, name,
                  arena_format(facts->arena, "No. %s%s%s", document->document_symbol,
                               day ? " of " : "", day ? day : ""));
}

static void
add_deadline(struct facts *facts, const char *name, const Types__Deadline *deadline)
{
    const char *wording = NULL;

    if (deadline && deadline->date) {
        const char *day = day_text(facts->arena, facts->language, deadline->date->year,
                                   deadline->date->month, deadline->date->day);
        const bool inclusive = deadline->inclusive;

        wording =
            facts->language == VIETNAMESE
                ? arena_format(facts->arena, inclusive ? "đến hết ngày %s" : "trước ngày %s", day)
                : arena_format(facts->arena, inclusive ? "by the end of %s" : "before %s", day);
    }
    facts_add(facts, name, wording);
    add_document(facts, arena_format(facts->arena, "%s_document", name),
                 deadline ? deadline->document : NULL);
}

static void
add_message(struct facts *facts, const ProtobufCFieldDescriptor *field, const void *value)
{
    const ProtobufCMessage *message = *(const ProtobufCMessage *const *) value;

    if (field->descriptor == &types__official_document__descriptor)
        add_document(facts, field->name, (const Types__OfficialDocument *) (const void *) message);
    else if (field->descriptor == &types__deadline__descriptor)
        add_deadline(facts, field->name, (const Types__Deadline *) (const void *) message);
    else if (field->descriptor == &google__protobuf__timestamp__descriptor && message)
        facts_add_time(facts, field->name,
                       ((const Google__Protobuf__Timestamp *) (const void *) message)->seconds *
                           1000000);
    else if (field->descriptor == &google__protobuf__timestamp__descriptor)
        facts_add(facts, field->name, NULL);
}

static void
add_number(struct facts *facts, const char *name, int64_t number)
{
    if (ends_with(name, "_vnd"))
        facts_add(facts, name, number ? money_text(facts->arena, facts->language, number) : NULL);
    else if (ends_with(name, "_centi"))
        facts_add(facts, name, centi_text(facts->arena, facts->language, number));
    else
        facts_add(facts, name, arena_format(facts->arena, "%" PRId64, number));
}

static const char *
name_of(const struct facts *facts, struct uuid agency)
{
    LIST_EACH (const struct agency_name, known, facts->agency_names)
        if (uuid_equal(&known->agency, &agency))
            return known->name;
    return NULL;
}

static void
add_text(struct facts *facts, const char *name, const char *text)
{
    facts_add(facts, name, text);
    if (ends_with(name, agency_suffix))
        facts_add(facts,
                  arena_format(facts->arena, "%.*s", (int) (strlen(name) - strlen("_id")), name),
                  name_of(facts, uuid_of(text)));
}

/* A list of enum values is said in one breath; of other lists a template says nothing. */
static void
add_repeated(struct facts *facts, const ProtobufCFieldDescriptor *field, const void *event)
{
    const size_t count =
        *(const size_t *) (const void *) ((const char *) event + field->quantifier_offset);
    const int *values = *(const int *const *) (const void *) ((const char *) event + field->offset);
    const char *text = "";

    if (field->type != PROTOBUF_C_TYPE_ENUM)
        return;
    for (size_t i = 0; i < count; i++) {
        const char *phrase = phrase_of(facts->language, field->descriptor, values[i]);

        if (phrase)
            text = arena_format(facts->arena, "%s%s%s", text, *text ? ", " : "", phrase);
    }
    facts_add(facts, field->name, text);
}

static void
add_field(struct facts *facts, const ProtobufCFieldDescriptor *field, const void *value)
{
    const ProtobufCBinaryData *bytes = value;

    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        add_text(facts, field->name, *(const char *const *) value);
        break;
    case PROTOBUF_C_TYPE_INT32:
        add_number(facts, field->name, *(const int32_t *) value);
        break;
    case PROTOBUF_C_TYPE_INT64:
        add_number(facts, field->name, *(const int64_t *) value);
        break;
    case PROTOBUF_C_TYPE_ENUM:
        facts_add(facts, field->name,
                  phrase_of(facts->language, field->descriptor, *(const int *) value));
        break;
    case PROTOBUF_C_TYPE_BYTES:
        facts_add(facts, field->name, hex_text(facts->arena, bytes->data, bytes->len));
        break;
    case PROTOBUF_C_TYPE_MESSAGE:
        add_message(facts, field, value);
        break;
    default:
        break; /* events have no other scalars that a mail could need */
    }
}

void
facts_add_event(struct facts *facts, const ProtobufCMessage *event)
{
    for (unsigned i = 0; i < event->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &event->descriptor->fields[i];

        if (field->label == PROTOBUF_C_LABEL_REPEATED)
            add_repeated(facts, field, event);
        else
            add_field(facts, field, (const char *) event + field->offset);
    }
}

void
facts_agencies(const ProtobufCMessage *event, struct list *agencies)
{
    for (unsigned i = 0; i < event->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &event->descriptor->fields[i];
        const void *value = (const char *) event + field->offset;

        if (field->type == PROTOBUF_C_TYPE_STRING && field->label != PROTOBUF_C_LABEL_REPEATED &&
            ends_with(field->name, agency_suffix))
            *(struct uuid *) list_add(agencies) = uuid_of(*(const char *const *) value);
    }
}

struct facts
facts_of(struct arena *arena, enum language language, const struct notice *notice)
{
    struct facts facts;
    const char *recipient;

    facts_init(&facts, arena, language, notice->agency_names);
    recipient = name_of(&facts, notice->agency);
    facts_add(&facts, "programme", notice->programme);
    facts_add(&facts, "programme_name",
              notice->programme_name ? notice->programme_name : notice->programme);
    facts_add(&facts, "recipient", recipient ? recipient : uuid_text(arena, &notice->agency));
    facts_add(&facts, "reference", uuid_text(arena, &notice->notification));
    facts_add_time(&facts, "recorded_at", notice->recorded_us);
    facts_add(&facts, "is_action", notice->must_act ? "yes" : NULL);
    facts_add(&facts, "is_info", notice->must_act ? NULL : "yes");
    facts_add_event(&facts, notice->event);
    if (notice->first_event && notice->first_event->descriptor != notice->event->descriptor)
        facts_add_event(&facts, notice->first_event);
    return facts;
}

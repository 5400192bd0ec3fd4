/* services/gateway/cloudevent.c - a row of the journal as a CloudEvent. */
#include "services/gateway/cloudevent.h"

#include <assert.h>
#include <string.h>

#include "io/cloudevents/v1/cloudevents.pb-c.h"

enum { MOST_ATTRIBUTES = 12, SECOND_US = 1000000 };

struct attributes {
    struct arena *arena;
    size_t count;
    Cloudevents__CloudEvent__AttributesEntry *list[MOST_ATTRIBUTES];
};

static Cloudevents__CloudEvent__CloudEventAttributeValue *
add(struct attributes *attributes, const char *key)
{
    Cloudevents__CloudEvent__AttributesEntry *entry =
        proto_new(attributes->arena, &cloudevents__cloud_event__attributes_entry__descriptor);

    assert(attributes->count < MOST_ATTRIBUTES);
    entry->key = key;
    entry->value = proto_new(attributes->arena,
                             &cloudevents__cloud_event__cloud_event_attribute_value__descriptor);
    attributes->list[attributes->count++] = entry;
    return entry->value;
}

static void
add_text(struct attributes *attributes, const char *key, const char *text)
{
    Cloudevents__CloudEvent__CloudEventAttributeValue *value = add(attributes, key);

    value->attr_case = CLOUDEVENTS__CLOUD_EVENT__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_STRING;
    value->ce_string = text;
}

static void
add_uri(struct attributes *attributes, const char *key, const char *uri)
{
    Cloudevents__CloudEvent__CloudEventAttributeValue *value = add(attributes, key);

    value->attr_case = CLOUDEVENTS__CLOUD_EVENT__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_URI;
    value->ce_uri = uri;
}

static void
add_time(struct attributes *attributes, const char *key, int64_t time_us)
{
    Cloudevents__CloudEvent__CloudEventAttributeValue *value = add(attributes, key);

    value->attr_case = CLOUDEVENTS__CLOUD_EVENT__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_TIMESTAMP;
    value->ce_timestamp = proto_new(attributes->arena, &google__protobuf__timestamp__descriptor);
    value->ce_timestamp->seconds = time_us / SECOND_US;
    value->ce_timestamp->nanos = (int32_t) (time_us % SECOND_US) * 1000;
}

static const char *
number_text(struct arena *arena, int64_t number)
{
    return arena_format(arena, "%lld", (long long) number);
}

struct bytes
cloudevent_pack(struct arena *arena, const char *programme, const struct event_row *row)
{
    struct attributes attributes = { .arena = arena };
    Cloudevents__CloudEvent event = CLOUDEVENTS__CLOUD_EVENT__INIT;

    add_text(&attributes, "datacontenttype", "application/protobuf");
    add_uri(&attributes, "dataschema", row->type);
    add_text(&attributes, "subject", uuid_text(arena, &row->aggregate));
    add_time(&attributes, "time", row->recorded_us);
    add_text(&attributes, "programme", programme);
    add_text(&attributes, "position", number_text(arena, row->position));
    add_text(&attributes, "version", number_text(arena, row->version));
    add_text(&attributes, "causationid", uuid_text(arena, &row->cause));
    if (*row->traceparent)
        add_text(&attributes, "traceparent", row->traceparent);
    event.id = arena_format(arena, "%s/%lld", programme, (long long) row->position);
    event.source = arena_format(arena, "urn:sangkien:%s", row->service);
    event.spec_version = "1.0";
    event.type = row->type;
    event.n_attributes = attributes.count;
    event.attributes = attributes.list;
    event.data_case = CLOUDEVENTS__CLOUD_EVENT__DATA_BINARY_DATA;
    event.binary_data.data = (uint8_t *) (uintptr_t) row->body.data;
    event.binary_data.len = row->body.size;
    return proto_pack(arena, &event);
}

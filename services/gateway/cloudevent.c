/* services/gateway/cloudevent.c - a row of the journal as a CloudEvent. */
#include "services/gateway/cloudevent.h"

#include <assert.h>
#include <string.h>

#include "services/gateway/feed_write.h"

/* Fields of CloudEvent, of an entry of its map, of the value there, of a Timestamp. */
enum { ID = 1, SOURCE = 2, SPEC_VERSION = 3, TYPE = 4, ATTRIBUTES = 5, BINARY_DATA = 6 };
enum { KEY = 1, VALUE = 2 };
enum { CE_STRING = 3, CE_URI = 5, CE_TIMESTAMP = 7 };
enum { SECONDS = 1, NANOS = 2 };

enum {
    SECOND_US = 1000000,
    MOST_DIGITS = 20,
    MOST_TIME = 24,
    MOST_FIXED = 512, /* all keys, heads, numbers and ids together: at most 310 */
};

#define SOURCE_PREFIX "urn:sangkien:"

/* Text that the row has, or that was made of it here. */
struct word_of_row {
    const char *text;
    size_t size;
};

static struct word_of_row
number_text(int64_t number, char digits[MOST_DIGITS])
{
    char *at = digits + MOST_DIGITS;

    do
        *--at = (char) ('0' + number % 10);
    while ((number /= 10) > 0);
    return (struct word_of_row){ at, (size_t) (digits + MOST_DIGITS - at) };
}

/* "sangkien.<service>.v1.SignedOff" */
static struct word_of_row
service_of(const char *type)
{
    const char *first = strchr(type, '.');
    const char *end = first ? strchr(first + 1, '.') : NULL;

    return end ? (struct word_of_row){ first + 1, (size_t) (end - first - 1) }
               : (struct word_of_row){ "", 0 };
}

static uint8_t *
put_attribute(uint8_t *at, const char *key, unsigned kind, const void *value, size_t size)
{
    size_t key_size = strlen(key);
    size_t value_size = bytes_field_size(size);

    at = put_head(at, ATTRIBUTES, bytes_field_size(key_size) + bytes_field_size(value_size));
    at = put_bytes_field(at, KEY, key, key_size);
    at = put_head(at, VALUE, value_size);
    return put_bytes_field(at, kind, value, size);
}

static uint8_t *
put_text(uint8_t *at, const char *key, const char *text)
{
    return put_attribute(at, key, CE_STRING, text, strlen(text));
}

static uint8_t *
put_uuid(uint8_t *at, const char *key, const struct uuid *uuid)
{
    char text[UUID_TEXT_SIZE] = "";

    if (!uuid_is_nil(uuid))
        uuid_print(uuid, text);
    return put_text(at, key, text);
}

static uint8_t *
put_integer(uint8_t *at, const char *key, int64_t number)
{
    char digits[MOST_DIGITS];
    struct word_of_row text = number_text(number, digits);

    return put_attribute(at, key, CE_STRING, text.text, text.size);
}

static uint8_t *
put_time(uint8_t *at, const char *key, int64_t time_us)
{
    uint8_t time[MOST_TIME];
    uint8_t *end = put_number_field(time, SECONDS, (uint64_t) (time_us / SECOND_US));

    if (time_us % SECOND_US)
        end = put_number_field(end, NANOS, (uint64_t) (time_us % SECOND_US) * 1000);
    return put_attribute(at, key, CE_TIMESTAMP, time, (size_t) (end - time));
}

static uint8_t *
put_names(uint8_t *at, const char *programme, const struct event_row *row)
{
    char digits[MOST_DIGITS];
    struct word_of_row position = number_text(row->position, digits);
    struct word_of_row service = service_of(row->type);
    size_t programme_size = strlen(programme);

    at = put_head(at, ID, programme_size + 1 + position.size);
    at = put_raw(at, programme, programme_size);
    *at++ = '/';
    at = put_raw(at, position.text, position.size);
    at = put_head(at, SOURCE, strlen(SOURCE_PREFIX) + service.size);
    at = put_raw(at, SOURCE_PREFIX, strlen(SOURCE_PREFIX));
    at = put_raw(at, service.text, service.size);
    at = put_bytes_field(at, SPEC_VERSION, "1.0", 3);
    return put_bytes_field(at, TYPE, row->type, strlen(row->type));
}

struct bytes
cloudevent_pack(struct arena *arena, const char *programme, const struct event_row *row)
{
    size_t room = MOST_FIXED + 2 * strlen(programme) + 3 * strlen(row->type) +
                  strlen(row->traceparent) + row->body.size;
    uint8_t *start = arena_zero(arena, room);
    uint8_t *at = put_names(start, programme, row);

    at = put_text(at, "datacontenttype", "application/protobuf");
    at = put_attribute(at, "dataschema", CE_URI, row->type, strlen(row->type));
    at = put_uuid(at, "subject", &row->aggregate);
    at = put_time(at, "time", row->recorded_us);
    at = put_text(at, "programme", programme);
    at = put_integer(at, "position", row->position);
    at = put_integer(at, "version", row->version);
    at = put_uuid(at, "causationid", &row->cause);
    if (*row->traceparent)
        at = put_text(at, "traceparent", row->traceparent);
    at = put_bytes_field(at, BINARY_DATA, row->body.data, row->body.size);
    assert((size_t) (at - start) <= room);
    return (struct bytes){ start, (size_t) (at - start) };
}

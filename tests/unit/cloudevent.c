/* tests/unit/cloudevent.c - a row of the journal as a CloudEvent: what is written by hand is what a library reads. */
#include "services/gateway/cloudevent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "io/cloudevents/v1/cloudevents.pb-c.h"

/* The longest that a row can hold. */
#define LONGEST_NAME "a123456789012345678901234567890123456789012345678901234567890123"
#define TRACE "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

struct stage {
    struct arena *arena;
    struct event_row row;
    Cloudevents__CloudEvent *event;
};

static int
setup(void **state)
{
    static const struct stage usual = {
        .row = { .position = 41,
                 .aggregate = { { 1, 2, 3 } },
                 .version = 7,
                 .type = "sangkien.funding.v1.SignedOff",
                 .body = { (const uint8_t *) "\0body\xff", 6 },
                 .recorded_us = INT64_C(1577836800000001),
                 .cause = { { 9 } },
                 .traceparent = "" },
    };
    struct stage *stage = malloc(sizeof(*stage));

    *stage = usual;
    stage->arena = arena_new();
    *state = stage;
    return 0;
}

static int
teardown(void **state)
{
    struct stage *stage = *state;

    arena_free(&stage->arena);
    free(stage);
    return 0;
}

/* Read by protobuf-c, which makes the very same bytes of it. */
static void
pack(struct stage *stage, const char *programme)
{
    struct bytes packed = cloudevent_pack(stage->arena, programme, &stage->row);
    struct bytes again;

    assert_int_equal(proto_unpack(stage->arena, &cloudevents__cloud_event__descriptor, packed.data,
                                  packed.size, &stage->event),
                     0);
    again = proto_pack(stage->arena, stage->event);
    assert_int_equal(again.size, packed.size);
    assert_memory_equal(again.data, packed.data, packed.size);
}

static const Cloudevents__CloudEvent__CloudEventAttributeValue *
attribute(const struct stage *stage, const char *key)
{
    for (size_t i = 0; i < stage->event->n_attributes; i++)
        if (strcmp(stage->event->attributes[i]->key, key) == 0)
            return stage->event->attributes[i]->value;
    return NULL;
}

static void
everything_of_the_row_is_in_it(void **state)
{
    struct stage *stage = *state;

    pack(stage, "kh-2019");
    assert_string_equal(stage->event->id, "kh-2019/41");
    assert_string_equal(stage->event->source, "urn:sangkien:funding");
    assert_string_equal(stage->event->spec_version, "1.0");
    assert_string_equal(stage->event->type, "sangkien.funding.v1.SignedOff");
    assert_string_equal(attribute(stage, "datacontenttype")->ce_string, "application/protobuf");
    assert_string_equal(attribute(stage, "dataschema")->ce_uri, stage->event->type);
    assert_string_equal(attribute(stage, "subject")->ce_string,
                        "01020300-0000-0000-0000-000000000000");
    assert_int_equal(attribute(stage, "time")->ce_timestamp->seconds, 1577836800);
    assert_int_equal(attribute(stage, "time")->ce_timestamp->nanos, 1000);
    assert_string_equal(attribute(stage, "programme")->ce_string, "kh-2019");
    assert_string_equal(attribute(stage, "position")->ce_string, "41");
    assert_string_equal(attribute(stage, "version")->ce_string, "7");
    assert_string_equal(attribute(stage, "causationid")->ce_string,
                        "09000000-0000-0000-0000-000000000000");
    assert_null(attribute(stage, "traceparent"));
    assert_int_equal(stage->event->binary_data.len, 6);
    assert_memory_equal(stage->event->binary_data.data, "\0body\xff", 6);
}

static void
the_longest_of_everything_has_room(void **state)
{
    static uint8_t body[61440];
    struct stage *stage = *state;

    memset(body, 'b', sizeof(body));
    stage->row.position = stage->row.version = INT64_MAX;
    stage->row.type = "sangkien.notifications.v1.NotificationSuppressed";
    stage->row.traceparent = TRACE;
    stage->row.recorded_us = INT64_C(253402300799999999);
    stage->row.body = (struct bytes){ body, sizeof(body) };
    pack(stage, LONGEST_NAME);
    assert_string_equal(stage->event->id, LONGEST_NAME "/9223372036854775807");
    assert_string_equal(attribute(stage, "traceparent")->ce_string, TRACE);
    assert_int_equal(stage->event->binary_data.len, sizeof(body));
}

static void
an_empty_body_and_a_whole_second_are_told_as_such(void **state)
{
    struct stage *stage = *state;

    stage->row.body = (struct bytes){ NULL, 0 };
    stage->row.recorded_us = INT64_C(1577836800000000);
    pack(stage, "a");
    assert_int_equal(stage->event->data_case, CLOUDEVENTS__CLOUD_EVENT__DATA_BINARY_DATA);
    assert_int_equal(stage->event->binary_data.len, 0);
    assert_int_equal(attribute(stage, "time")->ce_timestamp->nanos, 0);
}

int
main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        ROW(everything_of_the_row_is_in_it),
        ROW(the_longest_of_everything_has_room),
        ROW(an_empty_body_and_a_whole_second_are_told_as_such),
    };

    return cmocka_run_group_tests_name("cloudevent", tests, NULL, NULL);
}

/* tests/unit/subscription.c - what a subscriber hears: its own events, in order, and what passed unseen. */
#include "services/gateway/subscription.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/authority.h"
#include "common/proto.h"
#include "sangkien/directory/v1/events.pb-c.h"

#define SIGNED_OFF "sangkien.funding.v1.SignedOff"
#define AGREED "sangkien.funding.v1.FundingAgreed"

enum { HELD = 64, LARGE = 61440 };

static const struct uuid home = { { 1 } };
static const struct uuid finance = { { 2 } };
static const struct uuid nobody;

/* Everything the feed knows, and what it said: "d5,6<3" is a frame with 5 and 6 after 3, "p7" progress to 7. */
struct stage {
    struct subscriptions all;
    struct authority *authority;
    struct arena *arena;
    char said[4096];
    struct label last;
    zmq_msg_t held[HELD]; /* frames that were sent and have not gone out */
    size_t held_count;
    bool holds;
    struct bytes body; /* of every event */
};

static void __attribute__((format(printf, 2, 3))) say(struct stage *stage, const char *format, ...)
{
    size_t used = strlen(stage->said);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(stage->said + used, sizeof(stage->said) - used, format, arguments);
    va_end(arguments);
}

static void
say_deliveries(struct stage *stage, const Wire__Deliveries *deliveries)
{
    assert_string_equal(deliveries->subscription, "s");
    assert_true(deliveries->n_list > 0 && deliveries->n_list <= FRAME_MOST_EVENTS);
    for (size_t i = 0; i < deliveries->n_list; i++)
        say(stage, "%c%lld", i ? ',' : 'd', (long long) deliveries->list[i]->position);
    say(stage, "<%lld ", (long long) deliveries->previous);
}

static void
hear(void *context, const struct label *label, zmq_msg_t *frame)
{
    struct stage *stage = context;
    Wire__ServerFrame *f =
        wire__server_frame__unpack(NULL, zmq_msg_size(frame), zmq_msg_data(frame));

    assert_non_null(f);
    if (f->content_case == WIRE__SERVER_FRAME__CONTENT_DELIVERIES) {
        assert_true(zmq_msg_size(frame) <= 65536 || f->deliveries->n_list == 1);
        say_deliveries(stage, f->deliveries);
    }
    if (f->content_case == WIRE__SERVER_FRAME__CONTENT_PROGRESS)
        say(stage, "p%lld ", (long long) f->progress->position);
    if (f->content_case == WIRE__SERVER_FRAME__CONTENT_SUBSCRIPTION_ENDED)
        say(stage, "end:%s ", f->subscription_ended->reason);
    wire__server_frame__free_unpacked(f, NULL);
    stage->last = *label;
    if (stage->holds) {
        assert_true(stage->held_count < HELD);
        zmq_msg_init(&stage->held[stage->held_count]);
        zmq_msg_move(&stage->held[stage->held_count++], frame);
    }
    zmq_msg_close(frame);
}

static int
setup(void **state)
{
    struct stage *stage = calloc(1, sizeof(*stage));

    stage->authority = authority_new();
    stage->arena = arena_new();
    stage->all.send = hear;
    stage->all.context = stage;
    *state = stage;
    return 0;
}

/* What was held goes out. */
static void
let_go(struct stage *stage)
{
    for (size_t i = 0; i < stage->held_count; i++)
        zmq_msg_close(&stage->held[i]);
    stage->held_count = 0;
}

static int
teardown(void **state)
{
    struct stage *stage = *state;

    let_go(stage);
    while (stage->all.count > 0) {
        struct subscription *s = stage->all.items[stage->all.room - 1];

        subscription_close(&stage->all, &s);
    }
    authority_free(&stage->authority);
    arena_free(&stage->arena);
    free(stage);
    return 0;
}

static int
open_as(struct stage *stage, uint64_t peer, const char *name, uint32_t credit, const char *type,
        struct subscription **ret)
{
    struct order order = { ORDER_SUBSCRIBE, peer, { { (uint8_t) (peer / 100) } }, home, { 0 } };
    Wire__Subscribe ask = WIRE__SUBSCRIBE__INIT;
    int reason;

    ask.subscription = name;
    ask.programme = "2019";
    ask.credit = credit;
    ask.n_types = type ? 1 : 0;
    ask.types = &type;
    reason = subscription_open(&stage->all, &order, &ask, 0, ret);
    if (reason == 0)
        (*ret)->is_checked = true;
    return reason;
}

static struct subscription *
listen(struct stage *stage, uint32_t credit, const char *type)
{
    struct subscription *s = NULL;

    assert_int_equal(open_as(stage, 7, "s", credit, type, &s), 0);
    return s;
}

/* Positions after + 1 ...; 'h' is an event of home's, 'a' one of its agreements, 'f' one of finance's, 's' a sealed one. */
static void
happen(struct stage *stage, struct subscription *s, int64_t after, const char *events, bool is_last)
{
    struct event_row rows[512];
    struct page page = { "2019", after, rows, strlen(events), is_last, 0, stage->arena };

    memset(rows, 0, sizeof(rows));
    stage->said[0] = '\0';
    for (size_t i = 0; i < page.count; i++) {
        rows[i].position = after + 1 + (int64_t) i;
        rows[i].version = 1;
        rows[i].type = events[i] == 'a' ? AGREED : SIGNED_OFF;
        rows[i].body = stage->body;
        rows[i].parties = events[i] == 'f' ? &finance : events[i] == 's' ? &nobody : &home;
        rows[i].party_count = 1;
        rows[i].traceparent = "";
    }
    subscription_take(&stage->all, s, &page, stage->authority, 0);
}

static void
events_of_a_page_travel_together(void **state)
{
    struct stage *stage = *state;
    struct subscription *s = listen(stage, 10, NULL);

    happen(stage, s, 0, "hfhh", true);
    assert_string_equal(stage->said, "d1,3,4<0 p4 ");
}

static void
hear_directory(struct stage *stage, const void *event)
{
    struct bytes bytes = proto_pack(stage->arena, event);

    assert_int_equal(authority_hear(stage->authority, authority_position(stage->authority) + 1,
                                    ((const ProtobufCMessage *) event)->descriptor->name,
                                    bytes.data, bytes.size),
                     0);
}

static void
let_home_read_all(struct stage *stage)
{
    Directory__AgencyRegistered agency = DIRECTORY__AGENCY_REGISTERED__INIT;
    Directory__PersonRegistered person = DIRECTORY__PERSON_REGISTERED__INIT;
    Directory__RoleBound bound = DIRECTORY__ROLE_BOUND__INIT;

    agency.agency_id = uuid_text(stage->arena, &home);
    person.agency_id = agency.agency_id;
    person.person_id = "00000000-0000-0000-0000-000000000011";
    bound.binding_id = "00000000-0000-0000-0000-000000000012";
    bound.agency_id = agency.agency_id;
    bound.role = DIRECTORY__ROLE__ROLE_AUDITOR;
    bound.programme = "2019";
    hear_directory(stage, &agency);
    hear_directory(stage, &person);
    hear_directory(stage, &bound);
}

static void
a_sealed_event_passes_unseen_also_by_those_who_read_all(void **state)
{
    struct stage *stage = *state;
    struct subscription *s = listen(stage, 10, NULL);

    happen(stage, s, 0, "hsh", false);
    assert_string_equal(stage->said, "d1,3<0 ");
    let_home_read_all(stage);
    happen(stage, s, 3, "fsf", false);
    assert_string_equal(stage->said, "d4,6<3 ");
}

static void
each_frame_names_the_event_before_its_first(void **state)
{
    struct stage *stage = *state;
    struct subscription *s = listen(stage, 10, NULL);

    happen(stage, s, 0, "hfh", false);
    assert_string_equal(stage->said, "d1,3<0 ");
    happen(stage, s, 3, "ffhh", false);
    assert_string_equal(stage->said, "d6,7<3 ");
}

static void
a_frame_has_a_bound_in_bytes(void **state)
{
    static const uint8_t zeros[20000];
    struct stage *stage = *state;
    struct subscription *s = listen(stage, 10, NULL);

    stage->body = (struct bytes){ zeros, sizeof(zeros) };
    happen(stage, s, 0, "hhhhfhh", true);
    assert_string_equal(stage->said, "d1,2,3<0 d4,6,7<3 p7 ");
}

static void
an_event_larger_than_that_goes_alone(void **state)
{
    static const uint8_t zeros[70000];
    struct stage *stage = *state;
    struct subscription *s = listen(stage, 10, NULL);

    stage->body = (struct bytes){ zeros, sizeof(zeros) };
    happen(stage, s, 0, "hhh", true);
    assert_string_equal(stage->said, "d1<0 d2<1 d3<2 p3 ");
}

static void
credit_counts_events_and_may_end_within_a_page(void **state)
{
    struct stage *stage = *state;
    struct subscription *s = listen(stage, 3, NULL);

    happen(stage, s, 0, "hhhhh", true);
    assert_string_equal(stage->said, "d1,2,3<0 ");
    assert_int_equal(s->position, 3);
    subscription_grant(s, 10);
    happen(stage, s, 0, "hhhhh", true);
    assert_string_equal(stage->said, "d4,5<3 p5 ");
    assert_int_equal(s->credit, 8);
}

static void
progress_comes_after_the_events_before_it(void **state)
{
    struct stage *stage = *state;
    struct subscription *s = listen(stage, 10, NULL);
    char events[512];

    memset(events, 'f', 300);
    events[0] = events[1] = events[299] = 'h';
    events[300] = '\0';
    happen(stage, s, 0, events, false);
    assert_string_equal(stage->said, "d1,2<0 p258 d300<2 ");
}

static void
who_does_not_take_what_was_sent_gets_no_more(void **state)
{
    static const uint8_t zeros[LARGE];
    struct stage *stage = *state;
    struct subscription *s = listen(stage, 100, NULL);

    stage->body = (struct bytes){ zeros, sizeof(zeros) };
    stage->holds = true;
    happen(stage, s, 0, "hhhhhhhhhhhhhhhhhhhh", true);
    assert_true(s->position > 5 && s->position < 15); /* half a MiB */
    assert_true(subscription_is_full(s));
    assert_false(subscription_wants(s, 20, 0));
    let_go(stage);
    assert_true(subscription_wants(s, 20, 0));
    assert_int_equal(stream_bytes(s->index), 0);
}

static void
what_is_not_for_it_is_told_as_progress_at_the_end(void **state)
{
    struct stage *stage = *state;
    struct subscription *s = listen(stage, 10, NULL);

    happen(stage, s, 0, "hff", true);
    assert_string_equal(stage->said, "d1<0 p3 ");
    happen(stage, s, 3, "", true);
    assert_string_equal(stage->said, "");
    happen(stage, s, 3, "fh", true);
    assert_string_equal(stage->said, "d5<1 "); /* previous is a delivery, not progress */
}

static void
in_a_long_history_progress_is_told_every_256_positions(void **state)
{
    struct stage *stage = *state;
    struct subscription *s = listen(stage, 10, NULL);
    char events[512];

    memset(events, 'f', 300);
    events[300] = '\0';
    happen(stage, s, 0, events, false);
    assert_string_equal(stage->said, "p256 ");
    happen(stage, s, 300, events, false);
    assert_string_equal(stage->said, "p512 ");
}

static void
only_the_types_asked_for_come(void **state)
{
    struct stage *stage = *state;
    struct subscription *s = listen(stage, 10, AGREED);

    happen(stage, s, 0, "haha", true);
    assert_string_equal(stage->said, "d2,4<0 p4 ");
}

static void
the_end_of_the_history_is_told_once(void **state)
{
    struct stage *stage = *state;
    struct subscription *s = listen(stage, 10, NULL);

    happen(stage, s, 0, "hh", false);
    assert_string_equal(stage->said, "d1,2<0 ");
    happen(stage, s, 2, "h", true);
    assert_string_equal(stage->said, "d3<2 p3 ");
    happen(stage, s, 3, "h", true);
    assert_string_equal(stage->said, "d4<3 "); /* live: the delivery says it all */
}

static void
without_credit_it_waits_before_the_next_event_for_it(void **state)
{
    struct stage *stage = *state;
    struct subscription *s = listen(stage, 1, NULL);

    happen(stage, s, 0, "hfh", true);
    assert_string_equal(stage->said, "d1<0 ");
    assert_int_equal(s->position, 2);
    assert_false(subscription_wants(s, 3, 0));
    subscription_grant(s, 1);
    assert_true(subscription_wants(s, 3, 0));
    happen(stage, s, 2, "h", true);
    assert_string_equal(stage->said, "d3<1 p3 ");
}

static void
rows_it_has_seen_are_not_sent_twice(void **state)
{
    struct stage *stage = *state;
    struct subscription *s = listen(stage, 10, NULL);

    happen(stage, s, 0, "hh", true);
    happen(stage, s, 0, "hhh", true); /* a page read for somebody who is further behind */
    assert_string_equal(stage->said, "d3<2 ");
}

static void
after_a_full_connection_it_goes_on_before_what_was_lost(void **state)
{
    struct stage *stage = *state;
    struct subscription *s = listen(stage, 10, NULL);
    struct mark lost;

    happen(stage, s, 0, "h", true);
    happen(stage, s, 1, "hf", false);
    lost = stage->last.mark;
    happen(stage, s, 3, "hh", true);
    subscription_stall(&stage->all, &lost, 1000);
    assert_int_equal(s->position, 1);
    assert_int_equal(s->credit, 9);
    assert_false(subscription_wants(s, 4, 1000));
    assert_true(subscription_wants(s, 5, 2000));
    happen(stage, s, 1, "hfhh", true);
    assert_string_equal(stage->said, "d2,4,5<1 ");

    subscription_stall(&stage->all, &lost, 3000); /* of an epoch that is over */
    assert_int_equal(s->position, 5);
}

static void
subscribing_again_begins_again(void **state)
{
    struct stage *stage = *state;
    struct subscription *s = listen(stage, 10, NULL);
    struct subscription *again;
    uint32_t epoch = s->epoch;

    happen(stage, s, 0, "hh", true);
    again = listen(stage, 10, NULL);
    assert_ptr_equal(again, s);
    assert_int_equal(stage->all.count, 1);
    assert_true(again->epoch != epoch);
    happen(stage, again, 0, "h", true);
    assert_string_equal(stage->said, "d1<0 p1 ");
}

static void
a_connection_has_sixteen_and_a_system_sixty_four(void **state)
{
    struct stage *stage = *state;
    struct subscription *s;
    char name[8];

    for (int i = 0; i < 64; i++) {
        snprintf(name, sizeof(name), "%d", i % 16);
        assert_int_equal(open_as(stage, 100 + (uint64_t) i / 16, name, 1, NULL, &s), 0);
    }
    assert_int_equal(open_as(stage, 100, "more", 1, NULL, &s), WIRE__REASON__REASON_SYSTEM_BUSY);
    assert_int_equal(open_as(stage, 110, "more", 1, NULL, &s), WIRE__REASON__REASON_SYSTEM_BUSY);
    assert_int_equal(open_as(stage, 200, "more", 1, NULL, &s), 0);
    subscriptions_gone(&stage->all, 100);
    assert_int_equal(stage->all.count, 49);
    assert_int_equal(open_as(stage, 110, "more", 1, NULL, &s), 0);
}

static void
a_type_that_is_no_event_is_refused(void **state)
{
    struct subscription *s;

    assert_int_equal(open_as(*state, 7, "s", 1, "sangkien.funding.v1.SignOff", &s),
                     WIRE__REASON__REASON_INVALID_FIELD);
    assert_int_equal(open_as(*state, 7, "s", 1, "sangkien.funding.v1.Nothing", &s),
                     WIRE__REASON__REASON_INVALID_FIELD);
}

static void
credit_has_an_end(void **state)
{
    struct subscription *s = listen(*state, UINT32_MAX, NULL);

    for (int i = 0; i < 10; i++)
        subscription_grant(s, UINT32_MAX);
    assert_int_equal(s->credit, 1 << 30);
}

static void
its_end_is_told_with_the_reason(void **state)
{
    struct stage *stage = *state;
    struct subscription *s = listen(stage, 1, NULL);

    subscription_end(&stage->all, &s, WIRE__REASON__REASON_UNKNOWN_SYSTEM, NULL);
    assert_null(s);
    assert_string_equal(stage->said, "end:UNKNOWN_SYSTEM ");
    assert_false(stage->last.may_stall);
    assert_int_equal(stage->all.count, 0);
}

int
main(void)
{
#define FEED(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        FEED(events_of_a_page_travel_together),
        FEED(a_sealed_event_passes_unseen_also_by_those_who_read_all),
        FEED(each_frame_names_the_event_before_its_first),
        FEED(a_frame_has_a_bound_in_bytes),
        FEED(an_event_larger_than_that_goes_alone),
        FEED(credit_counts_events_and_may_end_within_a_page),
        FEED(progress_comes_after_the_events_before_it),
        FEED(who_does_not_take_what_was_sent_gets_no_more),
        FEED(what_is_not_for_it_is_told_as_progress_at_the_end),
        FEED(in_a_long_history_progress_is_told_every_256_positions),
        FEED(only_the_types_asked_for_come),
        FEED(the_end_of_the_history_is_told_once),
        FEED(without_credit_it_waits_before_the_next_event_for_it),
        FEED(rows_it_has_seen_are_not_sent_twice),
        FEED(after_a_full_connection_it_goes_on_before_what_was_lost),
        FEED(subscribing_again_begins_again),
        FEED(a_connection_has_sixteen_and_a_system_sixty_four),
        FEED(a_type_that_is_no_event_is_refused),
        FEED(credit_has_an_end),
        FEED(its_end_is_told_with_the_reason),
    };

    return cmocka_run_group_tests_name("subscription", tests, NULL, NULL);
}

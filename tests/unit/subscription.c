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

#define SIGNED_OFF "sangkien.funding.v1.SignedOff"
#define AGREED "sangkien.funding.v1.FundingAgreed"

static const struct uuid home = { { 1 } };
static const struct uuid finance = { { 2 } };

/* Everything the feed knows, and what it said: "d5<3" is a delivery of 5 after 3, "p7" progress to 7. */
struct stage {
    struct subscriptions all;
    struct authority *authority;
    struct arena *arena;
    char said[4096];
    struct label last;
};

static void
hear(void *context, const struct label *label, zmq_msg_t *frame)
{
    struct stage *stage = context;
    Wire__ServerFrame *f =
        wire__server_frame__unpack(NULL, zmq_msg_size(frame), zmq_msg_data(frame));
    size_t used = strlen(stage->said);
    char *end = stage->said + used;
    size_t left = sizeof(stage->said) - used;

    assert_non_null(f);
    if (f->content_case == WIRE__SERVER_FRAME__CONTENT_DELIVERY)
        snprintf(end, left, "d%lld<%lld ", (long long) f->delivery->position,
                 (long long) f->delivery->previous);
    else if (f->content_case == WIRE__SERVER_FRAME__CONTENT_PROGRESS)
        snprintf(end, left, "p%lld ", (long long) f->progress->position);
    else
        snprintf(end, left, "end:%s ", f->subscription_ended->reason);
    wire__server_frame__free_unpacked(f, NULL);
    zmq_msg_close(frame);
    stage->last = *label;
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

static int
teardown(void **state)
{
    struct stage *stage = *state;

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

/* Positions after + 1 ...; 'h' is an event of home's, 'a' one of its agreements, 'f' one of finance's. */
static void
happen(struct stage *stage, struct subscription *s, int64_t after, const char *events, bool is_last)
{
    struct event_row rows[512];
    struct page page = { "2019", after, rows, strlen(events), is_last, 0, stage->arena };

    memset(rows, 0, sizeof(rows));
    stage->said[0] = '\0';
    for (size_t i = 0; i < page.count; i++) {
        rows[i].position = after + 1 + (int64_t) i;
        rows[i].service = "funding";
        rows[i].type = events[i] == 'a' ? AGREED : SIGNED_OFF;
        rows[i].word = proto_word(rows[i].type);
        rows[i].parties = events[i] == 'f' ? &finance : &home;
        rows[i].party_count = 1;
        rows[i].traceparent = "";
    }
    subscription_take(&stage->all, s, &page, stage->authority, 0);
}

static void
each_delivery_names_the_one_before(void **state)
{
    struct stage *stage = *state;
    struct subscription *s = listen(stage, 10, NULL);

    happen(stage, s, 0, "hfhh", true);
    assert_string_equal(stage->said, "d1<0 d3<1 d4<3 p4 ");
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
    assert_string_equal(stage->said, "d2<0 d4<2 p4 ");
}

static void
the_end_of_the_history_is_told_once(void **state)
{
    struct stage *stage = *state;
    struct subscription *s = listen(stage, 10, NULL);

    happen(stage, s, 0, "hh", false);
    assert_string_equal(stage->said, "d1<0 d2<1 ");
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
    happen(stage, s, 1, "h", true);
    lost = stage->last.mark;
    happen(stage, s, 2, "hh", true);
    subscription_stall(&stage->all, &lost, 1000);
    assert_int_equal(s->position, 1);
    assert_int_equal(s->credit, 9);
    assert_false(subscription_wants(s, 4, 1000));
    assert_true(subscription_wants(s, 4, 2000));
    happen(stage, s, 1, "hhh", true);
    assert_string_equal(stage->said, "d2<1 d3<2 d4<3 ");

    subscription_stall(&stage->all, &lost, 3000); /* of an epoch that is over */
    assert_int_equal(s->position, 4);
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
        FEED(each_delivery_names_the_one_before),
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

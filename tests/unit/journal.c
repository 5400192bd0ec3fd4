/* tests/unit/journal.c - the chain: every word of a row, its place and its programme are in it. */
#include "common/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;
static struct uuid parties[2] = { { { 1 } }, { { 2 } } };

static int
begin(void **state)
{
    (void) state;
    arena = arena_new();
    return 0;
}

static int
end(void **state)
{
    (void) state;
    arena_free(&arena);
    return 0;
}

static struct journal_row
event_row(void)
{
    return (struct journal_row){ .service = "funding",
                                 .kind = "funding_case",
                                 .aggregate = { { 3 } },
                                 .version = 4,
                                 .type = "x.Y",
                                 .body = { (const uint8_t *) "body", 4 },
                                 .recorded_us = 5,
                                 .because = "why",
                                 .parties = parties,
                                 .party_count = 2,
                                 .source = { { 6 } },
                                 .cause = { { 7 } },
                                 .heard = 8,
                                 .agency = { { 9 } },
                                 .actor = { { 10 } },
                                 .capacity = 11,
                                 .traceparent = "00-1",
                                 .request_digest = { { 12 } },
                                 .reply_digest = { { 13 } } };
}

static struct inbox_row
request_row(void)
{
    return (struct inbox_row){ .source = { { 1 } },
                               .id = { { 2 } },
                               .service = "funding",
                               .type = "x.Y",
                               .subject = { { 3 } },
                               .agency = { { 4 } },
                               .actor = { { 5 } },
                               .capacity = 6,
                               .received_us = 7,
                               .stored_us = 8,
                               .request_digest = { { 9 } },
                               .reply = { (const uint8_t *) "reply", 5 } };
}

static struct digest
chain_of(struct journal_row row)
{
    struct journal_head head = { .programme = "p" };

    journal_chain(&head, &row);
    return row.chain;
}

static struct digest
inbox_chain_of(struct inbox_row row)
{
    struct journal_head head = { .programme = "p" };

    inbox_chain(&head, &row);
    return row.chain;
}

static void
positions_have_no_gaps_and_the_head_has_the_last_chain(void **state)
{
    struct journal_head head = { .programme = "p", .position = 41 };
    struct journal_row one = event_row(), two = event_row();

    (void) state;
    journal_chain(&head, &one);
    journal_chain(&head, &two);
    assert_int_equal(one.position, 42);
    assert_int_equal(two.position, 43);
    assert_int_equal(head.position, 43);
    assert_true(digest_equal(&head.chain, &two.chain));
    assert_false(digest_equal(&one.chain, &two.chain));
}

/* Each line changes one thing; the chain must be another one every time. */
#define CHANGED(change)                                                                            \
    do {                                                                                           \
        struct journal_row row = event_row();                                                      \
        struct digest other;                                                                       \
                                                                                                   \
        change;                                                                                    \
        other = chain_of(row);                                                                     \
        if (digest_equal(&whole, &other))                                                          \
            fail_msg("not in the chain: %s", #change);                                             \
    } while (0)

static void
nothing_of_an_event_can_be_changed_unseen(void **state)
{
    struct digest whole = chain_of(event_row()), again = chain_of(event_row());

    (void) state;
    assert_true(digest_equal(&whole, &again));
    CHANGED(row.service = "fundinf");
    CHANGED(row.kind = "other");
    CHANGED(row.aggregate.bytes[15] = 1);
    CHANGED(row.version = 5);
    CHANGED(row.type = "x.Z");
    CHANGED(row.body.size = 3);
    CHANGED(row.recorded_us = 6);
    CHANGED(row.because = "because");
    CHANGED(row.party_count = 1);
    CHANGED(row.source.bytes[15] = 1);
    CHANGED(row.cause.bytes[15] = 1);
    CHANGED(row.heard = 9);
    CHANGED(row.agency.bytes[15] = 1);
    CHANGED(row.actor.bytes[15] = 1);
    CHANGED(row.capacity = 12);
    CHANGED(row.traceparent = "");
    CHANGED(row.request_digest.bytes[31] = 1);
    CHANGED(row.reply_digest.bytes[31] = 1);
}

static void
text_cannot_slide_from_one_column_into_the_next(void **state)
{
    struct journal_row one = event_row(), two = event_row();
    struct digest first, second;

    (void) state;
    one.service = "ab";
    one.kind = "c";
    two.service = "a";
    two.kind = "bc";
    first = chain_of(one);
    second = chain_of(two);
    assert_false(digest_equal(&first, &second));
}

static void
the_same_row_in_another_programme_or_place_or_after_another_row_has_another_chain(void **state)
{
    struct journal_head p = { .programme = "p" }, q = { .programme = "q" };
    struct journal_head later = { .programme = "p", .position = 1 };
    struct journal_head after = { .programme = "p", .chain = { { 1 } } };
    struct journal_row rows[4] = { event_row(), event_row(), event_row(), event_row() };

    (void) state;
    journal_chain(&p, &rows[0]);
    journal_chain(&q, &rows[1]);
    journal_chain(&later, &rows[2]);
    journal_chain(&after, &rows[3]);
    for (size_t i = 1; i < 4; i++)
        assert_false(digest_equal(&rows[0].chain, &rows[i].chain));
}

#undef CHANGED
#define CHANGED(change)                                                                            \
    do {                                                                                           \
        struct inbox_row row = request_row();                                                      \
        struct digest other;                                                                       \
                                                                                                   \
        change;                                                                                    \
        other = inbox_chain_of(row);                                                               \
        if (digest_equal(&whole, &other))                                                          \
            fail_msg("not in the chain: %s", #change);                                             \
    } while (0)

static void
nothing_of_an_answer_can_be_changed_unseen(void **state)
{
    struct digest whole = inbox_chain_of(request_row());

    (void) state;
    CHANGED(row.source.bytes[15] = 1);
    CHANGED(row.id.bytes[15] = 1);
    CHANGED(row.service = "other");
    CHANGED(row.type = "x.Z");
    CHANGED(row.subject.bytes[15] = 1);
    CHANGED(row.agency.bytes[15] = 1);
    CHANGED(row.actor.bytes[15] = 1);
    CHANGED(row.capacity = 7);
    CHANGED(row.received_us = 8);
    CHANGED(row.stored_us = 9);
    CHANGED(row.request_digest.bytes[31] = 1);
    CHANGED(row.reply.size = 4);
}

/* So that the bytes can be erased, and the chain still holds. */
static void
the_bytes_of_a_request_are_in_the_chain_only_by_their_digest(void **state)
{
    struct inbox_row erased = request_row();
    struct digest whole = inbox_chain_of(request_row()), without;

    (void) state;
    erased.request = (struct bytes){ (const uint8_t *) "bytes", 5 };
    memset(erased.salt, 7, sizeof(erased.salt));
    without = inbox_chain_of(erased);
    assert_true(digest_equal(&whole, &without));
}

static void
without_its_salt_a_digest_tells_nothing_of_the_request(void **state)
{
    static const uint8_t one[16] = { 1 }, two[16] = { 2 };
    struct bytes request = { (const uint8_t *) "a name", 6 };
    struct digest first = request_digest(one, request);
    struct digest second = request_digest(two, request);
    struct digest plain = sha256(request.data, request.size);

    (void) state;
    assert_false(digest_equal(&first, &second));
    assert_false(digest_equal(&first, &plain));
}

static void
events_and_answers_never_have_the_same_chain(void **state)
{
    struct digest event = chain_of((struct journal_row){ 0 });
    struct digest answer = inbox_chain_of((struct inbox_row){ 0 });

    (void) state;
    assert_false(digest_equal(&event, &answer));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(positions_have_no_gaps_and_the_head_has_the_last_chain),
        TEST(nothing_of_an_event_can_be_changed_unseen),
        TEST(text_cannot_slide_from_one_column_into_the_next),
        TEST(the_same_row_in_another_programme_or_place_or_after_another_row_has_another_chain),
        TEST(nothing_of_an_answer_can_be_changed_unseen),
        TEST(the_bytes_of_a_request_are_in_the_chain_only_by_their_digest),
        TEST(without_its_salt_a_digest_tells_nothing_of_the_request),
        TEST(events_and_answers_never_have_the_same_chain),
    };

    return cmocka_run_group_tests_name("unit.journal", tests, NULL, NULL);
}

/* tests/unit/queue.c - everybody's turn comes, and nobody overtakes in his own line. */
#include "common/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/arena.h"
#include "common/proto.h"
#include "sangkien/wire/v1/wire.pb-c.h"

static struct arena *arena;
static struct queue *queue;
static int freed;

/* In place of the bus's: this work came by no wire. */
void
work_free(struct work **work_p)
{
    freed++;
    free(*work_p);
    *work_p = NULL;
}

static int
begin(void **state)
{
    (void) state;
    arena = arena_new();
    queue = queue_new();
    freed = 0;
    return 0;
}

static int
end(void **state)
{
    (void) state;
    queue_free(&queue);
    arena_free(&arena);
    return 0;
}

static void
add_from(uint8_t system, const char *programme, uint64_t ticket)
{
    Wire__Request request = WIRE__REQUEST__INIT;
    struct work *work = calloc(1, sizeof(*work));

    assert_non_null(work);
    request.programme = programme;
    request.id = "x";
    work->ticket = ticket;
    work->system = (struct uuid){ { system } };
    work->request = proto_pack(arena, &request);
    queue_add(queue, work);
}

static void
add(const char *programme, uint64_t ticket)
{
    add_from(0, programme, ticket);
}

static void
add_many(uint8_t system, uint64_t first, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        add_from(system, "a", first + i);
}

/* "a: 1 2" */
static const char *
told(struct work *work, const char *programme)
{
    const char *text = work ? arena_format(arena, "%s:", programme) : "nobody";

    while (work) {
        struct work *next = work->next;

        text = arena_format(arena, "%s %d", text, (int) work->ticket);
        work_free(&work);
        work = next;
    }
    return text;
}

static const char *
take(size_t most)
{
    const char *programme = "";
    struct work *work = queue_take(queue, most, &programme);

    return told(work, programme);
}

static const char *
take_more(size_t room, const char *programme)
{
    return told(queue_take_more(queue, room, programme), programme);
}

static void
an_empty_queue_gives_nothing(void **state)
{
    (void) state;
    assert_string_equal(take(9), "nobody");
    assert_int_equal(queue_length(queue), 0);
}

static void
in_one_programme_the_order_of_arrival_is_kept(void **state)
{
    (void) state;
    add("a", 1);
    add("a", 2);
    add("a", 3);
    assert_int_equal(queue_length(queue), 3);
    assert_string_equal(take(2), "a: 1 2");
    assert_int_equal(queue_length(queue), 1);
    assert_string_equal(take(2), "a: 3");
    assert_string_equal(take(2), "nobody");
}

static void
the_flood_of_one_programme_does_not_keep_the_others_waiting(void **state)
{
    (void) state;
    for (uint64_t i = 0; i < 100; i++)
        add("flood", i);
    add("quiet", 500);
    add("small", 600);
    assert_string_equal(take(2), "flood: 0 1");
    assert_string_equal(take(2), "quiet: 500");
    assert_string_equal(take(2), "small: 600");
    assert_string_equal(take(2), "flood: 2 3");
}

static void
ever_new_programmes_do_not_overtake_those_that_wait(void **state)
{
    (void) state;
    add("a", 1);
    add("b", 2);
    add("c", 3);
    assert_string_equal(take(9), "a: 1");
    add("d", 4);
    assert_string_equal(take(9), "b: 2");
    add("e", 5);
    assert_string_equal(take(9), "c: 3");
    assert_string_equal(take(9), "d: 4");
    assert_string_equal(take(9), "e: 5");
}

static void
a_batch_never_mixes_programmes(void **state)
{
    (void) state;
    add("a", 1);
    add("b", 2);
    add("a", 3);
    add("b", 4);
    assert_string_equal(take(9), "a: 1 3");
    assert_string_equal(take(9), "b: 2 4");
}

static void
what_is_given_back_stands_first_again(void **state)
{
    const char *programme;
    struct work *work;

    (void) state;
    add("a", 1);
    add("a", 2);
    add("a", 3);
    work = queue_take(queue, 2, &programme);
    queue_return(queue, "a", work);
    assert_int_equal(queue_length(queue), 3);
    assert_string_equal(take(9), "a: 1 2 3");
}

static void
what_is_given_back_to_a_line_that_has_gone_opens_it_again(void **state)
{
    const char *programme;
    struct work *work;

    (void) state;
    add("a", 1);
    work = queue_take(queue, 9, &programme);
    queue_return(queue, "a", work);
    add("a", 2);
    assert_string_equal(take(9), "a: 1 2");
}

static void
giving_nothing_back_makes_no_empty_line(void **state)
{
    (void) state;
    queue_return(queue, "a", NULL);
    assert_int_equal(queue_length(queue), 0);
    assert_string_equal(take(9), "nobody");
    add("b", 1);
    queue_return(queue, "a", NULL);
    assert_string_equal(take(9), "b: 1");
    assert_string_equal(take(9), "nobody");
}

static void
what_cannot_be_read_stands_in_a_line_of_its_own(void **state)
{
    static const uint8_t noise[] = { 0xff, 0xff };
    struct work *work = calloc(1, sizeof(*work));

    (void) state;
    assert_non_null(work);
    work->ticket = 7;
    work->request = (struct bytes){ noise, sizeof(noise) };
    queue_add(queue, work);
    add("a", 1);
    assert_string_equal(take(9), ": 7");
    assert_string_equal(take(9), "a: 1");
}

static void
what_still_waits_at_the_end_is_freed(void **state)
{
    (void) state;
    add("a", 1);
    add("b", 2);
    add("b", 3);
    queue_free(&queue);
    assert_int_equal(freed, 3);
    assert_null(queue);
}

static void
more_of_the_same_programme_joins_a_batch(void **state)
{
    (void) state;
    assert_string_equal(take_more(9, "a"), "nobody");
    add("a", 1);
    add("b", 2);
    assert_string_equal(take(9), "a: 1");
    assert_string_equal(take_more(9, "a"), "nobody");
    add("b", 3);
    add("a", 4);
    add("a", 5);
    add("a", 6);
    assert_string_equal(take_more(2, "a"), "a: 4 5");
    assert_string_equal(take(9), "b: 2 3");
    assert_string_equal(take(9), "a: 6");
    assert_int_equal(queue_length(queue), 0);
}

/* ------------------------------------------------------------------ systems in one line */

static void
alone_a_system_may_have_the_whole_batch(void **state)
{
    (void) state;
    assert_int_equal(queue_share(256, 0, false), 256);
    assert_int_equal(queue_share(256, 1, true), 256);
    add_many(1, 100, 9);
    assert_string_equal(take(8), "a: 100 101 102 103 104 105 106 107");
}

static void
those_that_want_much_fill_the_batch_together(void **state)
{
    (void) state;
    assert_int_equal(queue_share(256, 2, false), 128);
    assert_int_equal(queue_share(256, 3, false), 86);
    assert_int_equal(queue_share(256, 32, false), 32);
    assert_int_equal(queue_share(1, 32, false), 1); /* or nobody would ever have anything */
    add_many(1, 100, 9);
    add_many(2, 200, 9);
    assert_string_equal(take(8), "a: 100 200 101 201 102 202 103 203");
    assert_false(queue_is_shared(queue));
}

static void
beside_a_modest_system_the_others_have_little(void **state)
{
    (void) state;
    assert_int_equal(queue_share(256, 2, true), 16);
    assert_int_equal(queue_share(256, 32, true), 16);
    assert_int_equal(queue_share(1, 2, true), 1);
    add_many(1, 100, 40);
    add_many(2, 200, 1);
    assert_string_equal(take(32), "a: 100 200 101");
    assert_int_equal(queue_length(queue), 38);
    assert_true(queue_is_shared(queue));
}

static void
who_has_half_of_an_equal_part_under_way_is_not_modest(void **state)
{
    (void) state;
    add_many(1, 100, 40);
    add_many(2, 200, 5);
    assert_string_equal(take(32), "a: 100 200 101 201");
    assert_true(queue_is_shared(queue));
    add_many(2, 205, 2);
    assert_string_equal(take(32), "a: 102 202 103 203");
    assert_true(queue_is_shared(queue));
    add_many(2, 207, 3); /* six wait, and two were taken: half of sixteen */
    take(32);
    assert_false(queue_is_shared(queue));
    assert_int_equal(queue_length(queue), 50 - 4 - 4 - 22);
}

static void
a_newcomer_waits_for_no_flood(void **state)
{
    (void) state;
    add_many(1, 100, 100);
    assert_string_equal(take(4), "a: 100 101 102 103");
    add_many(2, 200, 1);
    assert_string_equal(take(16), "a: 104 200");
}

static void
each_system_keeps_its_order_between_the_others(void **state)
{
    (void) state;
    add_many(1, 100, 3);
    add_many(2, 200, 3);
    add_many(3, 300, 1);
    assert_string_equal(take(48), "a: 100 200 300 101 201 102 202");
}

static void
who_was_not_reached_is_next(void **state)
{
    (void) state;
    for (uint8_t system = 1; system <= 6; system++)
        add_many(system, 100U * system, 2);
    assert_string_equal(take(4), "a: 100 200 300 400");
    assert_string_equal(take(4), "a: 500 600 101 201");
    assert_string_equal(take(4), "a: 301 401 501 601");
}

static void
the_share_is_new_in_each_batch(void **state)
{
    (void) state;
    add_many(1, 100, 5);
    add_many(2, 200, 1);
    assert_string_equal(take(32), "a: 100 200 101");
    assert_string_equal(take(32), "a: 102 103");
    assert_string_equal(take(32), "a: 104");
}

static void
what_is_given_back_is_of_nobodys_share(void **state)
{
    const char *programme;

    (void) state;
    add_many(1, 100, 8);
    add_many(2, 200, 1);
    queue_return(queue, "a", queue_take(queue, 32, &programme));
    assert_string_equal(take(32), "a: 100 200 101 102 103");
}

static void
who_has_had_his_share_of_a_batch_gets_no_more_of_it(void **state)
{
    (void) state;
    add_many(1, 100, 6);
    add_many(2, 200, 1);
    assert_string_equal(take(32), "a: 100 200 101");
    assert_string_equal(take_more(29, "a"), "nobody");
    assert_string_equal(take(32), "a: 102 103");
}

static void
who_was_silent_for_long_is_not_reckoned_with(void **state)
{
    (void) state;
    add_many(2, 200, 1);
    assert_string_equal(take(32), "a: 200");
    for (int takes = 1; takes < QUEUE_LATELY; takes += 2) {
        add_many(1, 100, 3);
        assert_string_equal(take(32), "a: 100 101");
        assert_string_equal(take(32), "a: 102");
    }
    add_many(1, 100, 3);
    assert_string_equal(take(32), "a: 100 101 102");
    assert_false(queue_is_shared(queue));
}

static void
who_wanted_much_long_ago_is_modest_again(void **state)
{
    (void) state;
    add_many(1, 100, 9);
    add_many(2, 200, 9);
    assert_string_equal(take(16),
                        "a: 100 200 101 201 102 202 103 203 104 204 105 205 106 206 107 207");
    while (strcmp(take(16), "nobody") != 0)
        ;
    assert_false(queue_is_shared(queue));
    for (int takes = 0; takes < 64; takes++) {
        add_many(1, 100, 1);
        take(16);
    }
    assert_true(queue_is_shared(queue));
}

/* As when all are sent away. */
static void
without_a_limit_all_are_given_out(void **state)
{
    (void) state;
    add_many(1, 100, 2);
    add_many(2, 200, 2);
    take(1);
    assert_string_equal(take(SIZE_MAX), "a: 200 101 201");
    assert_string_equal(take(SIZE_MAX), "nobody");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_queue_gives_nothing),
        TEST(in_one_programme_the_order_of_arrival_is_kept),
        TEST(the_flood_of_one_programme_does_not_keep_the_others_waiting),
        TEST(ever_new_programmes_do_not_overtake_those_that_wait),
        TEST(a_batch_never_mixes_programmes),
        TEST(what_is_given_back_stands_first_again),
        TEST(what_is_given_back_to_a_line_that_has_gone_opens_it_again),
        TEST(giving_nothing_back_makes_no_empty_line),
        TEST(what_cannot_be_read_stands_in_a_line_of_its_own),
        TEST(what_still_waits_at_the_end_is_freed),
        TEST(more_of_the_same_programme_joins_a_batch),
        TEST(alone_a_system_may_have_the_whole_batch),
        TEST(those_that_want_much_fill_the_batch_together),
        TEST(beside_a_modest_system_the_others_have_little),
        TEST(who_has_half_of_an_equal_part_under_way_is_not_modest),
        TEST(a_newcomer_waits_for_no_flood),
        TEST(each_system_keeps_its_order_between_the_others),
        TEST(who_was_not_reached_is_next),
        TEST(the_share_is_new_in_each_batch),
        TEST(what_is_given_back_is_of_nobodys_share),
        TEST(who_has_had_his_share_of_a_batch_gets_no_more_of_it),
        TEST(who_was_silent_for_long_is_not_reckoned_with),
        TEST(who_wanted_much_long_ago_is_modest_again),
        TEST(without_a_limit_all_are_given_out),
    };

    return cmocka_run_group_tests_name("unit.queue", tests, NULL, NULL);
}

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
add(const char *programme, uint64_t ticket)
{
    Wire__Request request = WIRE__REQUEST__INIT;
    struct work *work = calloc(1, sizeof(*work));

    assert_non_null(work);
    request.programme = programme;
    request.id = "x";
    work->ticket = ticket;
    work->request = proto_pack(arena, &request);
    queue_add(queue, work);
}

/* "a: 1 2" */
static const char *
take(size_t most)
{
    const char *programme = "";
    struct work *work = queue_take(queue, most, &programme);
    const char *text = work ? arena_format(arena, "%s:", programme) : "nobody";

    while (work) {
        struct work *next = work->next;

        text = arena_format(arena, "%s %d", text, (int) work->ticket);
        work_free(&work);
        work = next;
    }
    return text;
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
    };

    return cmocka_run_group_tests_name("unit.queue", tests, NULL, NULL);
}

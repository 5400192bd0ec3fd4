/* tests/unit/verify_waiting.c - whoever came early waits, and leaves by number. */
#include "common/verify_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct waiting waiting;

static int
end(void **state)
{
    (void) state;
    waiting_clear(&waiting);
    return 0;
}

static bool
add(int64_t number)
{
    const struct request request = {
        .row = { .number = number, .service = "funding", .type = "SignOff" },
        .is_erased = true,
    };

    return waiting_add(&waiting, &request);
}

static void
the_lowest_number_leaves_first_in_whatever_order_they_came(void **state)
{
    (void) state;
    for (int64_t i = 0; i < 1000; i++)
        assert_true(add(i * 377 % 1000));
    for (int64_t i = 0; i < 1000; i++) {
        assert_int_equal(waiting_first(&waiting)->row.number, i);
        waiting_drop_first(&waiting);
    }
    assert_null(waiting_first(&waiting));
}

static void
two_of_one_number_both_leave(void **state)
{
    (void) state;
    for (int i = 0; i < 2; i++)
        assert_true(add(7) && add(8));
    for (int i = 0; i < 4; i++) {
        assert_int_equal(waiting_first(&waiting)->row.number, i < 2 ? 7 : 8);
        waiting_drop_first(&waiting);
    }
}

static void
what_waits_is_a_copy(void **state)
{
    char service[] = "funding", bytes[] = "bytes", salt[] = "salt";
    const struct request request = {
        .row = { .number = 1,
                 .service = service,
                 .type = "",
                 .reply = { (const uint8_t *) bytes, 5 },
                 .request = { (const uint8_t *) bytes, 5 } },
        .salt = { (const uint8_t *) salt, 4 },
    };
    const struct request *kept;

    (void) state;
    assert_true(waiting_add(&waiting, &request));
    memset(service, 'x', sizeof(service) - 1);
    memset(bytes, 'x', sizeof(bytes) - 1);
    memset(salt, 'x', sizeof(salt) - 1);
    kept = waiting_first(&waiting);
    assert_string_equal(kept->row.service, "funding");
    assert_memory_equal(kept->row.reply.data, "bytes", 5);
    assert_memory_equal(kept->row.request.data, "bytes", 5);
    assert_memory_equal(kept->salt.data, "salt", 4);
}

static void
there_is_room_for_so_many_and_no_more(void **state)
{
    (void) state;
    for (int64_t i = 0; i < MOST_WAITING; i++)
        assert_true(add(MOST_WAITING - i));
    assert_false(add(0));
    assert_int_equal(waiting_first(&waiting)->row.number, 1);
}

#define TEST(name) cmocka_unit_test_teardown(name, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_lowest_number_leaves_first_in_whatever_order_they_came),
        TEST(two_of_one_number_both_leave),
        TEST(what_waits_is_a_copy),
        TEST(there_is_room_for_so_many_and_no_more),
    };

    return cmocka_run_group_tests_name("unit.verify_waiting", tests, NULL, NULL);
}

/* tests/unit/admission.c - how much may be under way. */
#include "services/gateway/admission.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sangkien/wire/v1/wire.pb-c.h"

#define MANY 10000
#define SYSTEM_BUSY WIRE__REASON__REASON_SYSTEM_BUSY
#define GATEWAY_BUSY WIRE__REASON__REASON_GATEWAY_BUSY

static const struct config config = {
    .system_inflight = 3,
    .system_inflight_bytes = 10000,
    .global_inflight_bytes = 25000,
};
static const struct uuid home = { { 1 } };
static const struct uuid finance = { { 2 } };
static const struct uuid treasury = { { 3 } };

static int
setup(void **state)
{
    *state = admission_new(&config);
    return 0;
}

static int
teardown(void **state)
{
    struct admission *admission = *state;

    admission_free(&admission);
    return 0;
}

static void
one_system_may_have_so_many_requests_under_way(void **state)
{
    for (int i = 0; i < 3; i++)
        assert_int_equal(admission_enter(*state, &home, 100), 0);
    assert_int_equal(admission_enter(*state, &home, 100), SYSTEM_BUSY);
    assert_int_equal(admission_enter(*state, &finance, 100), 0);
    admission_leave(*state, &home, 100);
    assert_int_equal(admission_enter(*state, &home, 100), 0);
    assert_int_equal(admission_count_of(*state, &home), 3);
    assert_int_equal(admission_count_of(*state, &treasury), 0);
}

static void
one_system_may_have_so_many_bytes_under_way(void **state)
{
    assert_int_equal(admission_enter(*state, &home, 9000), 0);
    assert_int_equal(admission_enter(*state, &home, 9000), SYSTEM_BUSY);
    assert_int_equal(admission_enter(*state, &finance, 9000), 0);
}

static void
all_together_may_have_so_many_bytes_under_way(void **state)
{
    assert_int_equal(admission_enter(*state, &home, 9000), 0);
    assert_int_equal(admission_enter(*state, &finance, 9000), 0);
    assert_int_equal(admission_enter(*state, &treasury, 9000), GATEWAY_BUSY);
    admission_leave(*state, &home, 9000);
    assert_int_equal(admission_enter(*state, &treasury, 9000), 0);
}

static void
small_requests_count_for_what_they_cost_besides(void **state)
{
    size_t count = 0;

    for (uint8_t i = 0; i < 255; i++) {
        struct uuid system = { { 0, i } };

        count += admission_enter(*state, &system, 0) == 0;
    }
    assert_true(count < 60);
}

static void
what_was_refused_leaves_nothing_behind(void **state)
{
    for (int i = 0; i < 10; i++)
        assert_int_equal(admission_enter(*state, &home, 20000), SYSTEM_BUSY);
    assert_int_equal(admission_count(*state), 0);
    assert_int_equal(admission_bytes(*state), 0);
}

/* ------------------------------------------------------------------ how often one may be refused */

/* Refusals until it shall wait; the last one is refused too. */
static int
refuse_until_it_waits(struct admission *admission, const struct uuid *system, int64_t now_ms)
{
    int count = 1;

    while (admission_refuse(admission, system, now_ms) && count < MANY)
        count++;
    return count;
}

static void
patience_grows_with_each_millisecond_to_that_of_eight(void **state)
{
    (void) state;
    assert_int_equal(admission_patience(0, 0, 32), 0);
    assert_int_equal(admission_patience(5, 0, 32), 5);
    assert_int_equal(admission_patience(5, 1, 32), 37);
    assert_int_equal(admission_patience(5, 7, 32), 229);
    assert_int_equal(admission_patience(40, 7, 32), 256);
    assert_int_equal(admission_patience(0, 8, 32), 256);
    assert_int_equal(admission_patience(0, INT64_MAX, 64), 512);
}

static void
who_is_refused_again_and_again_shall_wait(void **state)
{
    assert_int_equal(refuse_until_it_waits(*state, &home, 1000), 129);
    assert_false(admission_refuse(*state, &home, 1000));
    assert_int_equal(refuse_until_it_waits(*state, &home, 1001), 17);
    assert_int_equal(refuse_until_it_waits(*state, &home, 1003), 33);
}

static void
a_refusal_now_and_then_makes_nobody_wait(void **state)
{
    for (int64_t ms = 1000; ms < 2000; ms++)
        assert_true(admission_refuse(*state, &home, ms));
}

static void
while_one_waits_another_may_still_be_refused(void **state)
{
    refuse_until_it_waits(*state, &home, 1000);
    assert_true(admission_refuse(*state, &finance, 1000));
}

static void
all_together_are_refused_so_often_and_no_more(void **state)
{
    for (uint8_t i = 0; i < 4; i++)
        assert_int_equal(refuse_until_it_waits(*state, &(struct uuid){ { 9, i } }, 1000), 129);
    assert_int_equal(refuse_until_it_waits(*state, &home, 1000), 576 - 4 * 129 + 1);
    assert_false(admission_refuse(*state, &treasury, 1000));
    assert_true(admission_refuse(*state, &treasury, 1001));
}

int
main(void)
{
#define ADMISSION(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        ADMISSION(one_system_may_have_so_many_requests_under_way),
        ADMISSION(one_system_may_have_so_many_bytes_under_way),
        ADMISSION(all_together_may_have_so_many_bytes_under_way),
        ADMISSION(small_requests_count_for_what_they_cost_besides),
        ADMISSION(what_was_refused_leaves_nothing_behind),
        ADMISSION(patience_grows_with_each_millisecond_to_that_of_eight),
        ADMISSION(who_is_refused_again_and_again_shall_wait),
        ADMISSION(a_refusal_now_and_then_makes_nobody_wait),
        ADMISSION(while_one_waits_another_may_still_be_refused),
        ADMISSION(all_together_are_refused_so_often_and_no_more),
    };

    return cmocka_run_group_tests_name("admission", tests, NULL, NULL);
}

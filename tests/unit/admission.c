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
    };

    return cmocka_run_group_tests_name("admission", tests, NULL, NULL);
}

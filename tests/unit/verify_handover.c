/* tests/unit/verify_handover.c - what one thread puts in, another takes out, all of it and in order. */
#include "common/verify_parts.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { MANY = 100000 }; /* more than there is room for */

static struct handover *handover;
static int64_t wanted, put;

static void *
give(void *context)
{
    (void) context;
    for (put = 0; put < wanted && handover_is_wanted(handover); put++) {
        struct answered answered = { 0 };

        memcpy(answered.id.bytes, &put, sizeof(put));
        handover_put(handover, &answered);
    }
    handover_close(handover);
    return NULL;
}

static int64_t
take(void)
{
    const struct answered *answered = handover_take(handover);
    int64_t number = -1;

    if (answered)
        memcpy(&number, answered->id.bytes, sizeof(number));
    return number;
}

static pthread_t
given(int64_t count)
{
    pthread_t thread;

    wanted = count;
    handover = handover_new();
    assert_int_equal(pthread_create(&thread, NULL, give, NULL), 0);
    return thread;
}

static void
all_of_it_comes_out_in_order(void **state)
{
    static const int64_t counts[] = { 0, 1, 255, 256, 257, 16384, MANY };

    (void) state;
    for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
        pthread_t thread = given(counts[i]);

        for (int64_t n = 0; n < counts[i]; n++)
            assert_int_equal(take(), n);
        assert_int_equal(take(), -1);
        assert_int_equal(take(), -1);
        pthread_join(thread, NULL);
        handover_free(&handover);
    }
}

static void
whoever_leaves_keeps_nobody_waiting(void **state)
{
    (void) state;
    for (int goes_on = 0; goes_on <= 1; goes_on++) {
        pthread_t thread = given(MANY);

        assert_int_equal(take(), 0);
        handover_leave(handover, goes_on);
        pthread_join(thread, NULL);
        assert_true(goes_on ? put == MANY : put < MANY);
        handover_free(&handover);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_it_comes_out_in_order),
        cmocka_unit_test(whoever_leaves_keeps_nobody_waiting),
    };

    return cmocka_run_group_tests_name("unit.verify_handover", tests, NULL, NULL);
}

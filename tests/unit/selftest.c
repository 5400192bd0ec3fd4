/* tests/unit/selftest.c - a door that lets strangers in is found out before it opens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/socket.h"
#include "services/gateway/selftest.h"
#include "services/gateway/zap.h"

static char public_key[KEY_TEXT_SIZE];
static char secret_key[KEY_TEXT_SIZE];

static void
a_door_that_nobody_guards_fails_the_test(void **state)
{
    void *context = zmq_ctx_new();
    void *door = NULL;
    int server = 1;

    (void) state;
    assert_int_equal(socket_open(context, ZMQ_ROUTER, SIDE_OUTER, &door), 0);
    /* Encrypted, but without a domain: ZeroMQ asks nobody and lets everybody in. */
    assert_int_equal(zmq_setsockopt(door, ZMQ_CURVE_SERVER, &server, sizeof(server)), 0);
    assert_int_equal(zmq_setsockopt(door, ZMQ_CURVE_SECRETKEY, secret_key, sizeof(secret_key)), 0);
    assert_int_equal(selftest_door(context, door, public_key, "client"), ERR_FATAL);
    assert_non_null(strstr(err_text(), "let a stranger in"));
    socket_close(&door);
    zmq_ctx_term(context);
}

static void
a_guarded_door_passes_it(void **state)
{
    void *context = zmq_ctx_new();
    struct keys *keys = keys_new();
    struct zap *zap = NULL;
    void *door = NULL;

    (void) state;
    assert_int_equal(zap_open(context, keys, &zap), 0);
    assert_int_equal(socket_open(context, ZMQ_ROUTER, SIDE_OUTER, &door), 0);
    assert_int_equal(socket_guard(door, secret_key, DOMAIN_CLIENT), 0);
    assert_int_equal(selftest_door(context, door, public_key, "client"), 0);
    socket_close(&door);
    zmq_ctx_shutdown(context);
    zap_close(&zap);
    keys_free(&keys);
    zmq_ctx_term(context);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_door_that_nobody_guards_fails_the_test),
        cmocka_unit_test(a_guarded_door_passes_it),
    };

    if (zmq_curve_keypair(public_key, secret_key) != 0)
        return 1;
    return cmocka_run_group_tests_name("selftest", tests, NULL, NULL);
}

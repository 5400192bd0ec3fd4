/* tests/unit/keys.c - who is let in: the tables of keys, and the ZAP handler's judgement. */
#include "services/gateway/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include "common/keyfile.h"
#include "services/gateway/zap.h"

#define WORKER_KEY "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7" /* of RFC 32 and zmq_curve(7) */
#define OTHER_KEY "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLD{hID"

static const struct principal home = { { { 1 } }, { { 0xA } }, { 11 } };
static const struct principal finance = { { { 2 } }, { { 0xB } }, { 22 } };

static int
setup(void **state)
{
    struct principal systems[] = { finance, home };

    *state = keys_new();
    keys_set_systems(*state, systems, 2);
    return 0;
}

static int
teardown(void **state)
{
    struct keys *keys = *state;

    keys_free(&keys);
    return 0;
}

static void
a_registered_key_is_known_by_its_systems_id(void **state)
{
    char user_id[USER_ID_SIZE];
    struct principal found;

    assert_true(keys_find_system(*state, home.key, user_id));
    assert_string_equal(user_id, "01000000-0000-0000-0000-000000000000");
    assert_true(keys_principal(*state, user_id, &found));
    assert_true(uuid_equal(&found.agency, &home.agency));
}

static void
any_other_key_is_not(void **state)
{
    char user_id[USER_ID_SIZE] = "before";
    uint8_t key[KEY_RAW_SIZE] = { 11, 1 };

    assert_false(keys_find_system(*state, key, user_id));
    assert_false(keys_find_worker(*state, home.key, user_id));
    assert_string_equal(user_id, "before");
}

static void
who_is_no_longer_in_the_table_is_nobody_at_once(void **state)
{
    char user_id[USER_ID_SIZE];
    struct principal found;

    keys_set_systems(*state, &finance, 1);
    assert_false(keys_find_system(*state, home.key, user_id));
    assert_false(keys_principal(*state, "01000000-0000-0000-0000-000000000000", &found));
    assert_true(keys_principal(*state, "02000000-0000-0000-0000-000000000000", &found));
    keys_set_systems(*state, NULL, 0);
    assert_false(keys_principal(*state, "02000000-0000-0000-0000-000000000000", &found));
}

static void
a_user_id_that_is_no_system_is_nobody(void **state)
{
    struct principal found;

    assert_false(keys_principal(*state, NULL, &found));
    assert_false(keys_principal(*state, "", &found));
    assert_false(keys_principal(*state, "funding", &found));
    assert_false(keys_principal(*state, "03000000-0000-0000-0000-000000000000", &found));
}

/* ------------------------------------------------------------------ the handler */

static int
judge(struct keys *keys, const char *version, const char *domain, const char *mechanism,
      const uint8_t *key, size_t key_size, char ret_user_id[USER_ID_SIZE])
{
    struct zap_request request = { .count = 7 };
    const char *texts[] = { version, "1", domain, "127.0.0.1", "", mechanism };

    for (size_t i = 0; i < 6; i++) {
        request.frames[i].data = texts[i];
        request.frames[i].size = strlen(texts[i]);
    }
    request.frames[6].data = key;
    request.frames[6].size = key_size;
    return zap_judge(keys, &request, ret_user_id);
}

static void
only_curve_in_a_known_domain_with_a_known_key_is_let_in(void **state)
{
    char id[USER_ID_SIZE];

    assert_int_equal(judge(*state, "1.0", "client", "CURVE", home.key, 32, id), 200);
    assert_string_equal(id, "01000000-0000-0000-0000-000000000000");

    assert_int_equal(judge(*state, "1.0", "worker", "CURVE", home.key, 32, id), 400);
    assert_string_equal(id, "");
    assert_int_equal(judge(*state, "1.0", "", "CURVE", home.key, 32, id), 400);
    assert_int_equal(judge(*state, "1.0", "clients", "CURVE", home.key, 32, id), 400);
    assert_int_equal(judge(*state, "1.0", "client", "NULL", home.key, 32, id), 400);
    assert_int_equal(judge(*state, "1.0", "client", "PLAIN", home.key, 32, id), 400);
    assert_int_equal(judge(*state, "1.0", "client", "CURVE", home.key, 31, id), 400);
    assert_int_equal(judge(*state, "1.0", "client", "CURVE", home.key, 0, id), 400);
    assert_int_equal(judge(*state, "2.0", "client", "CURVE", home.key, 32, id), 400);
}

static void
a_request_with_frames_missing_or_too_many_is_refused(void **state)
{
    struct zap_request request = { .count = 0 };
    char id[USER_ID_SIZE];

    for (request.count = 0; request.count < 10; request.count++)
        assert_int_equal(zap_judge(*state, &request, id), 400);
}

/* ------------------------------------------------------------------ files */

static char path[] = "/tmp/sangkien-keys-test-XXXXXX";

static const char *
file(const char *content)
{
    static char name[sizeof(path)];
    int fd;

    memcpy(name, path, sizeof(path));
    fd = mkstemp(name);
    assert_true(fd >= 0);
    assert_true(write(fd, content, strlen(content)) == (ssize_t) strlen(content));
    close(fd);
    return name;
}

static int
load(struct keys *keys, const char *content)
{
    const char *name = file(content);
    int rc = keys_load_workers(keys, name);

    unlink(name);
    return rc;
}

static void
a_file_of_workers_is_read(void **state)
{
    char id[USER_ID_SIZE];
    uint8_t key[KEY_RAW_SIZE];

    assert_int_equal(load(*state, "# services\n\n  funding " WORKER_KEY "\ndirectory " OTHER_KEY),
                     0);
    assert_true(key_decode(OTHER_KEY, key));
    assert_true(keys_find_worker(*state, key, id));
    assert_string_equal(id, "directory");
    assert_false(keys_find_system(*state, key, id));
    assert_int_equal(judge(*state, "1.0", "worker", "CURVE", key, 32, id), 200);
    assert_int_equal(judge(*state, "1.0", "client", "CURVE", key, 32, id), 400);
}

static void
a_file_that_is_not_as_it_must_be_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "# nobody\n",
        "funding\n",
        "funding short\n",
        "Funding " WORKER_KEY "\n",
        "funding " WORKER_KEY " more\n",
        "funding " WORKER_KEY "x\n",
        "funding " WORKER_KEY "\ndirectory " WORKER_KEY "\n", /* one key, two services */
    };

    (void) state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct keys *keys = keys_new();

        if (load(keys, bad[i]) != ERR_FATAL)
            fail_msg("accepted: %s", bad[i]);
        keys_free(&keys);
    }
    assert_int_equal(keys_load_workers(*state, "/nonexistent"), ERR_FATAL);
}

static int
read_pair(const char *before, const char *one, const char *between, const char *two,
          const char *after)
{
    char public_key[KEY_TEXT_SIZE], secret_key[KEY_TEXT_SIZE], content[512];
    const char *name;
    int rc;

    snprintf(content, sizeof(content), "%s%s%s%s%s", before, one, between, two, after);
    name = file(content);
    rc = keyfile_read(name, public_key, secret_key);
    unlink(name);
    if (rc == 0) {
        assert_string_equal(public_key, one);
        assert_string_equal(secret_key, two);
    }
    return rc;
}

static void
a_key_pair_is_read_when_the_halves_belong_together(void **state)
{
    char public_key[KEY_TEXT_SIZE], secret_key[KEY_TEXT_SIZE];

    (void) state;
    assert_int_equal(zmq_curve_keypair(public_key, secret_key), 0);
    assert_int_equal(read_pair("# pair\npublic = ", public_key, "\nsecret = ", secret_key, "\n"),
                     0);
    assert_int_equal(read_pair("public=", public_key, "\nsecret=", secret_key, ""), 0);
    assert_int_equal(read_pair("public = ", WORKER_KEY, "\nsecret = ", secret_key, "\n"),
                     ERR_FATAL);
    assert_int_equal(read_pair("public = ", public_key, "\n# ", secret_key, "\n"), ERR_FATAL);
    assert_int_equal(read_pair("secret = ", secret_key, "\nsecret = ", secret_key, "\n"),
                     ERR_FATAL);
    assert_int_equal(read_pair("public = ", public_key, "\nsecret = ", secret_key, "0\n"),
                     ERR_FATAL);
    assert_int_equal(read_pair("public = ", public_key, "\nsecret = ", secret_key, "\nother = x\n"),
                     ERR_FATAL);
}

int
main(void)
{
#define KEYS(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        KEYS(a_registered_key_is_known_by_its_systems_id),
        KEYS(any_other_key_is_not),
        KEYS(who_is_no_longer_in_the_table_is_nobody_at_once),
        KEYS(a_user_id_that_is_no_system_is_nobody),
        KEYS(only_curve_in_a_known_domain_with_a_known_key_is_let_in),
        KEYS(a_request_with_frames_missing_or_too_many_is_refused),
        KEYS(a_file_of_workers_is_read),
        KEYS(a_file_that_is_not_as_it_must_be_is_refused),
        cmocka_unit_test(a_key_pair_is_read_when_the_halves_belong_together),
    };

    return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}

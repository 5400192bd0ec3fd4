/* tests/unit/receipt.c - a receipt proves the arrival of one request, and of no other. */
#include "services/gateway/receipt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "sangkien/wire/v1/wire.pb-c.h"

#define ARRIVAL_US INT64_C(1572310800123456) /* 2019-10-29 */

static struct receipt_key *key;
static const struct uuid source = { { 1, 2, 3 } };
static const struct uuid id = { { 4, 5, 6 } };
static const struct bytes request = { (const uint8_t *) "the exact bytes", 15 };

/* As a client sends it back. */
static struct bytes
pack(const struct receipt *receipt, int64_t moved_us, uint8_t ret_buffer[128])
{
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Wire__Receipt words = WIRE__RECEIPT__INIT;
    int64_t us = receipt->received_us + moved_us;

    time.seconds = us / 1000000;
    time.nanos = (int32_t) (us % 1000000) * 1000;
    words.received_at = &time;
    words.mac.data = (uint8_t *) (uintptr_t) receipt->mac;
    words.mac.len = sizeof(receipt->mac);
    return (struct bytes){ ret_buffer, wire__receipt__pack(&words, ret_buffer) };
}

static bool
holds(struct receipt_key *k, const struct uuid *s, const struct uuid *i, struct bytes r,
      int64_t moved_us, int64_t *ret_us)
{
    uint8_t buffer[128];
    struct receipt receipt;

    receipt_make(key, &source, &id, request, ARRIVAL_US, &receipt);
    return receipt_verify(k, s, i, r, pack(&receipt, moved_us, buffer), ret_us);
}

static void
the_very_same_request_proves_when_it_arrived(void **state)
{
    int64_t received_us = 0;

    (void) state;
    assert_true(holds(key, &source, &id, request, 0, &received_us));
    assert_true(received_us == ARRIVAL_US);
}

static void
nothing_in_it_can_be_exchanged(void **state)
{
    struct receipt_key *other_key =
        receipt_key_new((const uint8_t *) "0123456789abcdef0123456789abcdeF", 32);
    static const struct uuid other = { { 9 } };
    static const struct bytes other_request = { (const uint8_t *) "the exact byteS", 15 };
    static const struct bytes shorter = { (const uint8_t *) "the exact byte", 14 };
    int64_t received_us = 77;

    (void) state;
    assert_false(holds(other_key, &source, &id, request, 0, &received_us));
    assert_false(holds(key, &other, &id, request, 0, &received_us));
    assert_false(holds(key, &source, &other, request, 0, &received_us));
    assert_false(holds(key, &source, &id, other_request, 0, &received_us));
    assert_false(holds(key, &source, &id, shorter, 0, &received_us));
    assert_false(holds(key, &source, &id, request, -1, &received_us));
    assert_false(holds(key, &source, &id, request, 1000000, &received_us));
    assert_int_equal(received_us, 77);
    receipt_key_free(&other_key);
}

static void
source_and_id_cannot_trade_places(void **state)
{
    struct receipt one, two;

    (void) state;
    receipt_make(key, &source, &id, request, ARRIVAL_US, &one);
    receipt_make(key, &id, &source, request, ARRIVAL_US, &two);
    assert_memory_not_equal(one.mac, two.mac, sizeof(one.mac));
}

static void
no_bit_of_the_proof_may_differ(void **state)
{
    struct receipt receipt;
    uint8_t buffer[128];
    int64_t received_us;

    (void) state;
    receipt_make(key, &source, &id, request, ARRIVAL_US, &receipt);
    for (size_t bit = 0; bit < 8 * sizeof(receipt.mac); bit++) {
        receipt.mac[bit / 8] ^= (uint8_t) (1 << bit % 8);
        assert_false(
            receipt_verify(key, &source, &id, request, pack(&receipt, 0, buffer), &received_us));
        receipt.mac[bit / 8] ^= (uint8_t) (1 << bit % 8);
    }
}

static void
what_is_no_receipt_proves_nothing(void **state)
{
    static const char *const texts[] = { "", "\012", "\012\000\022\000", "\022\001x",
                                         "\377\377\377" };
    int64_t received_us;

    (void) state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        assert_false(receipt_verify(key, &source, &id, request,
                                    (struct bytes){ (const uint8_t *) texts[i], strlen(texts[i]) },
                                    &received_us));
}

/* ------------------------------------------------------------------ the key's file */

static int
read_key(const char *content, size_t size, mode_t mode, struct receipt_key **ret_key)
{
    char path[] = "/tmp/receipt-key-XXXXXX";
    int fd = mkstemp(path);
    int rc;

    assert_true(fd >= 0);
    assert_true(write(fd, content, size) == (ssize_t) size);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
    rc = receipt_key_read(path, ret_key);
    unlink(path);
    return rc;
}

static void
a_key_of_32_bytes_that_nobody_else_may_read_is_good(void **state)
{
    struct receipt_key *read = NULL;
    struct receipt ours, theirs;

    (void) state;
    assert_int_equal(read_key("0123456789abcdef0123456789abcdef\n", 33, 0600, &read), 0);
    receipt_make(key, &source, &id, request, ARRIVAL_US, &ours);
    receipt_make(read, &source, &id, request, ARRIVAL_US, &theirs);
    assert_memory_equal(ours.mac, theirs.mac, sizeof(ours.mac));
    receipt_key_free(&read);
}

static void
a_short_or_open_key_is_refused(void **state)
{
    struct receipt_key *read = NULL;

    (void) state;
    assert_int_equal(read_key("0123456789abcdef0123456789abcde\n", 32, 0600, &read), ERR_FATAL);
    assert_int_equal(read_key("0123456789abcdef0123456789abcdef", 32, 0644, &read), ERR_FATAL);
    assert_int_equal(receipt_key_read("/nonexistent", &read), ERR_FATAL);
}

static int
make_key(void **state)
{
    (void) state;
    key = receipt_key_new((const uint8_t *) "0123456789abcdef0123456789abcdef", 32);
    return 0;
}

static int
free_key(void **state)
{
    (void) state;
    receipt_key_free(&key);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_very_same_request_proves_when_it_arrived),
        cmocka_unit_test(nothing_in_it_can_be_exchanged),
        cmocka_unit_test(source_and_id_cannot_trade_places),
        cmocka_unit_test(no_bit_of_the_proof_may_differ),
        cmocka_unit_test(what_is_no_receipt_proves_nothing),
        cmocka_unit_test(a_key_of_32_bytes_that_nobody_else_may_read_is_good),
        cmocka_unit_test(a_short_or_open_key_is_refused),
    };

    return cmocka_run_group_tests_name("receipt", tests, make_key, free_key);
}

/* tests/unit/id.c - UUIDs and digests; the expected digests were made by another implementation. */
#include "common/id.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define THREADS 4
#define IDS_EACH 5000
#define NOW_US INT64_C(1572282000000000)

static struct arena *arena;

static const char *
hex(struct digest digest)
{
    return hex_text(arena, digest.bytes, sizeof(digest.bytes));
}

static void
a_uuid_survives_its_text(void **state)
{
    static const char text[] = "0190f3a1-7b2c-7def-8123-456789abcdef";
    char printed[UUID_TEXT_SIZE];
    struct uuid uuid;

    (void) state;
    assert_true(uuid_parse(text, &uuid));
    assert_int_equal(uuid.bytes[0], 0x01);
    assert_int_equal(uuid.bytes[15], 0xef);
    uuid_print(&uuid, printed);
    assert_string_equal(printed, text);
    assert_string_equal(uuid_text(arena, &uuid), text);
}

static void
only_the_one_spelling_is_a_uuid(void **state)
{
    static const char *const wrong[] = {
        "",
        "0190f3a1-7b2c-7def-8123-456789abcde",
        "0190f3a1-7b2c-7def-8123-456789abcdef0",
        "0190F3A1-7b2c-7def-8123-456789abcdef",
        "0190f3a17b2c7def8123456789abcdef",
        "{0190f3a1-7b2c-7def-8123-456789abcde",
        "0190f3a1-7b2c-7def-8123-456789abcdeg",
        "0190f3a1-7b2c-7def-8123-456789abcd\xc3\xa9",
        "0190f3a17-b2c-7def-8123-456789abcdef",
        " 190f3a1-7b2c-7def-8123-456789abcdef",
        "0190f3a1-7b2c-7def-8123-456789abcde\n",
    };
    struct uuid uuid;

    (void) state;
    memset(&uuid, 0x77, sizeof(uuid));
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(uuid_parse(wrong[i], &uuid));
    assert_false(uuid_parse(NULL, &uuid));
    assert_int_equal(uuid.bytes[0], 0x77);
}

static void
no_text_gives_the_nil_uuid_and_back(void **state)
{
    struct uuid nil = uuid_of("");
    struct uuid none = uuid_of(NULL);

    (void) state;
    assert_true(uuid_is_nil(&nil));
    assert_true(uuid_is_nil(&none));
    assert_string_equal(uuid_text(arena, &nil), "");
}

static void
uuids_compare_as_their_bytes(void **state)
{
    struct uuid low = uuid_of("0190f3a1-7b2c-7def-8123-456789abcdef");
    struct uuid high = uuid_of("ff90f3a1-7b2c-7def-8123-456789abcdef");

    (void) state;
    assert_true(uuid_compare(&low, &high) < 0);
    assert_true(uuid_compare(&high, &low) > 0);
    assert_int_equal(uuid_compare(&low, &low), 0);
    assert_true(uuid_equal(&low, &low));
    assert_false(uuid_equal(&low, &high));
}

static int64_t
milliseconds_of(const struct uuid *uuid)
{
    int64_t ms = 0;

    for (int i = 0; i < 6; i++)
        ms = ms << 8 | uuid->bytes[i];
    return ms;
}

/* Each 1024 ids that are alike but for two of their bytes. At random, 647 of 1024 slots are taken. */
static void
ids_that_are_nearly_alike_hash_apart(void **state)
{
    (void) state;
    for (size_t at = 0; at + 1 < sizeof(struct uuid); at++) {
        struct uuid id = uuid_of("01890a5d-ac96-774b-bcce-b302099a8057");
        bool taken[1024] = { false };
        size_t slots = 0;

        for (unsigned n = 0; n < 1024; n++) {
            id.bytes[at] = (uint8_t) (n >> 8);
            id.bytes[at + 1] = (uint8_t) n;
            taken[uuid_hash(&id) & 1023] = true;
        }
        for (size_t i = 0; i < 1024; i++)
            slots += taken[i];
        assert_in_range(slots, 550, 750);
    }
}

static void
a_new_id_carries_its_time_version_and_variant(void **state)
{
    struct uuid uuid = uuid_new(NOW_US);

    (void) state;
    assert_int_equal(milliseconds_of(&uuid), NOW_US / 1000);
    assert_int_equal(uuid.bytes[6] >> 4, 7);
    assert_int_equal(uuid.bytes[8] >> 6, 2);
}

static void
new_ids_go_forward_even_when_the_clock_steps_back_a_little(void **state)
{
    struct uuid before = uuid_new(NOW_US);

    (void) state;
    for (int i = 0; i < 10000; i++) {
        struct uuid uuid = uuid_new(NOW_US - i * 100);

        assert_true(uuid_compare(&before, &uuid) < 0);
        before = uuid;
    }
}

static void
a_clock_set_back_far_is_believed(void **state)
{
    struct uuid uuid;

    (void) state;
    uuid_new(NOW_US);
    uuid = uuid_new(NOW_US - INT64_C(86400000000));
    assert_int_equal(milliseconds_of(&uuid), NOW_US / 1000 - 86400000);
}

static void *
make_ids(void *ids)
{
    for (size_t i = 0; i < IDS_EACH; i++)
        ((struct uuid *) ids)[i] = uuid_new(NOW_US);
    return NULL;
}

static int
compare(const void *a, const void *b)
{
    return uuid_compare(a, b);
}

static void
threads_never_make_the_same_id(void **state)
{
    static struct uuid ids[THREADS][IDS_EACH];
    struct uuid *all = ids[0];
    pthread_t threads[THREADS];

    (void) state;
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, make_ids, ids[i]), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (size_t t = 0; t < THREADS; t++)
        for (size_t i = 1; i < IDS_EACH; i++)
            assert_true(uuid_compare(&ids[t][i - 1], &ids[t][i]) < 0);
    qsort(all, (size_t) THREADS * IDS_EACH, sizeof(*all), compare);
    /* the first 8 bytes alone are time and count: they differ without any luck */
    for (size_t i = 1; i < (size_t) THREADS * IDS_EACH; i++)
        assert_true(memcmp(all[i - 1].bytes, all[i].bytes, 8) < 0);
}

static void
a_derived_id_follows_from_its_bytes_alone(void **state)
{
    struct uuid uuid = uuid_derive("delivery", "\x01\x02\x03", 3);
    struct uuid again = uuid_derive("delivery", "\x01\x02\x03", 3);
    struct uuid other = uuid_derive("deliver", "y\x01\x02\x03", 4);

    (void) state;
    assert_string_equal(uuid_text(arena, &uuid), "697029ea-fd4a-8b72-b489-8afa6afbafc6");
    assert_true(uuid_equal(&uuid, &again));
    assert_false(uuid_equal(&uuid, &other));
}

static void
sha256_gives_the_digests_of_the_standard(void **state)
{
    (void) state;
    assert_string_equal(hex(sha256("abc", 3)),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_string_equal(hex(sha256(NULL, 0)),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void
a_hash_covers_domain_parts_and_their_lengths(void **state)
{
    struct hash *hash = hash_open(7);

    (void) state;
    hash_text(hash, "ab");
    hash_text(hash, NULL);
    hash_number(hash, -2);
    hash_bytes(hash, "\xff\x00", 2);
    assert_string_equal(hex(hash_close(hash)),
                        "b0946a3b0523235d2d6ec044146030e28652653e0537df74811b4cec2214c62a");
}

static struct digest
hash_of(uint8_t domain, const char *first, const char *second)
{
    struct hash *hash = hash_open(domain);

    hash_text(hash, first);
    hash_text(hash, second);
    return hash_close(hash);
}

static void
no_two_lists_of_parts_give_the_same_digest(void **state)
{
    struct digest a = hash_of(1, "ab", "c");
    struct digest b = hash_of(1, "a", "bc");
    struct digest c = hash_of(2, "ab", "c");
    struct digest again = hash_of(1, "ab", "c");

    (void) state;
    assert_true(digest_equal(&a, &again));
    assert_false(digest_equal(&a, &b));
    assert_false(digest_equal(&a, &c));
}

static void
hashes_may_be_open_side_by_side(void **state)
{
    struct digest expected = hash_of(1, "outer", "end");
    struct hash *outer = hash_open(1);
    struct digest inner, got;

    (void) state;
    hash_text(outer, "outer");
    inner = hash_of(1, "inner", "end");
    sha256("abc", 3);
    hash_text(outer, "end");
    got = hash_close(outer);
    assert_true(digest_equal(&got, &expected));
    assert_false(digest_equal(&inner, &expected));
}

static void
a_digest_is_only_its_own_32_bytes(void **state)
{
    struct digest digest = sha256("abc", 3);
    struct digest other = sha256("abd", 3);

    (void) state;
    assert_true(digest_is(&digest, digest.bytes, 32));
    assert_false(digest_is(&digest, digest.bytes, 31));
    assert_false(digest_is(&digest, other.bytes, 32));
    assert_false(digest_is(&digest, NULL, 0));
}

static int
make(void **state)
{
    (void) state;
    arena = arena_new();
    return 0;
}

static int
give_back(void **state)
{
    (void) state;
    arena_free(&arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_uuid_survives_its_text),
        cmocka_unit_test(only_the_one_spelling_is_a_uuid),
        cmocka_unit_test(no_text_gives_the_nil_uuid_and_back),
        cmocka_unit_test(uuids_compare_as_their_bytes),
        cmocka_unit_test(ids_that_are_nearly_alike_hash_apart),
        cmocka_unit_test(a_new_id_carries_its_time_version_and_variant),
        cmocka_unit_test(new_ids_go_forward_even_when_the_clock_steps_back_a_little),
        cmocka_unit_test(a_clock_set_back_far_is_believed),
        cmocka_unit_test(threads_never_make_the_same_id),
        cmocka_unit_test(a_derived_id_follows_from_its_bytes_alone),
        cmocka_unit_test(sha256_gives_the_digests_of_the_standard),
        cmocka_unit_test(a_hash_covers_domain_parts_and_their_lengths),
        cmocka_unit_test(no_two_lists_of_parts_give_the_same_digest),
        cmocka_unit_test(hashes_may_be_open_side_by_side),
        cmocka_unit_test(a_digest_is_only_its_own_32_bytes),
    };

    return cmocka_run_group_tests(tests, make, give_back);
}

/* tests/unit/arena.c - memory that is given back all at once, and the lists in it. */
#include "common/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/list.h"

static bool
is_zero(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i])
            return false;
    return true;
}

static void
every_block_is_zeroed_and_aligned(void **state)
{
    struct arena *arena = *state;

    for (size_t size = 0; size < 3000; size += 7) {
        unsigned char *block = arena_zero(arena, size);

        assert_int_equal((uintptr_t) block % 16, 0);
        assert_true(is_zero(block, size));
        memset(block, 0xa5, size);
    }
}

static void
memory_used_before_a_reset_comes_back_zeroed(void **state)
{
    static const size_t sizes[] = { 1, 4000, 16, 70000, 60000, 3, 300000, 17 };
    struct arena *arena = *state;

    for (int round = 0; round < 50; round++) {
        for (size_t i = 0; i < 8; i++) {
            size_t size = sizes[(i + (size_t) round) % 8];
            unsigned char *block = arena_zero(arena, size);

            assert_true(is_zero(block, size));
            memset(block, 0xff, size);
        }
        arena_reset(arena, round % 3 ? 1 << 20 : 0);
        assert_int_equal(arena_used(arena), 0);
    }
}

static void
blocks_never_overlap(void **state)
{
    struct arena *arena = *state;
    unsigned char *blocks[500];

    for (size_t i = 0; i < 500; i++) {
        blocks[i] = arena_zero(arena, 1000);
        memset(blocks[i], (int) (i % 251) + 1, 1000);
    }
    for (size_t i = 0; i < 500; i++)
        for (size_t k = 0; k < 1000; k++)
            assert_int_equal(blocks[i][k], i % 251 + 1);
}

static void
what_is_in_use_is_counted(void **state)
{
    struct arena *arena = *state;

    assert_int_equal(arena_used(arena), 0);
    arena_zero(arena, 1);
    assert_int_equal(arena_used(arena), 16);
    arena_zero(arena, 100000);
    assert_int_equal(arena_used(arena), 16 + 100000);
}

static void
texts_and_bytes_are_copied(void **state)
{
    struct arena *arena = *state;
    char text[] = "sáng kiến";
    char *copy = arena_text(arena, text);
    struct bytes bytes = arena_bytes(arena, text, 3);
    struct bytes nothing = arena_bytes(arena, NULL, 0);

    memset(text, 'x', sizeof(text) - 1);
    assert_string_equal(copy, "sáng kiến");
    assert_int_equal(bytes.size, 3);
    assert_memory_equal(bytes.data, "s\xc3\xa1", 3);
    assert_non_null(nothing.data);
    assert_int_equal(nothing.size, 0);
    assert_string_equal(arena_format(arena, "%d-%s", 42, "abc"), "42-abc");
    assert_int_equal(strlen(arena_format(arena, "%0100000d", 1)), 100000);
}

static void
the_allocator_stops_at_the_limit_and_nothing_else_does(void **state)
{
    struct arena *arena = *state;
    ProtobufCAllocator *allocator = arena_allocator(arena);

    arena_limit(arena, 1000);
    assert_non_null(allocator->alloc(allocator->allocator_data, 600));
    assert_null(allocator->alloc(allocator->allocator_data, 600));
    assert_null(allocator->alloc(allocator->allocator_data, SIZE_MAX));
    assert_non_null(allocator->alloc(allocator->allocator_data, 300));
    assert_non_null(arena_zero(arena, 5000));
    assert_null(allocator->alloc(allocator->allocator_data, 1));
    arena_limit(arena, 0);
    assert_non_null(allocator->alloc(allocator->allocator_data, 5000));
    allocator->free(allocator->allocator_data, NULL);
}

static void
a_list_keeps_what_was_added_in_order(void **state)
{
    struct list list;
    int next = 0;

    list_init(&list, *state, sizeof(int));
    LIST_EACH (int, none, &list)
        fail_msg("an empty list has an item %d", *none);
    for (int i = 0; i < 1000; i++) {
        int *item = list_add(&list);

        assert_int_equal(*item, 0);
        *item = i;
    }
    assert_int_equal(list.count, 1000);
    assert_int_equal(*(int *) list_at(&list, 999), 999);
    LIST_EACH (int, item, &list)
        assert_int_equal(*item, next++);
    assert_int_equal(next, 1000);
}

static void
a_list_is_not_changed_by_adding_to_a_copy_that_is_given_up(void **state)
{
    struct list list, copy;

    list_init(&list, *state, sizeof(int));
    *(int *) list_add(&list) = 1;
    copy = list;
    *(int *) list_add(&copy) = 2;
    assert_int_equal(list.count, 1);
    assert_int_equal(*(int *) list_add(&list), 0);
    assert_int_equal(*(int *) list_at(&list, 0), 1);
}

static int
make(void **state)
{
    *state = arena_new();
    return 0;
}

static int
give_back(void **state)
{
    struct arena *arena = *state;

    arena_free(&arena);
    assert_null(arena);
    arena_free(&arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_block_is_zeroed_and_aligned, make, give_back),
        cmocka_unit_test_setup_teardown(memory_used_before_a_reset_comes_back_zeroed, make,
                                        give_back),
        cmocka_unit_test_setup_teardown(blocks_never_overlap, make, give_back),
        cmocka_unit_test_setup_teardown(what_is_in_use_is_counted, make, give_back),
        cmocka_unit_test_setup_teardown(texts_and_bytes_are_copied, make, give_back),
        cmocka_unit_test_setup_teardown(the_allocator_stops_at_the_limit_and_nothing_else_does,
                                        make, give_back),
        cmocka_unit_test_setup_teardown(a_list_keeps_what_was_added_in_order, make, give_back),
        cmocka_unit_test_setup_teardown(a_list_is_not_changed_by_adding_to_a_copy_that_is_given_up,
                                        make, give_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

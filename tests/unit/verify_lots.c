/* tests/unit/verify_lots.c - what is told of an aggregate is in the lot that has its id, whichever ids there are. */
#include "common/verify_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct verify_options options;
static struct verifier v;
static int64_t position;
static size_t lots, events;

/* In the place of the threads. */
void
comparers_give(struct comparers *comparers, struct lot *lot)
{
    (void) comparers;
    lots++;
    for (const struct told *told = lot->told; told; told = told->next) {
        assert_true(uuid_compare(&told->aggregate, &lot->first) >= 0);
        assert_true(uuid_compare(&told->aggregate, &lot->last) <= 0);
        events++;
    }
}

static int
begin(void **state)
{
    (void) state;
    v = (struct verifier){ .options = &options, .arena = arena_new() };
    v.lots = lots_new(v.arena, 0);
    position = 0;
    lots = events = 0;
    return 0;
}

static int
end(void **state)
{
    (void) state;
    lots_free(&v.lots);
    arena_free(&v.arena);
    return 0;
}

static void
take(uint64_t id, int64_t version)
{
    struct journal_row row = {
        .position = ++position,
        .service = "submissions",
        .kind = "entry",
        .version = version,
        .type = "sangkien.submissions.v1.EntryDrafted",
        .because = "the entrant agency began an entry while registration was open",
    };

    id = __builtin_bswap64(id);
    memcpy(row.aggregate.bytes, &id, sizeof(id));
    lots_take(&v, &row);
}

/* So many lots; and every event came before its own was given away. */
static void
assert_lots(size_t least)
{
    lots_give_all(&v);
    assert_true(lots >= least);
    assert_int_equal(events, position);
}

static void
ids_that_grow_are_cut_into_lots(void **state)
{
    (void) state;
    for (uint64_t id = 1; id <= 10000; id++) {
        take(id, 1);
        if (id > 1000)
            take(id - 1000, 2);
    }
    assert_lots(4);
}

static void
an_odd_id_long_ago_is_told_of_in_the_last_lot(void **state)
{
    (void) state;
    take(UINT64_MAX - 1, 1);
    for (uint64_t id = 1; id <= 10000; id++)
        take(id, 1);
    take(UINT64_MAX - 1, 2);
    assert_lots(4);
}

static void
ids_that_are_born_again_do_not_keep_later_ones_in_their_lot(void **state)
{
    (void) state;
    for (uint64_t id = 1; id <= 1500; id++)
        take(id, 1);
    for (uint64_t id = 1; id <= 500; id++) /* of another kind */
        take(id, 1);
    for (uint64_t id = 1501; id <= 10000; id++)
        take(id, 1);
    assert_lots(4);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ids_that_grow_are_cut_into_lots),
        TEST(an_odd_id_long_ago_is_told_of_in_the_last_lot),
        TEST(ids_that_are_born_again_do_not_keep_later_ones_in_their_lot),
    };

    return cmocka_run_group_tests_name("unit.verify_lots", tests, NULL, NULL);
}

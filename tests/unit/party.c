/* tests/unit/party.c - who has a part in an aggregate, and who has none any more. */
#include "common/party.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A deed is of an agency, witnessed by some who may leave again, and paid by others who may not. */
struct deed {
    struct uuid id, agency;
    struct list witnesses, payers;
};

struct witness {
    struct uuid agency;
    bool is_gone;
};

/* clang-format off */
static const struct column deed_columns[] = {
    COLUMN(struct deed, id,     UUID),
    COLUMN(struct deed, agency, PARTY),
    { 0 },
};

static const struct column witness_columns[] = {
    COLUMN(struct witness, agency,  PARTY),
    COLUMN(struct witness, is_gone, BOOL),
    { 0 },
};

static const struct child deed_children[] = {
    CHILD_LEFT_BY(is_gone, "deed_witness", struct deed, witnesses, struct witness, witness_columns),
    CHILD("deed_payer", struct deed, payers, struct witness, witness_columns),
    { 0 },
};
/* clang-format on */

static const struct table deed_table = { "deed", deed_columns, sizeof(struct deed), deed_children };

static struct deed deed;
static struct list parties;

static struct uuid
agency(uint8_t number)
{
    return (struct uuid){ { number } };
}

static int
begin(void **state)
{
    struct arena *arena = arena_new();

    *state = arena;
    deed = (struct deed){ .id = agency(9), .agency = agency(1) };
    list_init(&deed.witnesses, arena, sizeof(struct witness));
    list_init(&deed.payers, arena, sizeof(struct witness));
    list_init(&parties, arena, sizeof(struct uuid));
    return 0;
}

static int
end(void **state)
{
    struct arena *arena = *state;

    arena_free(&arena);
    return 0;
}

static void
row(struct list *rows, uint8_t number, bool is_gone)
{
    *(struct witness *) list_add(rows) =
        (struct witness){ .agency = agency(number), .is_gone = is_gone };
}

static bool
is_party(uint8_t number)
{
    struct uuid who = agency(number);

    return party_is_among(&parties, &who);
}

static void
each_agency_of_the_columns_and_rows_is_a_party_once(void **state)
{
    (void) state;
    row(&deed.witnesses, 2, false);
    row(&deed.witnesses, 1, false);
    row(&deed.witnesses, 2, false);
    row(&deed.payers, 3, false);
    row(&deed.payers, 0, false);
    party_add_all(&parties, &deed_table, &deed);
    assert_int_equal(parties.count, 3);
    for (uint8_t number = 1; number <= 3; number++)
        assert_true(is_party(number));
    assert_false(is_party(0));
    assert_false(is_party(9));
}

static void
who_left_is_no_party_any_more_and_the_others_are(void **state)
{
    (void) state;
    row(&deed.witnesses, 2, false);
    row(&deed.witnesses, 3, false);
    row(&deed.witnesses, 4, false);
    row(&deed.witnesses, 2, true);
    party_add_all(&parties, &deed_table, &deed);
    assert_int_equal(parties.count, 3);
    assert_false(is_party(2));
    assert_true(is_party(3));
    assert_true(is_party(4));
}

static void
who_left_as_one_stays_as_the_other(void **state)
{
    (void) state;
    row(&deed.witnesses, 1, false);
    row(&deed.witnesses, 1, true);
    row(&deed.witnesses, 2, false);
    row(&deed.witnesses, 2, true);
    row(&deed.payers, 2, false);
    party_add_all(&parties, &deed_table, &deed);
    assert_true(is_party(1));
    assert_true(is_party(2));
}

static void
who_was_a_party_before_is_not_taken_away(void **state)
{
    (void) state;
    row(&deed.witnesses, 2, false);
    party_add_all(&parties, &deed_table, &deed);
    row(&deed.witnesses, 2, true);
    party_add_all(&parties, &deed_table, &deed);
    assert_int_equal(parties.count, 2);
    assert_true(is_party(2));
}

static void
only_rows_that_say_so_end_a_part(void **state)
{
    (void) state;
    row(&deed.payers, 2, true);
    party_add_all(&parties, &deed_table, &deed);
    assert_true(is_party(2));
    assert_false(party_may_leave(&deed_table, &deed));
    row(&deed.witnesses, 3, false);
    assert_true(party_may_leave(&deed_table, &deed));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_agency_of_the_columns_and_rows_is_a_party_once),
        TEST(who_left_is_no_party_any_more_and_the_others_are),
        TEST(who_left_as_one_stays_as_the_other),
        TEST(who_was_a_party_before_is_not_taken_away),
        TEST(only_rows_that_say_so_end_a_part),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

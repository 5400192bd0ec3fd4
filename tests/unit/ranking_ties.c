/* tests/unit/ranking_ties.c - entries of equal score: what parts them, who waits for the chair. */
#include "tests/unit/ranking_story.h"

/* ------------------------------------------------------------------ keys of ties */

static void
nothing_parts_equal_scores_without_a_key(void **unused __attribute__((unused)))
{
    begin_tied();
    rank();
    assert_order("1:+1 1:+2");
    assert_string_equal(line_of(1)->tie_rule, "");
    assert_string_equal(line_of(2)->tie_rule, "");
    assert_undecided("");
}

static void
each_key_parts_equal_scores(void **unused __attribute__((unused)))
{
    static const struct {
        int kind;
        const char *code, *order, *said;
    } keys[] = {
        { TIE(PART), "stage", "1:+2 2:+1", "part stage" },
        { TIE(PART), "written", "1:+1 2:+2", "part written" },
        { TIE(CRITERION), "stage/content", "1:+2 2:+1", "criterion stage/content" },
        { TIE(CRITERION), "content", "1:+1 2:+2",
          "criterion content" }, /* the first in the rules */
        { TIE(HIGHEST_SHEET), "", "1:+2 2:+1", "highest sheet" },
        { TIE(LOWEST_SHEET), "", "1:+1 2:+2", "lowest sheet" },
        { TIE(SUBMITTED_EARLIER), "", "1:+2 2:+1", "submitted earlier" },
        { TIE(PART), "nowhere", "1:+1 1:+2", "" },
        { TIE(CRITERION), "nowhere", "1:+1 1:+2", "" },
        { TIE(CRITERION), "stage/nowhere", "1:+1 1:+2", "" },
    };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        begin_tied();
        add_tie_key(keys[i].kind, keys[i].code);
        rank();
        assert_order(keys[i].order);
        assert_string_equal(line_of(1)->tie_rule, keys[i].said);
        assert_string_equal(line_of(2)->tie_rule, keys[i].said);
    }
}

static void
keys_are_asked_in_their_order(void **unused __attribute__((unused)))
{
    begin_tied();
    add_tie_key(TIE(LOWEST_SHEET), "");
    add_tie_key(TIE(HIGHEST_SHEET), "");
    rank();
    assert_order("1:+1 2:+2");
    assert_string_equal(line_of(1)->tie_rule, "lowest sheet");
}

static void
means_of_a_part_are_compared_whatever_the_number_of_sheets(void **unused __attribute__((unused)))
{
    begin_of_2019();
    add_tie_key(TIE(PART), "stage");
    add_tie_key(TIE(SUBMITTED_EARLIER), "");
    enter(1);
    enter(2);
    GIVES(1, 1, 8000, 8000);
    GIVES(2, 1, 8000, 8000);
    GIVES(1, 2, 8000, 8000);
    rank();
    assert_order("1:+2 2:+1");
    assert_string_equal(line_of(1)->tie_rule, "submitted earlier");
}

static void
each_of_three_is_told_what_parted_it_from_its_neighbour(void **unused __attribute__((unused)))
{
    begin_tied();
    enter(3);
    GIVES(1, 3, 8000, 8000);
    GIVES(2, 3, 8000, 8000);
    add_tie_key(TIE(HIGHEST_SHEET), "");
    add_tie_key(TIE(SUBMITTED_EARLIER), "");
    rank();
    assert_order("1:+2 2:+3 3:+1");
    assert_string_equal(line_of(2)->tie_rule, "highest sheet");
    assert_string_equal(line_of(3)->tie_rule, "highest sheet");
    assert_string_equal(line_of(1)->tie_rule, "submitted earlier");
}

/* ------------------------------------------------------------------ places, edges, decisions */

static void
equal_ones_share_a_rank_and_the_next_is_left_out(void **unused __attribute__((unused)))
{
    begin_with_two_in_the_middle(3);
    rank();
    assert_order("1:+1 2:+2 2:+3 4:4");
    assert_undecided("");
}

static void
equal_ones_across_the_edge_wait_for_the_chair(void **unused __attribute__((unused)))
{
    begin_with_two_in_the_middle(2);
    rank();
    assert_order("1:+1 2:2 2:3 4:4");
    assert_undecided("2 3");
    DECIDE(3, 2);
    rank();
    assert_order("1:+1 2:+3 3:2 4:4");
    assert_undecided("");
    assert_string_equal(line_of(3)->tie_rule, "decision");
    assert_string_equal(line_of(2)->tie_rule, "decision");
    assert_string_equal(line_of(1)->tie_rule, "");
}

static void
equal_ones_on_one_side_of_the_edge_need_no_decision(void **unused __attribute__((unused)))
{
    begin_with_two_in_the_middle(1);
    rank();
    assert_order("1:+1 2:2 2:3 4:4");
    assert_undecided("");
    r.rules->every_place_counts = true;
    rank();
    assert_order("1:+1 2:2 2:3 4:4");
    assert_undecided("2 3");
}

static void
only_those_who_may_advance_crowd_at_the_edge(void **unused __attribute__((unused)))
{
    begin_with_two_in_the_middle(2);
    add_criterion("safe", 100, 1)->minimum_centi = 50;
    r.in.entry_count = r.in.sheet_count = 0;
    ENTER(1, 9000, 100);
    ENTER(2, 8000, 50);
    ENTER(3, 8001, 49);
    rank();
    assert_order("1:+1 2:+2 2:3");
    assert_undecided("");
    ENTER(4, 8000, 50); /* now there are two of them, and the third one is as good */
    rank();
    assert_order("1:+1 2:2 2:3 2:4");
    assert_undecided("2 3 4");
}

static void
a_decision_changes_no_order_of_scores(void **unused __attribute__((unused)))
{
    begin_with_two_in_the_middle(2);
    DECIDE(4, 3, 2, 1);
    rank();
    assert_order("1:+1 2:+3 3:2 4:4");
    assert_string_equal(line_of(4)->tie_rule, "");
}

static void
a_decision_changes_nothing_that_a_key_has_parted(void **unused __attribute__((unused)))
{
    begin_with_two_in_the_middle(2);
    add_tie_key(TIE(SUBMITTED_EARLIER), "");
    DECIDE(2, 3);
    rank();
    assert_order("1:+1 2:+3 3:2 4:4");
    assert_string_equal(line_of(2)->tie_rule, "submitted earlier");
}

static void
the_last_decision_on_two_entries_holds(void **unused __attribute__((unused)))
{
    begin_with_two_in_the_middle(2);
    DECIDE(2, 3);
    DECIDE(3, 2);
    DECIDE(2, 9); /* of somebody else */
    rank();
    assert_order("1:+1 2:+3 3:2 4:4");
}

/* Entries 1 .. 3 of the same score, of which one advances. */
static void
begin_with_three(void)
{
    begin_simple();
    r.rules->threshold_centi = 0;
    r.rules->top_entries = 1;
    ENTER(1, 8000);
    ENTER(2, 8000);
    ENTER(3, 8000);
}

static void
what_is_decided_of_some_parts_nobody(void **unused __attribute__((unused)))
{
    begin_with_three();
    DECIDE(3, 2);
    rank();
    assert_order("1:1 1:2 1:3");
    assert_undecided("1 2 3");
    DECIDE(3, 1); /* now it is before both */
    rank();
    assert_order("1:+3 2:1 2:2");
    assert_undecided("");
    assert_string_equal(line_of(1)->tie_rule, "decision");
}

static void
what_is_decided_in_a_circle_parts_nobody(void **unused __attribute__((unused)))
{
    begin_with_three();
    DECIDE(1, 2);
    DECIDE(2, 3);
    DECIDE(3, 1);
    rank();
    assert_order("1:1 1:2 1:3");
    assert_undecided("1 2 3");
    DECIDE(2, 1, 3);
    rank();
    assert_order("1:+2 2:1 3:3");
}

static void
whoever_is_named_twice_in_a_decision_has_the_first_place(void **unused __attribute__((unused)))
{
    begin_with_three();
    DECIDE(3, 1, 3, 2);
    rank();
    assert_order("1:+3 2:1 3:2");
}

int
main(void)
{
    /* clang-format off */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_parts_equal_scores_without_a_key),
        cmocka_unit_test(each_key_parts_equal_scores),
        cmocka_unit_test(keys_are_asked_in_their_order),
        cmocka_unit_test(means_of_a_part_are_compared_whatever_the_number_of_sheets),
        cmocka_unit_test(each_of_three_is_told_what_parted_it_from_its_neighbour),
        cmocka_unit_test(equal_ones_share_a_rank_and_the_next_is_left_out),
        cmocka_unit_test(equal_ones_across_the_edge_wait_for_the_chair),
        cmocka_unit_test(equal_ones_on_one_side_of_the_edge_need_no_decision),
        cmocka_unit_test(only_those_who_may_advance_crowd_at_the_edge),
        cmocka_unit_test(a_decision_changes_no_order_of_scores),
        cmocka_unit_test(a_decision_changes_nothing_that_a_key_has_parted),
        cmocka_unit_test(the_last_decision_on_two_entries_holds),
        cmocka_unit_test(what_is_decided_of_some_parts_nobody),
        cmocka_unit_test(what_is_decided_in_a_circle_parts_nobody),
        cmocka_unit_test(whoever_is_named_twice_in_a_decision_has_the_first_place),
    };
    /* clang-format on */

    return cmocka_run_group_tests_name("unit.ranking_ties", tests, NULL, end);
}

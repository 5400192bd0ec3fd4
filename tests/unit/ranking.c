/* tests/unit/ranking.c - scores and ranks counted by hand. tests/property holds the same functions
 * against a second implementation. */
#include "tests/unit/ranking_story.h"

/* ------------------------------------------------------------------ scores */

static void
the_contest_of_2019_is_ranked_as_it_was(void **unused __attribute__((unused)))
{
    begin_of_2019();
    add_tie_key(TIE(PART), "stage");
    ENTER(1, 7750, 7800); /* 31.00 + 46.80 */
    ENTER(2, 9000, 8200);
    ENTER(3, 7450, 8000); /* 29.80 + 48.00 */
    ENTER(4, 7500, 7500);
    ENTER(5, 7500, 7498);
    rank();
    assert_score(1, 7780);
    assert_score(2, 8520);
    assert_score(3, 7780);
    assert_score(4, 7500);
    assert_score(5, 7499);
    assert_order("1:+2 2:+3 3:+1 4:+4 5:5");
    assert_string_equal(line_of(3)->tie_rule, "part stage");
    assert_string_equal(line_of(1)->tie_rule, "part stage");
    assert_string_equal(line_of(2)->tie_rule, "");
    assert_undecided("");
}

static void
a_total_is_a_share_of_what_each_part_can_give(void **unused __attribute__((unused)))
{
    begin();
    add_part("written", 2500);
    add_criterion("idea", 2000, 3);
    add_criterion("effect", 1000, 1);
    add_part("stage", 7500);
    add_criterion("play", 500, 1);
    /* 25 * (3 * 10.00 + 4.00) / 70.00 + 75 * 2.00 / 5.00 = 12.142857... + 30 */
    ENTER(1, 1000, 400, 200);
    rank();
    assert_score(1, 4214);
    assert_int_equal(ranking_total_centi(r.rules, r.sheets[0].scores), 4214);
}

static void
a_sheets_total_is_rounded_half_up(void **unused __attribute__((unused)))
{
    begin();
    add_part("one", 5000);
    add_criterion("a", 10000, 1);
    add_part("two", 5000);
    add_criterion("a", 10000, 1);
    ENTER(1, 7700, 7701); /* 77.005 */
    assert_int_equal(ranking_total_centi(r.rules, r.sheets[0].scores), 7701);
    rank();
    assert_score(1, 7701);
}

static void
five_sheets_have_a_mean_a_trimmed_mean_and_a_sum(void **unused __attribute__((unused)))
{
    static const int32_t points[] = { 9000, 7000, 8000, 5000, 10000 };

    begin_simple();
    enter(1);
    for (unsigned judge = 0; judge < 5; judge++)
        judge_gives(judge, 1, &points[judge]);
    rank();
    assert_score(1, 7800);
    assert_int_equal(line_of(1)->sheets, 5);
    r.rules->aggregation = BY(TRIMMED_MEAN);
    r.rules->trimmed_sheets = 1;
    rank();
    assert_score(1, 8000);
    r.rules->trimmed_sheets = 2; /* the one in the middle is left */
    rank();
    assert_score(1, 8000);
    r.rules->aggregation = BY(SUM);
    rank();
    assert_score(1, 39000);
}

static void
trimming_is_said_by_the_aggregation_alone(void **unused __attribute__((unused)))
{
    begin_simple();
    r.rules->trimmed_sheets = 1;
    ENTER(1, 8000);
    rank();
    assert_score(1, 8000);
}

static void
a_score_is_rounded_once_and_half_up(void **unused __attribute__((unused)))
{
    begin_simple();
    enter(1);
    GIVES(1, 1, 7744);
    GIVES(2, 1, 7745); /* 77.445 */
    rank();
    assert_score(1, 7745);
    r.rules->decimals = 1;
    rank();
    assert_score(1, 7740); /* not 77.45 first, and then 77.5 */
    r.rules->decimals = 0;
    rank();
    assert_score(1, 7700);
    GIVES(3, 1, 7461); /* 76.50 */
    rank();
    assert_score(1, 7700);
    r.rules->decimals = 1;
    rank();
    assert_score(1, 7650);
}

static void
equal_is_what_is_equal_once_it_is_rounded(void **unused __attribute__((unused)))
{
    begin_simple();
    r.rules->decimals = 0;
    ENTER(1, 7451); /* under the threshold, and over it once it is rounded */
    ENTER(2, 7549);
    ENTER(3, 7449);
    rank();
    assert_order("1:+1 1:+2 3:3");
}

static void
an_entry_without_enough_sheets_makes_no_ranking(void **unused __attribute__((unused)))
{
    begin_simple();
    ENTER(1, 8000);
    enter(2);
    assert_unequal();
    GIVES(1, 2, 7000);
    rank();
    r.rules->aggregation = BY(TRIMMED_MEAN);
    r.rules->trimmed_sheets = 1;
    GIVES(2, 1, 8000);
    GIVES(3, 1, 8000);
    GIVES(2, 2, 8000);
    assert_unequal(); /* the second one has two, and both are trimmed */
    GIVES(3, 2, 8000);
    rank();
}

static void
sums_are_compared_only_of_as_many_sheets(void **unused __attribute__((unused)))
{
    begin_simple();
    r.rules->aggregation = BY(SUM);
    ENTER(1, 8000);
    ENTER(2, 8000);
    rank();
    GIVES(2, 2, 8000);
    assert_unequal();
    GIVES(2, 1, 8000);
    rank();
    assert_score(1, 16000);
}

static void
a_sheet_of_an_entry_that_is_not_ranked_counts_for_nothing(void **unused __attribute__((unused)))
{
    struct digest before;

    begin_simple();
    r.rules->normalisation = SUBMISSIONS__NORMALISATION__NORMALISATION_JUDGE_MEAN;
    ENTER(1, 8000);
    rank();
    before = ranking_digest(r.arena, r.ranking);
    GIVES(1, 9, 100);
    GIVES(2, 9, 100);
    rank();
    struct digest after = ranking_digest(r.arena, r.ranking);

    assert_true(digest_equal(&before, &after));
}

static void
a_round_without_entries_has_an_empty_ranking(void **unused __attribute__((unused)))
{
    begin_simple();
    r.rules->normalisation = SUBMISSIONS__NORMALISATION__NORMALISATION_JUDGE_MEAN;
    rank();
    assert_int_equal(r.ranking->n_judges, 0);
}

/* ------------------------------------------------------------------ normalisation */

static void
a_strict_judge_does_not_weigh_on_whom_he_judged(void **unused __attribute__((unused)))
{
    begin_simple();
    ENTER(1, 9000);
    ENTER(2, 9000);
    GIVES(2, 1, 6000); /* the second judge saw only the first entry */
    rank();
    assert_score(1, 7500);
    assert_score(2, 9000);
    /* The mean is 80, the first judge's 90, the second one's 60. */
    r.rules->normalisation = SUBMISSIONS__NORMALISATION__NORMALISATION_JUDGE_MEAN;
    rank();
    assert_score(1, 8000);
    assert_score(2, 8000);
    assert_order("1:+1 1:+2");
}

static void
what_is_normalised_may_leave_the_scale(void **unused __attribute__((unused)))
{
    begin_simple();
    r.rules->normalisation = SUBMISSIONS__NORMALISATION__NORMALISATION_JUDGE_MEAN;
    ENTER(1, 10000);
    ENTER(2, 0);
    enter(3);
    GIVES(2, 3, 10000); /* mean 66.666667; of the first judge 50, of the second one 100 */
    rank();
    assert_score(1, 11667);
    assert_score(2, 1667);
    assert_score(3, 6667);
}

static void
what_is_normalised_may_fall_below_nothing(void **unused __attribute__((unused)))
{
    begin_simple();
    r.rules->normalisation = SUBMISSIONS__NORMALISATION__NORMALISATION_JUDGE_MEAN;
    ENTER(1, 10000);
    ENTER(2, 0);
    enter(3);
    GIVES(2, 3, 0); /* mean 33.333333; of the first judge 50 */
    rank();
    assert_score(1, 8333);
    assert_score(2, -1667); /* -16.666667 */
    assert_score(3, 3333);
}

/* ------------------------------------------------------------------ minimums */

static void
whoever_misses_a_minimum_keeps_the_rank_and_does_not_advance(void **unused __attribute__((unused)))
{
    begin_of_2019();
    r.rules->parts[1]->criteria[0]->minimum_centi = 6000;
    ENTER(1, 10000, 6000);
    ENTER(2, 10000, 5999);
    GIVES(2, 2, 10000, 6000); /* 59.995 is below, however it would be rounded */
    ENTER(3, 7550, 7550);
    rank();
    assert_order("1:+1 1:2 3:+3");
    assert_string_equal(line_of(2)->missed_minimum, "stage/content");
    assert_string_equal(line_of(1)->missed_minimum, "");
}

static void
a_minimum_is_asked_of_all_sheets_trimmed_or_not(void **unused __attribute__((unused)))
{
    begin_simple();
    r.rules->aggregation = BY(TRIMMED_MEAN);
    r.rules->trimmed_sheets = 1;
    r.rules->parts[0]->criteria[0]->minimum_centi = 7500;
    ENTER(1, 8000);
    GIVES(2, 1, 8000);
    GIVES(3, 1, 6000);
    rank();
    assert_score(1, 8000);
    assert_string_equal(line_of(1)->missed_minimum, "model/all");
    assert_order("1:1");
}

static void
whoever_misses_a_disqualifying_minimum_is_not_ranked(void **unused __attribute__((unused)))
{
    begin_of_2019();
    r.rules->parts[0]->criteria[0]->minimum_centi = 9000;
    r.rules->parts[1]->criteria[0]->minimum_centi = 5000;
    r.rules->parts[1]->criteria[0]->disqualifying = true;
    ENTER(1, 1000, 4000); /* misses both: named is what it is not ranked for */
    ENTER(2, 10000, 4999);
    ENTER(3, 9000, 5000);
    rank();
    assert_order("1:3 0:1 0:2");
    assert_string_equal(line_of(1)->missed_minimum, "stage/content");
    assert_string_equal(line_of(2)->missed_minimum, "stage/content");
    assert_score(2, 6999);
}

static void
whoever_may_not_advance_takes_nobodys_place(void **unused __attribute__((unused)))
{
    begin_of_2019();
    r.rules->threshold_centi = 0;
    r.rules->top_entries = 1;
    r.rules->parts[1]->criteria[0]->minimum_centi = 6000;
    ENTER(1, 10000, 5000);
    ENTER(2, 6000, 6000);
    ENTER(3, 5000, 6000);
    rank();
    assert_order("1:1 2:+2 3:3");
    r.rules->parts[1]->criteria[0]->disqualifying = true;
    rank();
    assert_order("1:+2 2:3 0:1");
}

/* ------------------------------------------------------------------ how far apart */

static void
sheets_far_from_the_median_are_counted_by_entry_and_by_judge(void **unused __attribute__((unused)))
{
    begin_simple();
    r.rules->dispersion_centi = 1000;
    enter(1);
    GIVES(1, 1, 8000);
    GIVES(2, 1, 9000); /* the median is 85.00 */
    GIVES(3, 1, 9501);
    GIVES(4, 1, 7000);
    enter(2);
    GIVES(1, 2, 5000);
    GIVES(2, 2, 6000);
    GIVES(3, 2, 7000); /* the median is 60.00: ten away is not too far */
    rank();
    assert_int_equal(line_of(1)->spread_centi, 2501);
    assert_true(line_of(1)->is_dispersed);
    assert_int_equal(line_of(1)->outliers, 2);
    assert_int_equal(line_of(2)->spread_centi, 2000);
    assert_int_equal(line_of(2)->outliers, 0);
    assert_int_equal(r.ranking->n_judges, 4);
    assert_int_equal(r.ranking->judges[0]->leaning_centi, -750); /* -5.00 and -10.00 */
    assert_int_equal(r.ranking->judges[0]->outliers, 0);
    assert_int_equal(r.ranking->judges[2]->leaning_centi, 1001); /* 10.01 and 10.00: 10.005 */
    assert_int_equal(r.ranking->judges[2]->outliers, 1);
    assert_int_equal(r.ranking->judges[3]->leaning_centi, -1500);
    assert_int_equal(r.ranking->judges[3]->sheets, 1);
}

static void
a_spread_as_large_as_allowed_is_no_dispersion(void **unused __attribute__((unused)))
{
    begin_simple();
    ENTER(1, 8000);
    GIVES(2, 1, 9000);
    rank();
    assert_false(line_of(1)->is_dispersed); /* nothing is asked for */
    r.rules->dispersion_centi = 1000;
    rank();
    assert_false(line_of(1)->is_dispersed);
    r.rules->dispersion_centi = 999;
    rank();
    assert_true(line_of(1)->is_dispersed);
}

/* ------------------------------------------------------------------ what it is bound to */

static struct digest
inputs_digest(void)
{
    rank();
    return proto_digest_of(r.ranking->inputs_digest);
}

static void
assert_changed(struct digest *digest)
{
    struct digest now = inputs_digest();

    assert_false(digest_equal(digest, &now));
    *digest = now;
}

static void
whatever_it_is_made_from_changes_its_digest(void **unused __attribute__((unused)))
{
    struct digest digest;

    begin_with_two_in_the_middle(2);
    digest = inputs_digest();
    r.in.rules_digest.bytes[31] = 1;
    assert_changed(&digest);
    r.entries[3].submitted_us++;
    assert_changed(&digest);
    r.entries[3].code = "KH-05";
    assert_changed(&digest);
    r.sheets[3].scores->scores[0]->score_centi--;
    assert_changed(&digest);
    r.sheets[3].scores->scores[0]->remark = "Đẹp";
    assert_changed(&digest);
    r.sheets[3].person = ID(77);
    assert_changed(&digest);
    r.sheets[3].id = ID(78);
    assert_changed(&digest);
    DECIDE(1, 4); /* even where it decides nothing */
    assert_changed(&digest);
}

static void
the_order_of_arrival_changes_no_byte(void **unused __attribute__((unused)))
{
    struct digest digest, other;

    begin_tied();
    enter(3);
    GIVES(1, 3, 8000, 8000);
    rank();
    digest = ranking_digest(r.arena, r.ranking);
    for (size_t i = 0, k = r.in.sheet_count - 1; i < k; i++, k--) {
        struct ranked_sheet sheet = r.sheets[i];

        r.sheets[i] = r.sheets[k];
        r.sheets[k] = sheet;
    }
    for (size_t i = 0; i < r.in.sheet_count; i++) {
        Appraisal__CriterionScore **scores = r.sheets[i].scores->scores;
        Appraisal__CriterionScore *score = scores[0];

        scores[0] = scores[1];
        scores[1] = score;
    }
    struct ranked_entry entry = r.entries[0];

    r.entries[0] = r.entries[2];
    r.entries[2] = entry;
    rank();
    other = ranking_digest(r.arena, r.ranking);
    assert_true(digest_equal(&digest, &other));
}

/* ------------------------------------------------------------------ the largest one */

/* Parts of 999,000,000 and 1,000,000,000: their common multiple is all but the largest allowed. Of
 * 25 judges 13 give everything to everybody, the others nothing. */
static void
the_largest_round_is_exact(void **unused __attribute__((unused)))
{
    static const int32_t all[] = { 999000000, 1000000000 }, nothing[] = { 0, 0 };

    begin();
    add_part("one", 3333);
    add_criterion("a", 999000000, 1);
    add_part("two", 6667);
    add_criterion("a", 1000000000, 1);
    r.rules->aggregation = BY(SUM);
    r.rules->dispersion_centi = 9999;
    for (unsigned entry = 1; entry <= MOST_ENTRIES; entry++) {
        enter(entry);
        for (unsigned judge = 0; judge < 25; judge++)
            judge_gives(judge, entry, judge < 13 ? all : nothing);
    }
    rank();
    assert_score(MOST_ENTRIES, 130000);
    assert_int_equal(line_of(1)->rank, 1);
    assert_int_equal(line_of(1)->outliers, 12);
    assert_int_equal(r.ranking->judges[24]->leaning_centi, -10000);
    /* With the mean 52, every total is moved to 52. */
    r.rules->normalisation = SUBMISSIONS__NORMALISATION__NORMALISATION_JUDGE_MEAN;
    rank();
    assert_score(1, 130000);
    assert_score(MOST_ENTRIES, 130000);
    assert_int_equal(line_of(1)->outliers, 0);
    assert_int_equal(line_of(1)->spread_centi, 0);
}

/* ------------------------------------------------------------------ what can be counted */

static void
begin_countable(void)
{
    begin();
    add_part("one", 3333);
    add_criterion("a", 999000000, 1);
    add_part("two", 6667);
    add_criterion("a", 500000000, 2);
}

#define assert_uncountable(field, value)                                                           \
    do {                                                                                           \
        begin_countable();                                                                         \
        r.rules->field = value;                                                                    \
        assert_false(ranking_can_count(r.rules));                                                  \
    } while (0)

static void
rules_are_countable_within_their_bounds(void **unused __attribute__((unused)))
{
    begin_countable();
    assert_true(ranking_can_count(r.rules));
    assert_uncountable(n_parts, 0);
    assert_uncountable(n_parts, 1); /* a third of the weight */
    assert_uncountable(parts[0]->weight_bp, 0);
    assert_uncountable(parts[0]->weight_bp, -1);
    assert_uncountable(parts[0]->weight_bp, 3334);
    assert_uncountable(parts[1]->weight_bp, INT32_MAX);
    assert_uncountable(parts[1]->n_criteria, 0);
    assert_uncountable(parts[1]->criteria[0]->max_centi,
                       500000001); /* above 10^9, with its weight */
    assert_uncountable(parts[1]->criteria[0]->max_centi, 0);
    assert_uncountable(parts[1]->criteria[0]->max_centi, -1);
    assert_uncountable(parts[1]->criteria[0]->weight, 0);
    assert_uncountable(parts[0]->criteria[0]->max_centi,
                       998999999); /* nothing in common with 10^9 */
    assert_uncountable(decimals, 3);
    assert_uncountable(decimals, -1);
    assert_uncountable(trimmed_sheets, -1);
    assert_uncountable(top_entries, -1);
    assert_uncountable(dispersion_centi, -1);
}

int
main(void)
{
    /* clang-format off */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_contest_of_2019_is_ranked_as_it_was),
        cmocka_unit_test(a_total_is_a_share_of_what_each_part_can_give),
        cmocka_unit_test(a_sheets_total_is_rounded_half_up),
        cmocka_unit_test(five_sheets_have_a_mean_a_trimmed_mean_and_a_sum),
        cmocka_unit_test(trimming_is_said_by_the_aggregation_alone),
        cmocka_unit_test(a_score_is_rounded_once_and_half_up),
        cmocka_unit_test(equal_is_what_is_equal_once_it_is_rounded),
        cmocka_unit_test(an_entry_without_enough_sheets_makes_no_ranking),
        cmocka_unit_test(sums_are_compared_only_of_as_many_sheets),
        cmocka_unit_test(a_sheet_of_an_entry_that_is_not_ranked_counts_for_nothing),
        cmocka_unit_test(a_round_without_entries_has_an_empty_ranking),
        cmocka_unit_test(a_strict_judge_does_not_weigh_on_whom_he_judged),
        cmocka_unit_test(what_is_normalised_may_leave_the_scale),
        cmocka_unit_test(what_is_normalised_may_fall_below_nothing),
        cmocka_unit_test(whoever_misses_a_minimum_keeps_the_rank_and_does_not_advance),
        cmocka_unit_test(a_minimum_is_asked_of_all_sheets_trimmed_or_not),
        cmocka_unit_test(whoever_misses_a_disqualifying_minimum_is_not_ranked),
        cmocka_unit_test(whoever_may_not_advance_takes_nobodys_place),
        cmocka_unit_test(sheets_far_from_the_median_are_counted_by_entry_and_by_judge),
        cmocka_unit_test(a_spread_as_large_as_allowed_is_no_dispersion),
        cmocka_unit_test(whatever_it_is_made_from_changes_its_digest),
        cmocka_unit_test(the_order_of_arrival_changes_no_byte),
        cmocka_unit_test(the_largest_round_is_exact),
        cmocka_unit_test(rules_are_countable_within_their_bounds),
    };
    /* clang-format on */

    return cmocka_run_group_tests_name("unit.ranking", tests, NULL, end);
}

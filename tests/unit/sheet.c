/* tests/unit/sheet.c - the points that a judge gives, and who may do what with a sheet. */
#include "tests/unit/judging_story.h"

/* ------------------------------------------------------------------ whose it is */

static void
a_sheet_is_its_judges_alone(void **unused __attribute__((unused)))
{
    static const unsigned others[] = { CHAIR, SECRETARY, ANOTHER_MEMBER, HEAD, COLLEAGUE };
    struct story s;

    begin_scoring(&s);
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        story_as(&s, others[i]);
        save_scores(&s, ENTRY, MEMBER, scores(&s, 500, 25));
        assert_refused(&s, "NOT_YOUR_SHEET");
        lock_scores(&s, ENTRY, MEMBER, scores(&s, 500, 25));
        assert_refused(&s, "NOT_YOUR_SHEET");
    }
    story_as(&s, MEMBER);
    save_scores(&s, ENTRY, MEMBER, scores(&s, 500, 25));
    assert_happened(&s, "SheetSaved");
    save_scores(&s, ENTRY, SECRETARY, scores(&s, 500, 25));
    assert_refused(&s, "NOT_FOUND");
    story_end(&s);
}

static void
a_sheet_names_its_own_round(void **unused __attribute__((unused)))
{
    Appraisal__SaveSheet m = APPRAISAL__SAVE_SHEET__INIT;
    struct story s;

    begin_scoring(&s);
    m.scores = scores(&s, 500, 25);
    m.round_id = story_id(&s, FINAL);
    story_as(&s, MEMBER);
    story_send(&s, sheet_of(ROUND, ENTRY, MEMBER), &m);
    assert_refused(&s, "UNKNOWN_ROUND");
    story_end(&s);
}

/* ------------------------------------------------------------------ points */

static void
points_are_given_to_criteria_of_the_round(void **unused __attribute__((unused)))
{
    Appraisal__Scores *all;
    struct story s;

    begin_scoring(&s);
    story_as(&s, MEMBER);
    all = scores(&s, 500, 25);
    all->scores[1]->criterion = "old";
    save_scores(&s, ENTRY, MEMBER, all);
    assert_refused(&s, "UNKNOWN_CRITERION");
    all->scores[1] = score(&s, "stage", "use", 25);
    save_scores(&s, ENTRY, MEMBER, all);
    assert_refused(&s, "UNKNOWN_CRITERION");
    assert_string_equal(((const struct violation *) list_at(&s.last.violations, 0))->field,
                        "scores.scores[1]");
    story_end(&s);
}

static void
a_criterion_is_scored_once(void **unused __attribute__((unused)))
{
    Appraisal__Scores *all;
    struct story s;

    begin_scoring(&s);
    story_as(&s, MEMBER);
    all = scores(&s, 500, 25);
    all->scores[all->n_scores++] = score(&s, "model", "new", 1000);
    save_scores(&s, ENTRY, MEMBER, all);
    assert_refused(&s, "SCORED_TWICE");
    lock_scores(&s, ENTRY, MEMBER, all);
    assert_refused(&s, "SCORED_TWICE");
    story_end(&s);
}

static void
points_lie_between_nothing_and_the_maximum(void **unused __attribute__((unused)))
{
    struct story s;

    begin_scoring(&s);
    story_as(&s, MEMBER);
    save_scores(&s, ENTRY, MEMBER, scores(&s, 6500, 25));
    assert_refused(&s, "SCORE_OUT_OF_RANGE");
    save_scores(&s, ENTRY, MEMBER, scores(&s, 500, 4025));
    assert_refused(&s, "SCORE_OUT_OF_RANGE");
    save_scores(&s, ENTRY, MEMBER, scores(&s, -500, 25));
    assert_refused(&s, "SCORE_OUT_OF_RANGE");
    save_scores(&s, ENTRY, MEMBER, scores(&s, 0, 0));
    assert_happened(&s, "SheetSaved");
    save_scores(&s, ENTRY, MEMBER, scores(&s, 6000, 4000));
    assert_happened(&s, "SheetSaved");
    story_end(&s);
}

static void
points_are_given_in_steps_of_the_criterion(void **unused __attribute__((unused)))
{
    struct story s;

    begin_scoring(&s);
    story_as(&s, MEMBER);
    for (int32_t centi = 0; centi <= 6000; centi += 25) {
        save_scores(&s, ENTRY, MEMBER, scores(&s, centi, 25));
        if (centi % 500)
            assert_refused(&s, "SCORE_OFF_STEP");
        else
            assert_happened(&s, "SheetSaved");
    }
    save_scores(&s, ENTRY, MEMBER, scores(&s, 0, 1));
    assert_refused(&s, "SCORE_OFF_STEP");
    lock_scores(&s, ENTRY, MEMBER, scores(&s, 0, 24));
    assert_refused(&s, "SCORE_OFF_STEP");
    story_end(&s);
}

/* ------------------------------------------------------------------ locking */

static void
a_draft_may_have_gaps_and_a_locked_sheet_none(void **unused __attribute__((unused)))
{
    Appraisal__Scores *all;
    struct story s;

    begin_scoring(&s);
    story_as(&s, MEMBER);
    all = scores(&s, 500, 25);
    all->n_scores = 1;
    save_scores(&s, ENTRY, MEMBER, all);
    assert_happened(&s, "SheetSaved");
    lock_scores(&s, ENTRY, MEMBER, all);
    assert_refused(&s, "SHEET_INCOMPLETE");
    assert_int_equal(the_sheet(&s, ENTRY, MEMBER)->self.state, SHEET(DRAFT));
    lock_scores(&s, ENTRY, MEMBER, scores(&s, 4500, 2525));
    assert_happened(&s, "SheetLocked");
    assert_int_equal(the_sheet(&s, ENTRY, MEMBER)->total_centi, 7025);
    story_end(&s);
}

static void
a_locked_sheet_is_changed_no_more(void **unused __attribute__((unused)))
{
    struct story s;

    begin_scoring(&s);
    lock(&s, ENTRY, MEMBER, 500);
    save_scores(&s, ENTRY, MEMBER, scores(&s, 1000, 25));
    assert_refused(&s, "NOT_NOW");
    lock_scores(&s, ENTRY, MEMBER, scores(&s, 1000, 25));
    assert_refused(&s, "NOT_NOW");
    excuse(&s, ENTRY, MEMBER);
    assert_refused(&s, "NOT_NOW");
    assert_int_equal(the_sheet(&s, ENTRY, MEMBER)->scores->scores[0]->score_centi, 500);
    story_end(&s);
}

static void
nothing_is_scored_but_in_a_round_that_is_scored(void **unused __attribute__((unused)))
{
    struct story s;

    begin_proposed(&s);
    story_as(&s, MEMBER);
    save_scores(&s, ENTRY, MEMBER, scores(&s, 500, 25));
    assert_refused(&s, "NOT_SCORING");
    excuse(&s, ENTRY, MEMBER);
    assert_refused(&s, "NOT_SCORING");
    story_end(&s);

    begin_scoring(&s);
    annul(&s, ROUND);
    story_as(&s, MEMBER);
    lock_scores(&s, ENTRY, MEMBER, scores(&s, 500, 25));
    assert_refused(&s, "NOT_SCORING");
    story_end(&s);
}

/* ------------------------------------------------------------------ reopening, excusing */

static void
the_chair_reopens_a_locked_sheet(void **unused __attribute__((unused)))
{
    struct story s;

    begin_scoring(&s);
    story_as(&s, CHAIR);
    reopen(&s, ENTRY, MEMBER);
    assert_refused(&s, "NOT_NOW");
    lock(&s, ENTRY, MEMBER, 500);
    reopen(&s, ENTRY, MEMBER);
    assert_refused(&s, "NOT_THE_CHAIR");
    story_as(&s, SECRETARY);
    reopen(&s, ENTRY, MEMBER);
    assert_refused(&s, "NOT_THE_CHAIR");
    story_as(&s, CHAIR);
    reopen(&s, ENTRY, MEMBER);
    assert_happened(&s, "SheetReopened");
    assert_string_equal(the_sheet(&s, ENTRY, MEMBER)->reason, "a slip of the pen");
    assert_int_equal(the_sheet(&s, ENTRY, MEMBER)->total_centi, 0);
    lock(&s, ENTRY, MEMBER, 1000);
    assert_int_equal(the_sheet(&s, ENTRY, MEMBER)->total_centi, 2000);
    story_end(&s);
}

static void
the_chairs_own_sheet_is_reopened_by_the_secretary(void **unused __attribute__((unused)))
{
    struct story s;

    begin_scoring(&s);
    lock_all(&s, ENTRY, 5000);
    story_as(&s, CHAIR);
    reopen(&s, ENTRY, CHAIR);
    assert_refused(&s, "SAME_PERSON");
    story_as(&s, MEMBER);
    reopen(&s, ENTRY, CHAIR);
    assert_refused(&s, "NOT_THE_CHAIR");
    story_as(&s, SECRETARY);
    reopen(&s, ENTRY, MEMBER);
    assert_refused(&s, "NOT_THE_CHAIR");
    reopen(&s, ENTRY, CHAIR);
    assert_happened(&s, "SheetReopened");
    story_end(&s);
}

static void
a_sheet_that_is_reopened_voids_the_proposed_ranking(void **unused __attribute__((unused)))
{
    struct story s;

    begin_proposed(&s);
    story_as(&s, CHAIR);
    reopen(&s, ENTRY, MEMBER);
    assert_happened(&s, "SheetReopened, RankingVoided");
    assert_int_equal(the_round(&s)->self.state, ROUND(SCORING));
    assert_true(uuid_is_nil(&the_round(&s)->proposed_by));
    confirm_as(&s, CHAIR);
    assert_refused(&s, "OTHER_RANKING");
    story_end(&s);
}

static void
no_sheet_of_a_confirmed_round_is_reopened(void **unused __attribute__((unused)))
{
    struct story s;

    begin_confirmed(&s);
    story_as(&s, CHAIR);
    reopen(&s, ENTRY, MEMBER);
    assert_refused(&s, "NOT_SCORING");
    annul(&s, ROUND);
    story_as(&s, CHAIR);
    reopen(&s, ENTRY, MEMBER);
    assert_refused(&s, "NOT_SCORING");
    story_end(&s);
}

static void
a_judge_or_the_secretary_excuses(void **unused __attribute__((unused)))
{
    struct story s;

    begin_scoring(&s);
    story_as(&s, CHAIR);
    excuse(&s, ENTRY, MEMBER);
    assert_refused(&s, "NOT_YOUR_SHEET");
    story_as(&s, SECRETARY);
    excuse(&s, ENTRY, MEMBER);
    assert_happened(&s, "SheetExcused");
    assert_string_equal(((const Appraisal__SheetExcused *) story_event(&s, 0))->excused_by,
                        story_id(&s, SECRETARY));
    story_as(&s, MEMBER);
    excuse(&s, ENTRY + 1, MEMBER);
    assert_happened(&s, "SheetExcused");
    save_scores(&s, ENTRY, MEMBER, scores(&s, 500, 25));
    assert_refused(&s, "NOT_NOW");
    story_end(&s);
}

static void
another_round_opens_no_sheet(void **unused __attribute__((unused)))
{
    Appraisal__ReopenSheet reopens = APPRAISAL__REOPEN_SHEET__INIT;
    Appraisal__ExcuseSheet excuses = APPRAISAL__EXCUSE_SHEET__INIT;
    struct story s;

    begin_confirmed(&s);
    plan(&s, FINAL, "chung-khao", ""); /* with the same chair and secretary */
    story_as(&s, CHAIR);
    reopens.round_id = excuses.round_id = story_id(&s, FINAL);
    reopens.reason = excuses.reason = "a slip of the pen";
    story_send(&s, sheet_of(ROUND, ENTRY, MEMBER), &reopens);
    assert_refused(&s, "UNKNOWN_ROUND");
    story_as(&s, SECRETARY);
    story_send(&s, sheet_of(ROUND, ENTRY, MEMBER), &excuses);
    assert_refused(&s, "UNKNOWN_ROUND");
    story_end(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sheet_is_its_judges_alone),
        cmocka_unit_test(a_sheet_names_its_own_round),
        cmocka_unit_test(points_are_given_to_criteria_of_the_round),
        cmocka_unit_test(a_criterion_is_scored_once),
        cmocka_unit_test(points_lie_between_nothing_and_the_maximum),
        cmocka_unit_test(points_are_given_in_steps_of_the_criterion),
        cmocka_unit_test(a_draft_may_have_gaps_and_a_locked_sheet_none),
        cmocka_unit_test(a_locked_sheet_is_changed_no_more),
        cmocka_unit_test(nothing_is_scored_but_in_a_round_that_is_scored),
        cmocka_unit_test(the_chair_reopens_a_locked_sheet),
        cmocka_unit_test(the_chairs_own_sheet_is_reopened_by_the_secretary),
        cmocka_unit_test(a_sheet_that_is_reopened_voids_the_proposed_ranking),
        cmocka_unit_test(no_sheet_of_a_confirmed_round_is_reopened),
        cmocka_unit_test(a_judge_or_the_secretary_excuses),
        cmocka_unit_test(another_round_opens_no_sheet),
    };

    return cmocka_run_group_tests_name("sheet", tests, NULL, NULL);
}

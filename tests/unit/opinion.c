/* tests/unit/opinion.c - who is asked, who answers, and when and how a panel concludes. */
#include "tests/unit/appraisal_story.h"

/* ------------------------------------------------------------------ opinions */

static void
opinions_are_asked_of_distinct_agencies_that_are_known(void **unused __attribute__((unused)))
{
    struct story s;

    begin_with_panel(&s);
    request_opinions(&s, FINANCE, 99, 20, false);
    assert_refused(&s, "UNKNOWN_AGENCY");
    request_opinions(&s, FINANCE, FINANCE, 20, false);
    assert_refused(&s, "CONSULTED_TWICE");
    request_opinions(&s, FINANCE, EDUCATION, 20, false);
    assert_happened(&s, "OpinionsRequested");
    assert_true(story_is_party(&s, 0, FINANCE));
    assert_true(story_is_party(&s, 0, EDUCATION));
    story_end(&s);
}

static void
opinions_are_due_on_a_day_to_come(void **unused __attribute__((unused)))
{
    struct story s;

    begin_with_panel(&s);
    request_opinions(&s, FINANCE, EDUCATION, 31, false); /* of November */
    assert_refused(&s, "BAD_DATE");
    request_opinions(&s, FINANCE, EDUCATION, 1, false); /* it is the first, 07:00 */
    assert_refused(&s, "DUE_IN_PAST");
    request_opinions(&s, FINANCE, EDUCATION, 1, true);
    assert_happened(&s, "OpinionsRequested");
    assert_int_equal(the_case(&s)->opinions_due_at_us, STORY_BEGINS_US + DAY_US - 7 * HOUR_US);
    story_end(&s);
}

static void
opinions_due_before_a_day_end_as_it_begins(void **unused __attribute__((unused)))
{
    struct story s;

    begin_consulting(&s);
    assert_int_equal(the_case(&s)->opinions_due_at_us, DUE_US);
    story_end(&s);
}

static void
a_deadline_at_this_very_moment_is_over(void **unused __attribute__((unused)))
{
    struct story s;

    begin_with_panel(&s);
    story_later(&s, DUE_US);
    request_opinions(&s, FINANCE, EDUCATION, 20, false);
    assert_refused(&s, "DUE_IN_PAST");
    story_end(&s);
}

static void
only_a_consulted_agency_gives_its_opinion_once(void **unused __attribute__((unused)))
{
    struct story s;

    begin_consulting(&s);
    give_opinion_of(&s, COLLEAGUE, 1);
    assert_refused(&s, "NOT_CONSULTED");
    give_opinion_of(&s, MEMBER, 2);
    assert_refused(&s, "OTHER_VERSION");
    give_opinion_of(&s, MEMBER, 1);
    assert_happened(&s, "OpinionGiven");
    give_opinion_of(&s, MEMBER, 1);
    assert_refused(&s, "OPINION_GIVEN");
    give_opinion_of(&s, ANOTHER_MEMBER, 1);
    assert_happened(&s, "OpinionGiven");
    give_opinion_of(&s, AUTHOR, 1); /* of the same agency */
    assert_refused(&s, "OPINION_GIVEN");
    assert_int_equal(the_case(&s)->opinions.count, 2);
    story_end(&s);
}

static void
an_opinion_cites_a_document_of_a_real_day(void **unused __attribute__((unused)))
{
    struct story s;
    Appraisal__GiveOpinion m = APPRAISAL__GIVE_OPINION__INIT;

    begin_consulting(&s);
    m.dossier_version = 1;
    m.verdict = APPRAISAL__VERDICT__VERDICT_OPPOSE;
    m.opinion = "Không";
    m.document = document(&s, 31);
    story_as(&s, MEMBER);
    story_say(&s, CASE, &m);
    assert_refused(&s, "BAD_DATE");
    story_end(&s);
}

/* ------------------------------------------------------------------ the conclusion */

static void
nobody_concludes_while_opinions_are_out(void **unused __attribute__((unused)))
{
    struct story s;

    begin_consulting(&s);
    give_opinion_of(&s, MEMBER, 1);
    Appraisal__Conclude m = conclusion(&s);

    story_later(&s, DUE_US - 1);
    story_say(&s, CASE, &m);
    assert_refused(&s, "OPINIONS_OUTSTANDING");
    give_opinion_of(&s, ANOTHER_MEMBER, 1);
    story_as(&s, CHAIR);
    story_say(&s, CASE, &m);
    assert_happened(&s, "ScoringStarted, DeliberationStarted, AppraisalConcluded");
    assert_int_equal(((const Appraisal__ScoringStarted *) story_event(&s, 0))->n_silent_agency_ids,
                     0);
    story_end(&s);
}

static void
silence_is_no_reply_and_never_consent(void **unused __attribute__((unused)))
{
    struct story s;

    begin_consulting(&s);
    give_opinion_of(&s, MEMBER, 1);
    Appraisal__Conclude m = conclusion(&s);

    story_later(&s, DUE_US);
    story_say(&s, CASE, &m);
    assert_happened(&s, "ScoringStarted, DeliberationStarted, AppraisalConcluded");
    const Appraisal__ScoringStarted *e = story_event(&s, 0);

    assert_int_equal(e->n_silent_agency_ids, 1);
    assert_string_equal(e->silent_agency_ids[0], story_id(&s, EDUCATION));
    assert_int_equal(the_case(&s)->opinions.count, 1);
    story_end(&s);
}

static void
only_the_chair_concludes_with_the_secretary(void **unused __attribute__((unused)))
{
    struct story s;

    begin_answered(&s);
    Appraisal__Conclude m = conclusion(&s);

    story_as(&s, SECRETARY);
    story_say(&s, CASE, &m);
    assert_refused(&s, "NOT_THE_CHAIR");
    story_as(&s, HEAD);
    story_say(&s, CASE, &m);
    assert_refused(&s, "NOT_THE_CHAIR");
    story_as(&s, CHAIR);
    m.secretary_id = story_id(&s, CHAIR);
    story_say(&s, CASE, &m);
    assert_refused(&s, "NOT_THE_SECRETARY");
    m.secretary_id = story_id(&s, MEMBER);
    story_say(&s, CASE, &m);
    assert_refused(&s, "NOT_THE_SECRETARY");
    m.secretary_id = story_id(&s, SECRETARY);
    story_say(&s, CASE, &m);
    assert_happened(&s, "ScoringStarted, DeliberationStarted, AppraisalConcluded");
    const Appraisal__AppraisalConcluded *e = story_event(&s, 2);

    assert_string_equal(e->chair_id, story_id(&s, CHAIR));
    assert_string_equal(e->secretary_id, story_id(&s, SECRETARY));
    assert_int_equal(e->members, 4);
    story_end(&s);
}

static void
a_conclusion_is_about_this_version_and_has_dated_minutes(void **unused __attribute__((unused)))
{
    struct story s;

    begin_answered(&s);
    Appraisal__Conclude m = conclusion(&s);

    m.dossier_version = 2;
    story_say(&s, CASE, &m);
    assert_refused(&s, "OTHER_VERSION");
    m.dossier_version = 1;
    m.minutes = document(&s, 31);
    story_say(&s, CASE, &m);
    assert_refused(&s, "BAD_DATE");
    story_end(&s);
}

static void
a_recommendation_needs_two_thirds_of_all_members(void **unused __attribute__((unused)))
{
    struct story s;

    begin_answered(&s);
    Appraisal__Conclude m = conclusion(&s);

    m.votes_for = 5;
    story_say(&s, CASE, &m);
    assert_refused(&s, "MORE_VOTES_THAN_MEMBERS");
    m.votes_for = 2; /* of 4 */
    story_say(&s, CASE, &m);
    assert_refused(&s, "NOT_ENOUGH_VOTES");
    m.votes_for = 3;
    story_say(&s, CASE, &m);
    assert_happened(&s, "ScoringStarted, DeliberationStarted, AppraisalConcluded");
    story_end(&s);
}

static void
two_of_three_members_are_two_thirds(void **unused __attribute__((unused)))
{
    struct story s;
    unsigned persons[] = { CHAIR, SECRETARY, MEMBER };

    begin_opened(&s);
    set_panel(&s, persons, usual_seats, 3);
    request_opinions(&s, FINANCE, EDUCATION, 20, false);
    give_opinion_of(&s, MEMBER, 1);
    give_opinion_of(&s, ANOTHER_MEMBER, 1);
    Appraisal__Conclude m = conclusion(&s);

    m.votes_for = 1;
    story_say(&s, CASE, &m);
    assert_refused(&s, "NOT_ENOUGH_VOTES");
    m.votes_for = 2;
    story_say(&s, CASE, &m);
    assert_happened(&s, "ScoringStarted, DeliberationStarted, AppraisalConcluded");
    story_end(&s);
}

static void
a_ceiling_is_at_most_the_estimate(void **unused __attribute__((unused)))
{
    struct story s;

    begin_answered(&s);
    Appraisal__Conclude m = conclusion(&s);

    m.recommended_ceiling_vnd = ESTIMATE_VND + 1;
    story_say(&s, CASE, &m);
    assert_refused(&s, "CEILING_ABOVE_ESTIMATE");
    m.recommended_ceiling_vnd = 0;
    story_say(&s, CASE, &m);
    assert_refused(&s, "CEILING_MISSING");
    m.recommended_ceiling_vnd = ESTIMATE_VND;
    story_say(&s, CASE, &m);
    assert_happened(&s, "ScoringStarted, DeliberationStarted, AppraisalConcluded");
    assert_int_equal(the_case(&s)->recommended_ceiling_vnd, ESTIMATE_VND);
    story_end(&s);
}

static void
what_is_not_recommended_has_no_ceiling_and_needs_no_votes(void **unused __attribute__((unused)))
{
    struct story s;

    begin_answered(&s);
    Appraisal__Conclude m = conclusion(&s);

    m.outcome = APPRAISAL__OUTCOME__OUTCOME_NOT_RECOMMENDED;
    m.votes_for = 0;
    story_say(&s, CASE, &m);
    assert_refused(&s, "CEILING_MISSING");
    m.recommended_ceiling_vnd = 0;
    story_say(&s, CASE, &m);
    assert_happened(&s, "ScoringStarted, DeliberationStarted, AppraisalConcluded");
    story_end(&s);
}

static void
nothing_is_concluded_before_opinions_were_asked(void **unused __attribute__((unused)))
{
    struct story s;

    begin_with_panel(&s);
    Appraisal__Conclude m = conclusion(&s);

    story_say(&s, CASE, &m);
    assert_refused(&s, "NOT_NOW");
    assert_int_equal(the_case(&s)->self.state, IS(PANEL_SET));
    story_end(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opinions_are_asked_of_distinct_agencies_that_are_known),
        cmocka_unit_test(opinions_are_due_on_a_day_to_come),
        cmocka_unit_test(opinions_due_before_a_day_end_as_it_begins),
        cmocka_unit_test(a_deadline_at_this_very_moment_is_over),
        cmocka_unit_test(only_a_consulted_agency_gives_its_opinion_once),
        cmocka_unit_test(an_opinion_cites_a_document_of_a_real_day),
        cmocka_unit_test(nobody_concludes_while_opinions_are_out),
        cmocka_unit_test(silence_is_no_reply_and_never_consent),
        cmocka_unit_test(only_the_chair_concludes_with_the_secretary),
        cmocka_unit_test(a_conclusion_is_about_this_version_and_has_dated_minutes),
        cmocka_unit_test(a_recommendation_needs_two_thirds_of_all_members),
        cmocka_unit_test(two_of_three_members_are_two_thirds),
        cmocka_unit_test(a_ceiling_is_at_most_the_estimate),
        cmocka_unit_test(what_is_not_recommended_has_no_ceiling_and_needs_no_votes),
        cmocka_unit_test(nothing_is_concluded_before_opinions_were_asked),
    };

    return cmocka_run_group_tests_name("opinion", tests, NULL, NULL);
}

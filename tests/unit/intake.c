/* tests/unit/intake.c - accepted dossiers as appraisal knows them, and what a withdrawal does. */
#include "tests/unit/appraisal_story.h"

/* ------------------------------------------------------------------ the dossier */

static void
an_accepted_dossier_waits(void **unused __attribute__((unused)))
{
    struct story s;

    begin(&s);
    accept_dossier(&s, 1);
    assert_happened(&s, "DossierNoted");
    assert_int_equal(the_intake(&s)->self.state, INTAKE(WAITING));
    assert_int_equal(the_intake(&s)->estimate_vnd, ESTIMATE_VND);
    assert_memory_equal(the_intake(&s)->digest.bytes, digest_bytes, 32);
    story_end(&s);
}

static void
a_newer_version_replaces_one_that_waits(void **unused __attribute__((unused)))
{
    struct story s;

    begin(&s);
    accept_dossier(&s, 1);
    accept_dossier(&s, 2);
    assert_happened(&s, "DossierNoted");
    assert_int_equal(the_intake(&s)->dossier_version, 2);
    accept_dossier(&s, 1);
    assert_happened(&s, "");
    open_case(&s, CASE, 2);
    assert_happened(&s, "AppraisalOpened, DossierTakenUp");
    assert_int_equal(the_case(&s)->authors.count, 1); /* those of the second version only */
    story_end(&s);
}

static void
a_version_that_comes_after_the_appraisal_began_is_not_passed_over(void **unused
                                                                  __attribute__((unused)))
{
    struct story s;

    begin_opened(&s);
    accept_dossier(&s, 2);
    assert_refused(&s, "NOT_NOW");
    story_end(&s);
}

static void
a_withdrawal_is_noted_even_before_any_dossier(void **unused __attribute__((unused)))
{
    struct story s;

    begin(&s);
    withdraw_entry(&s);
    assert_happened(&s, "DossierWithdrawalNoted");
    withdraw_entry(&s);
    assert_happened(&s, "");
    accept_dossier(&s, 1);
    assert_happened(&s, "");
    story_as(&s, HEAD);
    open_case(&s, CASE, 1);
    assert_refused(&s, "ENTRY_WITHDRAWN");
    story_end(&s);
}

/* ------------------------------------------------------------------ withdrawal */

static void
a_withdrawal_voids_the_case_until_it_is_reported(void **unused __attribute__((unused)))
{
    static void (*const begins[])(struct story *) = { begin_opened, begin_with_panel,
                                                      begin_consulting, begin_concluded };
    struct story s;

    for (size_t i = 0; i < sizeof(begins) / sizeof(*begins); i++) {
        begins[i](&s);
        withdraw_entry(&s);
        assert_happened(&s, "DossierWithdrawalNoted, AppraisalVoided");
        assert_string_equal(((const Appraisal__AppraisalVoided *) story_event(&s, 1))->reason,
                            "the team gave up");
        assert_int_equal(the_case(&s)->self.state, IS(VOIDED));
        story_end(&s);
    }
}

static void
a_disqualification_and_an_annulment_void_the_case_as_well(void **unused __attribute__((unused)))
{
    Submissions__EntryDisqualified disqualified = SUBMISSIONS__ENTRY_DISQUALIFIED__INIT;
    Submissions__ResultAnnulled annulled = SUBMISSIONS__RESULT_ANNULLED__INIT;
    struct story s;

    begin_opened(&s);
    disqualified.entry_id = story_id(&s, DOSSIER);
    disqualified.reason = "copied";
    story_hear(&s, DOSSIER, &disqualified);
    assert_happened(&s, "DossierWithdrawalNoted, AppraisalVoided");
    story_end(&s);
    begin_opened(&s);
    annulled.entry_id = story_id(&s, DOSSIER);
    annulled.reason = "counted wrongly";
    story_hear(&s, DOSSIER, &annulled);
    assert_happened(&s, "DossierWithdrawalNoted, AppraisalVoided");
    assert_string_equal(((const Appraisal__AppraisalVoided *) story_event(&s, 1))->reason,
                        "counted wrongly");
    story_end(&s);
}

static void
a_withdrawal_leaves_a_report_as_it_was_issued(void **unused __attribute__((unused)))
{
    struct story s;

    begin_concluded(&s);
    issue_report(&s, 29);
    withdraw_entry(&s);
    assert_happened(&s, "DossierWithdrawalNoted");
    assert_int_equal(the_case(&s)->self.state, IS(REPORTED));
    story_end(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_accepted_dossier_waits),
        cmocka_unit_test(a_newer_version_replaces_one_that_waits),
        cmocka_unit_test(a_version_that_comes_after_the_appraisal_began_is_not_passed_over),
        cmocka_unit_test(a_withdrawal_is_noted_even_before_any_dossier),
        cmocka_unit_test(a_withdrawal_voids_the_case_until_it_is_reported),
        cmocka_unit_test(a_disqualification_and_an_annulment_void_the_case_as_well),
        cmocka_unit_test(a_withdrawal_leaves_a_report_as_it_was_issued),
    };

    return cmocka_run_group_tests_name("intake", tests, NULL, NULL);
}

/* tests/unit/funding.c - what money rests on: recommendations, ceilings, open cases; and the legal
 * moves. */
#include "tests/unit/funding_story.h"

/* ------------------------------------------------------------------ recommendations */

A_STORY(a_report_is_noted_with_what_it_recommends, begin)
{
    appraised(s, DOSSIER, APPRAISAL__OUTCOME__OUTCOME_RECOMMEND_COMPLETION, 600);
    assert_happened(s, "RecommendationNoted");

    const struct recommendation *r = story_state(s, &recommendation_kind, DOSSIER);
    assert_true(r->completion);
    assert_false(r->replication);
    assert_int_equal(r->appraised_vnd, 600);
    assert_true(story_is_party(s, 0, ENTRANT));
}

A_STORY(a_later_report_takes_the_place_of_an_earlier_one, begin)
{
    appraised(s, DOSSIER, APPRAISAL__OUTCOME__OUTCOME_RECOMMEND_BOTH, 600);
    appraised(s, DOSSIER, APPRAISAL__OUTCOME__OUTCOME_NOT_RECOMMENDED, 600);
    assert_happened(s, "RecommendationNoted");

    const struct recommendation *r = story_state(s, &recommendation_kind, DOSSIER);
    assert_false(r->completion);
    assert_false(r->replication);
    assert_int_equal(r->appraised_vnd, 0);
}

A_STORY(a_withdrawn_entry_is_not_brought_back_by_a_late_report, begin)
{
    entry_withdrawn(s, DOSSIER);
    assert_happened(s, "RecommendationWithdrawn");
    appraised(s, DOSSIER, APPRAISAL__OUTCOME__OUTCOME_RECOMMEND_BOTH, 600);
    assert_happened(s, "");
    entry_withdrawn(s, DOSSIER);
    assert_happened(s, "");
    set_ceiling(s, CEILING, "provincial", 2020, 1000);

    Funding__OpenFundingCase ask = opening(s);
    open_case(s, CASE, &ask);
    assert_refused(s, "ENTRY_WITHDRAWN");
}

/* Submissions knew of no open case when it archived the edition: one was opened just before. */
A_STORY(a_dossier_that_was_closed_gains_no_money, given_an_agreed_case)
{
    Submissions__DossierClosed closed = SUBMISSIONS__DOSSIER_CLOSED__INIT;
    Funding__OpenFundingCase ask;

    closed.dossier_id = story_id(s, DOSSIER);
    story_hear(s, DOSSIER, &closed);
    assert_happened(s, "RecommendationWithdrawn, FundingWithdrawn, CeilingReleased");
    assert_string_equal(((const Funding__RecommendationWithdrawn *) story_event(s, 0))->reason,
                        "its edition was archived");
    ask = opening(s);
    open_case(s, CASE + 1, &ask);
    assert_refused(s, "ENTRY_WITHDRAWN");
    entry_withdrawn(s, DOSSIER);
    assert_happened(s, "");
}

A_STORY(a_dossier_that_was_not_filed_gains_no_money, begin)
{
    Submissions__DossierNotFiled none = SUBMISSIONS__DOSSIER_NOT_FILED__INIT;

    none.dossier_id = story_id(s, DOSSIER);
    story_hear(s, DOSSIER, &none);
    assert_happened(s, "RecommendationWithdrawn");
    appraised(s, DOSSIER, APPRAISAL__OUTCOME__OUTCOME_RECOMMEND_BOTH, 600);
    assert_happened(s, "");
}

A_STORY(neither_a_disqualified_entry_nor_one_whose_result_was_annulled_gains_money,
        given_an_agreed_case)
{
    Submissions__EntryDisqualified disqualified = SUBMISSIONS__ENTRY_DISQUALIFIED__INIT;
    Submissions__ResultAnnulled annulled = SUBMISSIONS__RESULT_ANNULLED__INIT;

    disqualified.entry_id = story_id(s, DOSSIER);
    disqualified.reason = "copied";
    story_hear(s, DOSSIER, &disqualified);
    assert_happened(s, "RecommendationWithdrawn, FundingWithdrawn, CeilingReleased");
    annulled.entry_id = story_id(s, DOSSIER + 1);
    annulled.reason = "counted wrongly";
    story_hear(s, DOSSIER + 1, &annulled);
    assert_happened(s, "RecommendationWithdrawn");
    appraised(s, DOSSIER + 1, APPRAISAL__OUTCOME__OUTCOME_RECOMMEND_BOTH, 600);
    assert_happened(s, "");
}

A_STORY(a_withdrawal_ends_a_case_that_is_not_decided, given_a_proposal)
{
    entry_withdrawn(s, DOSSIER);
    assert_happened(s, "RecommendationWithdrawn, FundingWithdrawn");
    assert_int_equal(case_of(s, CASE)->self.state, IS(WITHDRAWN));
    sign(s, CASE, HA_SIGNER, FUNDING__PARTY__PARTY_HOME_AFFAIRS);
    assert_refused(s, "NOT_NOW");
}

A_STORY(a_withdrawal_releases_what_was_reserved, given_an_agreed_case)
{
    entry_withdrawn(s, DOSSIER);
    assert_happened(s, "RecommendationWithdrawn, FundingWithdrawn, CeilingReleased");
    assert_int_equal(ceiling_of(s, CEILING)->reserved_vnd, 0);
}

A_STORY(a_withdrawal_takes_a_submitted_case_from_the_table, given_a_submitted_case)
{
    entry_withdrawn(s, DOSSIER);
    assert_happened(s, "RecommendationWithdrawn, FundingWithdrawn, CeilingReleased");
    approve(s, CASE, 400);
    assert_refused(s, "NOT_NOW");
}

A_STORY(a_withdrawal_after_the_decision_stops_the_money, given_an_approved_case)
{
    entry_withdrawn(s, DOSSIER);
    assert_happened(s, "RecommendationWithdrawn, RevocationRequired");
    assert_int_equal(ceiling_of(s, CEILING)->committed_vnd, 400);
    allot(s, CASE, 100);
    assert_refused(s, "REVOCATION_REQUIRED");
}

A_STORY(a_withdrawal_after_the_allotment_stops_the_payments, given_an_allotted_case)
{
    entry_withdrawn(s, DOSSIER);
    assert_happened(s, "RecommendationWithdrawn, RevocationRequired");
    disburse(s, CASE, 100, 2020, "C2-1");
    assert_refused(s, "REVOCATION_REQUIRED");
}

A_STORY(a_withdrawal_leaves_a_rejected_case_alone, given_a_submitted_case)
{
    decide(s, CASE, CHAIR, FUNDING__RULING__RULING_REJECT, 0);
    entry_withdrawn(s, DOSSIER);
    assert_happened(s, "RecommendationWithdrawn");
}

A_STORY(a_withdrawal_reaches_every_case_of_the_entry, given_an_agreed_case)
{
    Funding__OpenFundingCase ask = opening(s);

    ask.purpose = FUNDING__PURPOSE__PURPOSE_REPLICATION;
    open_case(s, OTHER_CASE, &ask);
    entry_withdrawn(s, DOSSIER);
    assert_happened(s,
                    "RecommendationWithdrawn, FundingWithdrawn, CeilingReleased, FundingWithdrawn");
}

/* ------------------------------------------------------------------ ceilings */

A_STORY(a_ceiling_is_raised_and_lowered_by_a_document, given_an_agreed_case)
{
    set_ceiling(s, CEILING, "provincial", 2020, 2000);
    assert_happened(s, "CeilingChanged");
    set_ceiling(s, CEILING, "provincial", 2020, 500);
    assert_happened(s, "CeilingChanged");
    assert_int_equal(ceiling_of(s, CEILING)->amount_vnd, 500);
}

A_STORY(a_ceiling_is_never_lowered_below_what_is_promised, given_an_agreed_case)
{
    set_ceiling(s, CEILING, "provincial", 2020, 499);
    assert_refused(s, "BELOW_COMMITTED");
    submit(s, CASE);
    approve(s, CASE, 400);
    set_ceiling(s, CEILING, "provincial", 2020, 399);
    assert_refused(s, "BELOW_COMMITTED");
}

A_STORY(a_ceiling_keeps_its_source_and_year, given_a_recommendation)
{
    set_ceiling(s, CEILING, "district", 2020, 1000);
    assert_refused(s, "CEILING_EXISTS");
    set_ceiling(s, CEILING, "provincial", 2021, 1000);
    assert_refused(s, "OTHER_FISCAL_YEAR");
}

A_STORY(only_finance_and_the_authority_set_ceilings, begin)
{
    Funding__SetCeiling ask = FUNDING__SET_CEILING__INIT;

    ask.budget_source = "provincial";
    ask.fiscal_year = 2020;
    ask.amount_vnd = 1;
    story_as(s, OFFICER);
    story_say(s, CEILING, &ask);
    assert_refused(s, "NOT_ALLOWED");
    story_as(s, CHAIR);
    story_say(s, CEILING, &ask);
    assert_happened(s, "CeilingSet");
}

/* ------------------------------------------------------------------ opening a case */

A_STORY(a_case_needs_a_report, begin)
{
    set_ceiling(s, CEILING, "provincial", 2020, 1000);

    Funding__OpenFundingCase ask = opening(s);
    open_case(s, CASE, &ask);
    assert_refused(s, "NOT_REPORTED");
}

A_STORY(a_case_is_opened_for_what_was_recommended_only, given_a_recommendation)
{
    Funding__OpenFundingCase ask = opening(s);

    appraised(s, DOSSIER, APPRAISAL__OUTCOME__OUTCOME_RECOMMEND_REPLICATION, 600);
    open_case(s, CASE, &ask);
    assert_refused(s, "PURPOSE_NOT_RECOMMENDED");
    ask.purpose = FUNDING__PURPOSE__PURPOSE_REPLICATION;
    open_case(s, CASE, &ask);
    assert_happened(s, "FundingCaseOpened, CaseLinked");
    assert_true(story_is_party(s, 0, ENTRANT));
    assert_true(story_is_party(s, 0, UNIT));
    assert_int_equal(case_of(s, CASE)->appraised_vnd, 600);
}

A_STORY(a_case_needs_a_ceiling_of_its_year, given_a_recommendation)
{
    Funding__OpenFundingCase ask = opening(s);

    ask.ceiling_id = story_id(s, NO_CEILING);
    open_case(s, CASE, &ask);
    assert_refused(s, "UNKNOWN_CEILING");
    ask.ceiling_id = story_id(s, CEILING);
    ask.fiscal_year = 2021;
    open_case(s, CASE, &ask);
    assert_refused(s, "OTHER_FISCAL_YEAR");
}

A_STORY(a_case_names_agencies_that_exist, given_a_recommendation)
{
    Funding__OpenFundingCase ask = opening(s);

    ask.budget_unit_agency_id = story_id(s, 99);
    open_case(s, CASE, &ask);
    assert_refused(s, "UNKNOWN_AGENCY");
    ask = opening(s);
    ask.beneficiary_id = story_id(s, 99);
    open_case(s, CASE, &ask);
    assert_refused(s, "UNKNOWN_AGENCY");
    ask.beneficiary_kind = FUNDING__BENEFICIARY_KIND__BENEFICIARY_KIND_INDIVIDUAL;
    open_case(s, CASE, &ask);
    assert_happened(s, "FundingCaseOpened, CaseLinked");
}

A_STORY(a_budget_unit_code_has_seven_digits, given_a_recommendation)
{
    Funding__OpenFundingCase ask = opening(s);

    ask.budget_unit_code = "103456";
    open_case(s, CASE, &ask);
    assert_refused(s, "BUDGET_UNIT_CODE");
    ask.budget_unit_code = "103456x";
    open_case(s, CASE, &ask);
    assert_refused(s, "BUDGET_UNIT_CODE");
    ask.budget_unit_code = "0034567";
    open_case(s, CASE, &ask);
    assert_happened(s, "FundingCaseOpened, CaseLinked");
    assert_refused((open_case(s, CASE, &ask), s), "ALREADY_EXISTS");
}

A_STORY(only_the_standing_agency_opens_cases, given_a_recommendation)
{
    Funding__OpenFundingCase ask = opening(s);

    story_as(s, FIN_SIGNER);
    story_say(s, CASE, &ask);
    assert_refused(s, "NOT_ALLOWED");
}

/* ------------------------------------------------------------------ legal moves */

#define NOTED FUNDING__RECOMMENDATION_STATE__RECOMMENDATION_STATE_NOTED
#define GONE FUNDING__RECOMMENDATION_STATE__RECOMMENDATION_STATE_WITHDRAWN
#define SET FUNDING__CEILING_STATE__CEILING_STATE_SET

/* clang-format off */
static const struct legal_move recommendation_moves[] = {
    { NOTHING, ON(recommendation_noted),     NOTED },
    { NOTED,   ON(recommendation_noted),     NOTED },
    { NOTED,   ON(case_linked),              NOTED },
    { NOTHING, ON(recommendation_withdrawn), GONE },
    { NOTED,   ON(recommendation_withdrawn), GONE },
    { 0 },
};

static const struct legal_move funding_case_moves[] = {
    { NOTHING,           ON(funding_case_opened), IS(DRAFT) },
    { IS(DRAFT),         ON(funding_proposed),    IS(PROPOSED) },
    { IS(REVISING),      ON(funding_proposed),    IS(PROPOSED) },
    { IS(PROPOSED),      ON(signoff_opened),      IS(UNDER_SIGNOFF) },
    { IS(UNDER_SIGNOFF), ON(signed_off),          IS(UNDER_SIGNOFF) },
    { IS(UNDER_SIGNOFF), ON(funding_agreed),      IS(AGREED) },
    { IS(UNDER_SIGNOFF), ON(signoff_refused),     IS(REVISING) },
    { IS(UNDER_SIGNOFF), ON(proposal_revised),    IS(REVISING) },
    { IS(AGREED),        ON(proposal_revised),    IS(REVISING) },
    { IS(AGREED),        ON(funding_submitted),   IS(SUBMITTED) },
    { IS(SUBMITTED),     ON(funding_approved),    IS(APPROVED) },
    { IS(SUBMITTED),     ON(funding_rejected),    IS(REJECTED) },
    { IS(APPROVED),      ON(funds_allotted),      IS(ALLOTTED) },
    { IS(ALLOTTED),      ON(funds_allotted),      IS(ALLOTTED) },
    { IS(ALLOTTED),      ON(funds_disbursed),     IS(DISBURSING) },
    { IS(DISBURSING),    ON(funds_disbursed),     IS(DISBURSING) },
    { IS(DRAFT),         ON(funding_withdrawn),   IS(WITHDRAWN) },
    { IS(PROPOSED),      ON(funding_withdrawn),   IS(WITHDRAWN) },
    { IS(UNDER_SIGNOFF), ON(funding_withdrawn),   IS(WITHDRAWN) },
    { IS(REVISING),      ON(funding_withdrawn),   IS(WITHDRAWN) },
    { IS(AGREED),        ON(funding_withdrawn),   IS(WITHDRAWN) },
    { IS(SUBMITTED),     ON(funding_withdrawn),   IS(WITHDRAWN) },
    { IS(APPROVED),      ON(revocation_required), IS(APPROVED) },
    { IS(ALLOTTED),      ON(revocation_required), IS(ALLOTTED) },
    { IS(DISBURSING),    ON(revocation_required), IS(DISBURSING) },
    { 0 },
};

static const struct legal_move budget_ceiling_moves[] = {
    { NOTHING, ON(ceiling_set),       SET },
    { SET,     ON(ceiling_changed),   SET },
    { SET,     ON(ceiling_reserved),  SET },
    { SET,     ON(ceiling_released),  SET },
    { SET,     ON(ceiling_committed), SET },
    { 0 },
};
/* clang-format on */

static void
only_the_listed_moves_are_legal(void **unused)
{
    (void) unused;
    assert_only_these_moves(&funding_service, &recommendation_kind, recommendation_moves);
    assert_only_these_moves(&funding_service, &funding_case_kind, funding_case_moves);
    assert_only_these_moves(&funding_service, &budget_ceiling_kind, budget_ceiling_moves);
}

static void
every_refusal_has_a_sentence(void **unused)
{
    (void) unused;
    for (unsigned i = 0; i < funding__refusal__descriptor.n_values; i++) {
        int value = funding__refusal__descriptor.values[i].value;
        unsigned sentences = 0;

        for (const struct refusal_text *t = funding_service.refusal_texts; t->sentence; t++)
            sentences += t->refusal == value && t->sentence[0];
        assert_int_equal(sentences, value == 0 ? 0 : 1);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_is_noted_with_what_it_recommends),
        cmocka_unit_test(a_later_report_takes_the_place_of_an_earlier_one),
        cmocka_unit_test(a_dossier_that_was_closed_gains_no_money),
        cmocka_unit_test(a_dossier_that_was_not_filed_gains_no_money),
        cmocka_unit_test(a_withdrawn_entry_is_not_brought_back_by_a_late_report),
        cmocka_unit_test(
            neither_a_disqualified_entry_nor_one_whose_result_was_annulled_gains_money),
        cmocka_unit_test(a_withdrawal_ends_a_case_that_is_not_decided),
        cmocka_unit_test(a_withdrawal_releases_what_was_reserved),
        cmocka_unit_test(a_withdrawal_takes_a_submitted_case_from_the_table),
        cmocka_unit_test(a_withdrawal_after_the_decision_stops_the_money),
        cmocka_unit_test(a_withdrawal_after_the_allotment_stops_the_payments),
        cmocka_unit_test(a_withdrawal_leaves_a_rejected_case_alone),
        cmocka_unit_test(a_withdrawal_reaches_every_case_of_the_entry),
        cmocka_unit_test(a_ceiling_is_raised_and_lowered_by_a_document),
        cmocka_unit_test(a_ceiling_is_never_lowered_below_what_is_promised),
        cmocka_unit_test(a_ceiling_keeps_its_source_and_year),
        cmocka_unit_test(only_finance_and_the_authority_set_ceilings),
        cmocka_unit_test(a_case_needs_a_report),
        cmocka_unit_test(a_case_is_opened_for_what_was_recommended_only),
        cmocka_unit_test(a_case_needs_a_ceiling_of_its_year),
        cmocka_unit_test(a_case_names_agencies_that_exist),
        cmocka_unit_test(a_budget_unit_code_has_seven_digits),
        cmocka_unit_test(only_the_standing_agency_opens_cases),
        cmocka_unit_test(only_the_listed_moves_are_legal),
        cmocka_unit_test(every_refusal_has_a_sentence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* tests/unit/signoff.c - who may agree to which text and amount. */
#include "tests/unit/funding_story.h"

/* ------------------------------------------------------------------ proposals */

A_STORY(a_proposal_adds_up, given_an_open_case)
{
    story_as(s, OFFICER);
    propose(s, CASE, 3, 100, 301, 301);
    assert_refused(s, "LINE_AMOUNT");
    propose(s, CASE, 3, 100, 300, 301);
    assert_refused(s, "TOTAL");
    propose(s, CASE, 3, 100, 300, 300);
    assert_happened(s, "FundingProposed, SignoffOpened");
    assert_int_equal(case_of(s, CASE)->proposed_vnd, 300);
    assert_int_equal(case_of(s, CASE)->lines.count, 1);
}

A_STORY(a_proposal_is_never_so_large_that_it_wraps_around, given_an_open_case)
{
    Funding__ProposeFunding ask = FUNDING__PROPOSE_FUNDING__INIT;
    Types__EstimateLine line = TYPES__ESTIMATE_LINE__INIT, *lines[] = { &line, &line };

    story_as(s, OFFICER);
    propose(s, CASE, INT64_C(1) << 32, INT64_C(1) << 32, 0, 0);
    assert_refused(s, "MONEY_OVERFLOW");
    line.quantity = 1;
    line.unit_price_vnd = line.amount_vnd = INT64_MAX;
    ask.n_lines = 2;
    ask.lines = lines;
    ask.total_vnd = 300;
    story_say(s, CASE, &ask);
    assert_refused(s, "MONEY_OVERFLOW");
}

A_STORY(a_proposal_stays_within_what_was_appraised, given_an_open_case)
{
    proposed(s, CASE, 601);
    assert_refused(s, "ABOVE_APPRAISED_CEILING");
    proposed(s, CASE, 600);
    assert_happened(s, "FundingProposed, SignoffOpened");
}

A_STORY(a_text_under_signoff_is_not_replaced_unseen, given_a_proposal)
{
    proposed(s, CASE, 400);
    assert_refused(s, "NOT_NOW");
}

A_STORY(a_revision_voids_every_signoff, given_a_proposal)
{
    Funding__SignOff old = signing(s, CASE, FUNDING__PARTY__PARTY_FINANCE);

    sign(s, CASE, HA_SIGNER, FUNDING__PARTY__PARTY_HOME_AFFAIRS);
    revise(s, CASE);
    assert_happened(s, "ProposalRevised");
    proposed(s, CASE, 450);
    story_as(s, FIN_SIGNER);
    story_say(s, CASE, &old);
    assert_refused(s, "OTHER_VERSION");
    sign(s, CASE, FIN_SIGNER, FUNDING__PARTY__PARTY_FINANCE);
    assert_happened(s, "SignedOff");
    sign(s, CASE, HA_SIGNER, FUNDING__PARTY__PARTY_HOME_AFFAIRS);
    assert_happened(s, "SignedOff, FundingAgreed, CeilingReserved");
    assert_int_equal(case_of(s, CASE)->agreed_vnd, 450);
}

A_STORY(the_same_text_proposed_again_is_another_version, given_a_proposal)
{
    Funding__SignOff old = signing(s, CASE, FUNDING__PARTY__PARTY_FINANCE);

    revise(s, CASE);
    proposed(s, CASE, 500);
    assert_memory_equal(case_of(s, CASE)->digest.bytes, old.digest.data, 32);
    story_as(s, FIN_SIGNER);
    story_say(s, CASE, &old);
    assert_refused(s, "OTHER_VERSION");
}

A_STORY(a_revision_of_an_agreed_text_releases_the_money, given_an_agreed_case)
{
    assert_int_equal(ceiling_of(s, CEILING)->reserved_vnd, 500);
    revise(s, CASE);
    assert_happened(s, "ProposalRevised, CeilingReleased");
    assert_int_equal(ceiling_of(s, CEILING)->reserved_vnd, 0);
    assert_int_equal(case_of(s, CASE)->agreed_vnd, 0);
    revise(s, CASE);
    assert_refused(s, "NOT_NOW");
}

A_STORY(a_submitted_text_is_not_revised, given_a_submitted_case)
{
    revise(s, CASE);
    assert_refused(s, "NOT_NOW");
}

/* ------------------------------------------------------------------ signing */

A_STORY(two_parties_agree_on_one_text_and_one_amount, given_an_agreed_case)
{
    const struct funding_case *c = case_of(s, CASE);

    assert_int_equal(c->self.state, IS(AGREED));
    assert_int_equal(c->agreed_vnd, 500);
    assert_int_equal(ceiling_of(s, CEILING)->reserved_vnd, 500);
    assert_int_equal(c->signoffs.count, 2);
}

A_STORY(a_signoff_binds_the_text_that_lay_before_the_signer, given_a_proposal)
{
    Funding__SignOff ask = signing(s, CASE, FUNDING__PARTY__PARTY_FINANCE);

    story_as(s, FIN_SIGNER);
    ask.digest.data = (uint8_t *) (uintptr_t) other_digest;
    story_say(s, CASE, &ask);
    assert_refused(s, "OTHER_VERSION");
    ask = signing(s, CASE, FUNDING__PARTY__PARTY_FINANCE);
    ask.proposal_version++;
    story_say(s, CASE, &ask);
    assert_refused(s, "OTHER_VERSION");
}

A_STORY(nobody_signs_for_a_party_whose_role_he_does_not_hold, given_a_proposal)
{
    sign(s, CASE, HA_SIGNER, FUNDING__PARTY__PARTY_FINANCE);
    assert_refused(s, "NOT_THE_PARTY");
    sign(s, CASE, FIN_SIGNER, FUNDING__PARTY__PARTY_HOME_AFFAIRS);
    assert_refused(s, "NOT_THE_PARTY");
    sign(s, CASE, CHAIR, FUNDING__PARTY__PARTY_FINANCE);
    assert_refused(s, "NOT_ALLOWED");
}

A_STORY(a_role_that_has_ended_does_not_sign, given_a_proposal)
{
    struct uuid binding =
        story_bind(s, DIRECTORY__ROLE__ROLE_FINANCE_SIGNOFF, HOME_AFFAIRS, HA_SIGNER, HERE);

    story_later(s, s->now_us + DAY_US);
    story_unbind(s, binding);
    sign(s, CASE, HA_SIGNER, FUNDING__PARTY__PARTY_FINANCE);
    assert_refused(s, "NOT_THE_PARTY");
}

A_STORY(a_party_signs_once, given_a_proposal)
{
    sign(s, CASE, HA_SIGNER, FUNDING__PARTY__PARTY_HOME_AFFAIRS);
    sign(s, CASE, HA_SIGNER, FUNDING__PARTY__PARTY_HOME_AFFAIRS);
    assert_refused(s, "ALREADY_SIGNED");
    sign(s, CASE, HA_DEPUTY, FUNDING__PARTY__PARTY_HOME_AFFAIRS);
    assert_refused(s, "ALREADY_SIGNED");
}

A_STORY(one_person_cannot_sign_for_both_parties, given_a_proposal)
{
    sign(s, CASE, EVERYBODY, FUNDING__PARTY__PARTY_HOME_AFFAIRS);
    assert_happened(s, "SignedOff");
    sign(s, CASE, EVERYBODY, FUNDING__PARTY__PARTY_FINANCE);
    assert_refused(s, "SAME_PERSON");
}

A_STORY(one_person_cannot_change_sides_in_a_later_version, given_a_proposal)
{
    sign(s, CASE, EVERYBODY, FUNDING__PARTY__PARTY_HOME_AFFAIRS);
    revise(s, CASE);
    proposed(s, CASE, 450);
    sign(s, CASE, EVERYBODY, FUNDING__PARTY__PARTY_FINANCE);
    assert_refused(s, "SAME_PERSON");
    sign(s, CASE, EVERYBODY, FUNDING__PARTY__PARTY_HOME_AFFAIRS);
    assert_happened(s, "SignedOff");
}

A_STORY(one_agency_cannot_sign_for_both_parties, given_a_proposal)
{
    sign(s, CASE, EVERYBODY, FUNDING__PARTY__PARTY_HOME_AFFAIRS);
    sign(s, CASE, SECOND_ALL, FUNDING__PARTY__PARTY_FINANCE);
    assert_refused(s, "SAME_AGENCY");
    sign(s, CASE, FIN_SIGNER, FUNDING__PARTY__PARTY_FINANCE);
    assert_happened(s, "SignedOff, FundingAgreed, CeilingReserved");
}

A_STORY(whoever_drafted_a_version_does_not_sign_it, given_an_open_case)
{
    story_as(s, HA_DRAFTER);
    propose(s, CASE, 1, 500, 500, 500);
    assert_happened(s, "FundingProposed, SignoffOpened");
    sign(s, CASE, HA_DRAFTER, FUNDING__PARTY__PARTY_HOME_AFFAIRS);
    assert_refused(s, "DRAFTER");
    sign(s, CASE, HA_SIGNER, FUNDING__PARTY__PARTY_HOME_AFFAIRS);
    assert_happened(s, "SignedOff");
}

A_STORY(a_party_that_disagrees_says_why, given_a_proposal)
{
    object(s, FIN_SIGNER, FUNDING__PARTY__PARTY_FINANCE, "");
    assert_refused(s, "REASON_MISSING");
    object(s, FIN_SIGNER, FUNDING__PARTY__PARTY_FINANCE, "too dear");
    assert_happened(s, "SignoffRefused");
    assert_int_equal(case_of(s, CASE)->self.state, IS(REVISING));
    sign(s, CASE, HA_SIGNER, FUNDING__PARTY__PARTY_HOME_AFFAIRS);
    assert_refused(s, "NOT_NOW");
    proposed(s, CASE, 450);
    assert_happened(s, "FundingProposed, SignoffOpened");
    assert_int_equal(case_of(s, CASE)->proposal_version, 2);
}

A_STORY(a_last_signoff_without_room_changes_nothing, given_a_proposal)
{
    int64_t version;

    set_ceiling(s, CEILING, "provincial", 2020, 499);
    sign(s, CASE, HA_SIGNER, FUNDING__PARTY__PARTY_HOME_AFFAIRS);
    version = case_of(s, CASE)->self.version;
    sign(s, CASE, FIN_SIGNER, FUNDING__PARTY__PARTY_FINANCE);
    assert_refused(s, "CEILING_EXCEEDED");
    assert_int_equal(case_of(s, CASE)->self.version, version);
    set_ceiling(s, CEILING, "provincial", 2020, 500);
    sign(s, CASE, FIN_SIGNER, FUNDING__PARTY__PARTY_FINANCE);
    assert_happened(s, "SignedOff, FundingAgreed, CeilingReserved");
}

A_STORY(two_cases_under_one_ceiling_cannot_both_have_the_last_of_it, given_an_agreed_case)
{
    Funding__OpenFundingCase ask = opening(s);

    ask.purpose = FUNDING__PURPOSE__PURPOSE_REPLICATION;
    open_case(s, OTHER_CASE, &ask);
    proposed(s, OTHER_CASE, 501);
    sign(s, OTHER_CASE, FIN_SIGNER, FUNDING__PARTY__PARTY_FINANCE);
    sign(s, OTHER_CASE, HA_SIGNER, FUNDING__PARTY__PARTY_HOME_AFFAIRS);
    assert_refused(s, "CEILING_EXCEEDED");
    revise(s, CASE);
    sign(s, OTHER_CASE, HA_SIGNER, FUNDING__PARTY__PARTY_HOME_AFFAIRS);
    assert_happened(s, "SignedOff, FundingAgreed, CeilingReserved");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proposal_adds_up),
        cmocka_unit_test(a_proposal_is_never_so_large_that_it_wraps_around),
        cmocka_unit_test(a_proposal_stays_within_what_was_appraised),
        cmocka_unit_test(a_text_under_signoff_is_not_replaced_unseen),
        cmocka_unit_test(a_revision_voids_every_signoff),
        cmocka_unit_test(the_same_text_proposed_again_is_another_version),
        cmocka_unit_test(a_revision_of_an_agreed_text_releases_the_money),
        cmocka_unit_test(a_submitted_text_is_not_revised),
        cmocka_unit_test(two_parties_agree_on_one_text_and_one_amount),
        cmocka_unit_test(a_signoff_binds_the_text_that_lay_before_the_signer),
        cmocka_unit_test(nobody_signs_for_a_party_whose_role_he_does_not_hold),
        cmocka_unit_test(a_role_that_has_ended_does_not_sign),
        cmocka_unit_test(a_party_signs_once),
        cmocka_unit_test(one_person_cannot_sign_for_both_parties),
        cmocka_unit_test(one_person_cannot_change_sides_in_a_later_version),
        cmocka_unit_test(one_agency_cannot_sign_for_both_parties),
        cmocka_unit_test(whoever_drafted_a_version_does_not_sign_it),
        cmocka_unit_test(a_party_that_disagrees_says_why),
        cmocka_unit_test(a_last_signoff_without_room_changes_nothing),
        cmocka_unit_test(two_cases_under_one_ceiling_cannot_both_have_the_last_of_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

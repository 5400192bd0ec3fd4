/* tests/unit/decision.c - what the authority decides, and how far money may follow it. */
#include "tests/unit/funding_story.h"

/* ------------------------------------------------------------------ submission and decision */

A_STORY(only_the_agreed_text_is_submitted, given_an_agreed_case)
{
    Funding__SubmitToAuthority ask = FUNDING__SUBMIT_TO_AUTHORITY__INIT;

    ask.proposal_version = 1;
    ask.digest = (ProtobufCBinaryData){ 32, (uint8_t *) (uintptr_t) other_digest };
    ask.submission = paper(s, "12/TTr-SNV");
    story_as(s, OFFICER);
    story_say(s, CASE, &ask);
    assert_refused(s, "OTHER_VERSION");
    submit(s, CASE);
    assert_happened(s, "FundingSubmitted");
    assert_string_equal(case_of(s, CASE)->submission->document_symbol, "12/TTr-SNV");
}

A_STORY(a_text_without_both_signatures_is_not_submitted, given_a_proposal)
{
    sign(s, CASE, HA_SIGNER, FUNDING__PARTY__PARTY_HOME_AFFAIRS);
    submit(s, CASE);
    assert_refused(s, "NOT_NOW");
}

A_STORY(the_authority_grants_at_most_what_was_agreed, given_a_submitted_case)
{
    approve(s, CASE, 0);
    assert_refused(s, "AMOUNT_MISSING");
    approve(s, CASE, 501);
    assert_refused(s, "ABOVE_AGREED");
    approve(s, CASE, 400);
    assert_happened(s, "FundingApproved, CeilingCommitted");
    assert_int_equal(ceiling_of(s, CEILING)->reserved_vnd, 0);
    assert_int_equal(ceiling_of(s, CEILING)->committed_vnd, 400);
    approve(s, CASE, 400);
    assert_refused(s, "NOT_NOW");
}

A_STORY(the_authority_decides_on_the_agreed_text, given_a_submitted_case)
{
    Funding__Decide ask = deciding(s, CASE, FUNDING__RULING__RULING_APPROVE, 400);

    ask.digest.data = (uint8_t *) (uintptr_t) other_digest;
    story_as(s, CHAIR);
    story_say(s, CASE, &ask);
    assert_refused(s, "OTHER_VERSION");
}

A_STORY(a_rejection_says_why_and_frees_the_money, given_a_submitted_case)
{
    Funding__Decide ask = deciding(s, CASE, FUNDING__RULING__RULING_REJECT, 0);

    story_as(s, CHAIR);
    ask.reason = "";
    story_say(s, CASE, &ask);
    assert_refused(s, "REASON_MISSING");
    decide(s, CASE, CHAIR, FUNDING__RULING__RULING_REJECT, 1);
    assert_refused(s, "ABOVE_AGREED");
    decide(s, CASE, CHAIR, FUNDING__RULING__RULING_REJECT, 0);
    assert_happened(s, "FundingRejected, CeilingReleased");
    assert_int_equal(ceiling_of(s, CEILING)->reserved_vnd, 0);
}

A_STORY(whoever_signed_does_not_decide, given_a_proposal)
{
    sign(s, CASE, EVERYBODY, FUNDING__PARTY__PARTY_HOME_AFFAIRS);
    revise(s, CASE);
    proposed(s, CASE, 500);
    sign(s, CASE, HA_SIGNER, FUNDING__PARTY__PARTY_HOME_AFFAIRS);
    sign(s, CASE, FIN_SIGNER, FUNDING__PARTY__PARTY_FINANCE);
    submit(s, CASE);
    decide(s, CASE, EVERYBODY, FUNDING__RULING__RULING_APPROVE, 500);
    assert_refused(s, "SIGNED_BEFORE");
    decide(s, CASE, EVERYBODY, FUNDING__RULING__RULING_REJECT, 0);
    assert_refused(s, "SIGNED_BEFORE");
    approve(s, CASE, 500);
    assert_happened(s, "FundingApproved, CeilingCommitted");
}

A_STORY(whoever_drafted_does_not_decide, given_an_open_case)
{
    story_as(s, EVERYBODY);
    propose(s, CASE, 1, 500, 500, 500);
    sign(s, CASE, HA_SIGNER, FUNDING__PARTY__PARTY_HOME_AFFAIRS);
    sign(s, CASE, FIN_SIGNER, FUNDING__PARTY__PARTY_FINANCE);
    submit(s, CASE);
    decide(s, CASE, EVERYBODY, FUNDING__RULING__RULING_APPROVE, 500);
    assert_refused(s, "SIGNED_BEFORE");
}

/* ------------------------------------------------------------------ money out */

A_STORY(allotments_stay_within_the_decision, given_an_allotted_case)
{
    allot(s, CASE, 101);
    assert_refused(s, "ABOVE_APPROVED");
    allot(s, CASE, INT64_MAX);
    assert_refused(s, "ABOVE_APPROVED");
    allot(s, CASE, 100);
    assert_happened(s, "FundsAllotted");
    assert_int_equal(case_of(s, CASE)->allotted_vnd, 400);
}

A_STORY(only_finance_allots, given_an_allotted_case)
{
    allot_as(s, BOOKKEEPER, CASE, 1);
    assert_refused(s, "NOT_THE_PARTY");
}

A_STORY(payments_stay_within_the_allotments, given_an_allotted_case)
{
    disburse(s, CASE, 301, 2020, "C2-1");
    assert_refused(s, "ABOVE_ALLOTTED");
    disburse(s, CASE, 200, 2020, "C2-1");
    assert_happened(s, "FundsDisbursed");
    disburse(s, CASE, 101, 2020, "C2-2");
    assert_refused(s, "ABOVE_ALLOTTED");
    disburse(s, CASE, INT64_MAX, 2020, "C2-2");
    assert_refused(s, "ABOVE_ALLOTTED");
    disburse(s, CASE, 100, 2020, "C2-2");
    assert_happened(s, "FundsDisbursed");
    assert_int_equal(case_of(s, CASE)->disbursed_vnd, 300);
    allot(s, CASE, 100);
    assert_refused(s, "NOT_NOW");
}

A_STORY(a_voucher_counts_once, given_an_allotted_case)
{
    disburse(s, CASE, 100, 2020, "C2-1");
    disburse(s, CASE, 100, 2020, "C2-1");
    assert_refused(s, "VOUCHER_USED");
}

A_STORY(money_is_paid_in_its_own_year, given_an_allotted_case)
{
    disburse(s, CASE, 100, 2021, "C2-1");
    assert_refused(s, "CLOSED_PERIOD");
}

A_STORY(nothing_is_paid_before_it_is_allotted, given_an_approved_case)
{
    disburse(s, CASE, 1, 2020, "C2-1");
    assert_refused(s, "ABOVE_ALLOTTED");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_agreed_text_is_submitted),
        cmocka_unit_test(a_text_without_both_signatures_is_not_submitted),
        cmocka_unit_test(the_authority_grants_at_most_what_was_agreed),
        cmocka_unit_test(the_authority_decides_on_the_agreed_text),
        cmocka_unit_test(a_rejection_says_why_and_frees_the_money),
        cmocka_unit_test(whoever_signed_does_not_decide),
        cmocka_unit_test(whoever_drafted_does_not_decide),
        cmocka_unit_test(allotments_stay_within_the_decision),
        cmocka_unit_test(only_finance_allots),
        cmocka_unit_test(payments_stay_within_the_allotments),
        cmocka_unit_test(a_voucher_counts_once),
        cmocka_unit_test(money_is_paid_in_its_own_year),
        cmocka_unit_test(nothing_is_paid_before_it_is_allotted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

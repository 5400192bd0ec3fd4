/* tests/unit/entry.c - the rules for entries, from the draft to the result, and for withdrawing
 * them. */
#include "tests/unit/submissions_story.h"

#include "sangkien/appraisal/v1/events.pb-c.h"
#include "sangkien/funding/v1/events.pb-c.h"

static void
an_entry_needs_an_edition_that_is_open(void **state)
{
    struct story *s = *state;

    say_as(s, 31, 200, new_entry(s));
    assert_refused(s, "UNKNOWN_EDITION");
    edition_is_published(s);
    say_as(s, 31, 200, new_entry(s));
    assert_refused(s, "EDITION_NOT_OPEN");
}

static void
an_entry_belongs_to_the_agency_of_the_key_and_shows_to_co_entrants(void **state)
{
    struct story *s = *state;

    entry_is_drafted(s);
    assert_true(story_is_party(s, 0, 3));
    assert_true(story_is_party(s, 0, 4));
    assert_false(story_is_party(s, 0, 2));
    assert_int_equal(the_entry(s)->authors.count, 2);
}

static void
a_co_entrant_is_another_registered_agency_named_once(void **state)
{
    struct story *s = *state;
    Submissions__CreateEntry *ask = new_entry(s);

    edition_is_open(s);
    ask->co_entrants[0]->agency_id = story_id(s, 99);
    say_as(s, 31, 200, ask);
    assert_refused(s, "UNKNOWN_AGENCY");
    ask->co_entrants[0]->agency_id = story_id(s, 3);
    say_as(s, 31, 200, ask);
    assert_refused(s, "UNKNOWN_AGENCY");
    ask->co_entrants[0]->agency_id = story_id(s, 4);
    ask->co_entrants[1] = ask->co_entrants[0];
    ask->n_co_entrants = 2;
    say_as(s, 31, 200, ask);
    assert_refused(s, "UNKNOWN_AGENCY");
    assert_string_equal(field_named(s), "co_entrants[1].agency_id");
}

static void
an_author_is_named_once(void **state)
{
    struct story *s = *state;
    Submissions__CreateEntry *ask = new_entry(s);

    edition_is_open(s);
    ask->authors[1]->person_id = ask->authors[0]->person_id;
    say_as(s, 31, 200, ask);
    assert_refused(s, "AUTHOR_TWICE");
    assert_string_equal(field_named(s), "authors[1].person_id");
}

static void
shares_make_a_whole_before_an_entry_is_submitted(void **state)
{
    struct story *s = *state;
    Submissions__CreateEntry *ask = new_entry(s);
    Submissions__SubmitEntry submit = SUBMISSIONS__SUBMIT_ENTRY__INIT;

    edition_is_open(s);
    ask->authors[1]->share_bp = 10001;
    say_as(s, 31, 201, ask);
    assert_refused(s, "SHARES_NOT_WHOLE");
    ask->authors[1]->share_bp = 4001;
    say_as(s, 31, 201, ask);
    say_as(s, 32, 201, &submit);
    assert_refused(s, "SHARES_NOT_WHOLE");
    ask->n_authors = 0;
    say_as(s, 31, 202, ask);
    say_as(s, 32, 202, &submit);
    assert_refused(s, "SHARES_NOT_WHOLE");
}

static void
only_the_entrant_agency_submits_its_entry(void **state)
{
    struct story *s = *state;
    Submissions__SubmitEntry submit = SUBMISSIONS__SUBMIT_ENTRY__INIT;

    entry_is_drafted(s);
    say_as(s, 41, 200, &submit);
    assert_refused(s, "NOT_YOUR_ENTRY");
    say_as(s, 31, 200, &submit);
    assert_happened(s, "EntrySubmitted");
}

static void
nobody_registers_an_entry_that_they_submitted(void **state)
{
    struct story *s = *state;
    Submissions__SubmitEntry submit = SUBMISSIONS__SUBMIT_ENTRY__INIT;
    Submissions__RegisterEntry ask = SUBMISSIONS__REGISTER_ENTRY__INIT;

    edition_is_open(s);
    ask.entry_code = "SNV-01";
    say_as(s, 22, 200, new_entry(s));
    join_as(s, 41, 200, 1);
    say_as(s, 22, 200, &ask);
    assert_refused(s, "NOT_NOW");
    say_as(s, 21, 200, &submit);
    say_as(s, 21, 200, &ask);
    assert_refused(s, "OWN_SUBMISSION");
    say_as(s, 22, 200, &ask);
    assert_happened(s, "EntryRegistered");
    assert_string_equal(the_entry(s)->entry_code, "SNV-01");
}

static void
an_author_is_a_person_of_the_directory(void **state)
{
    struct story *s = *state;
    Submissions__CreateEntry *ask = new_entry(s);

    edition_is_open(s);
    ask->authors[1]->person_id = story_id(s, 99);
    say_as(s, 31, 200, ask);
    assert_refused(s, "AUTHOR_UNKNOWN");
    assert_string_equal(field_named(s), "authors[1].person_id");
    story_person(s, 4, 99); /* of whatever agency */
    say_as(s, 31, 200, ask);
    assert_happened(s, "EntryDrafted");
}

static void
a_draft_of_an_edition_that_closed_is_handed_in_no_more_but_withdrawn(void **state)
{
    struct story *s = *state;
    Submissions__CloseRegistration close = SUBMISSIONS__CLOSE_REGISTRATION__INIT;
    Submissions__SubmitEntry submit = SUBMISSIONS__SUBMIT_ENTRY__INIT;

    entry_is_drafted(s);
    say_as(s, 21, 100, &close);
    assert_happened(s, "RegistrationClosed");
    say_as(s, 32, 200, &submit);
    assert_refused(s, "REGISTRATION_CLOSED");
    withdraw_as(s, 32);
    assert_happened(s, "EntryWithdrawn");
}

/* ------------------------------------------------------------------ results */

static void
the_threshold_decides_who_reached_the_final(void **state)
{
    struct story *s = *state;
    Submissions__RecordFinalResult ask = result_of(6999, true, SUBMISSIONS__AWARD__AWARD_NONE);

    entry_is_registered(s);
    say_as(s, 21, 200, &ask);
    assert_refused(s, "SCORE_OUT_OF_RANGE");
    assert_string_equal(field_named(s), "reached_final");
    ask = result_of(7000, false, SUBMISSIONS__AWARD__AWARD_UNSPECIFIED);
    say_as(s, 21, 200, &ask);
    assert_refused(s, "SCORE_OUT_OF_RANGE");
    ask = result_of(10001, true, SUBMISSIONS__AWARD__AWARD_FIRST);
    say_as(s, 21, 200, &ask);
    assert_refused(s, "SCORE_OUT_OF_RANGE");
    assert_string_equal(field_named(s), "score_centi");
}

static void
an_award_goes_to_finalists_and_only_to_them(void **state)
{
    struct story *s = *state;
    Submissions__RecordFinalResult ask = result_of(6999, false, SUBMISSIONS__AWARD__AWARD_NONE);

    entry_is_registered(s);
    say_as(s, 21, 200, &ask);
    assert_refused(s, "AWARD_WITHOUT_FINAL");
    ask = result_of(8000, true, SUBMISSIONS__AWARD__AWARD_UNSPECIFIED);
    say_as(s, 21, 200, &ask);
    assert_refused(s, "AWARD_WITHOUT_FINAL");
    ask.award = SUBMISSIONS__AWARD__AWARD_NONE;
    say_as(s, 21, 200, &ask);
    assert_happened(s, "EntryAssigned, EntryReachedFinal, EntryNotAwarded");
    assert_true(the_entry(s)->reached_final);
    say_as(s, 21, 200, &ask);
    assert_refused(s, "NOT_NOW");
}

static void
a_result_rests_on_a_document_of_a_day_that_there_is(void **state)
{
    struct story *s = *state;
    Submissions__RecordFinalResult ask = result_of(8000, true, SUBMISSIONS__AWARD__AWARD_NONE);
    Types__Date no_day = { PROTOBUF_C_MESSAGE_INIT(&types__date__descriptor), 2019, 2, 29 };
    Types__OfficialDocument document = report;

    entry_is_registered(s);
    document.issued_on = &no_day;
    ask.document = &document;
    say_as(s, 21, 200, &ask);
    assert_refused(s, "BAD_DATE");
    assert_string_equal(field_named(s), "document.issued_on");
}

/* ------------------------------------------------------------------ withdrawing, and other
 * services */

static void
a_withdrawn_entry_takes_its_dossier_along(void **state)
{
    struct story *s = *state;

    dossier_is_accepted(s);
    withdraw_as(s, 41);
    assert_refused(s, "NOT_YOUR_ENTRY");
    withdraw_as(s, 32);
    assert_happened(s, "EntryWithdrawn, DossierWithdrawn");
    say_as(s, 32, 200, new_dossier(s));
    assert_refused(s, "NOT_NOW");
    withdraw_as(s, 32);
    assert_refused(s, "NOT_WITHDRAWABLE");
}

static void
an_entry_that_owes_no_dossier_is_withdrawn_alone(void **state)
{
    struct story *s = *state;

    entry_is_finalist(s);
    withdraw_as(s, 32);
    assert_happened(s, "EntryWithdrawn");
}

static void
an_eliminated_entry_cannot_be_withdrawn(void **state)
{
    struct story *s = *state;

    entry_is_eliminated(s);
    withdraw_as(s, 32);
    assert_refused(s, "NOT_WITHDRAWABLE");
}

static Funding__FundsDisbursed
money_for_the_dossier(struct story *s)
{
    Funding__FundsDisbursed heard = FUNDING__FUNDS_DISBURSED__INIT;

    heard.funding_case_id = story_id(s, 900);
    heard.dossier_id = story_id(s, 200);
    heard.amount_vnd = 1;
    return heard;
}

static void
an_entry_that_was_paid_cannot_be_withdrawn(void **state)
{
    struct story *s = *state;
    Funding__FundsDisbursed heard = money_for_the_dossier(s);

    dossier_is_accepted(s);
    story_hear(s, 900, &heard);
    assert_happened(s, "EntryPaid");
    story_hear(s, 900, &heard);
    assert_happened(s, "");
    withdraw_as(s, 32);
    assert_refused(s, "MONEY_PAID");
}

static void
money_that_crossed_the_withdrawal_is_remembered(void **state)
{
    struct story *s = *state;
    Funding__FundsDisbursed heard = money_for_the_dossier(s);

    dossier_is_accepted(s);
    withdraw_as(s, 32);
    story_hear(s, 900, &heard);
    assert_happened(s, "EntryPaid");
    assert_int_equal(the_entry(s)->self.state, SUBMISSIONS__ENTRY_STATE__ENTRY_STATE_WITHDRAWN);
    assert_true(the_entry(s)->money_paid);
}

static void
an_appraisal_moves_the_dossier_unless_it_was_withdrawn(void **state)
{
    struct story *s = *state;
    Appraisal__AppraisalOpened opened = APPRAISAL__APPRAISAL_OPENED__INIT;
    Appraisal__AppraisalReported reported = APPRAISAL__APPRAISAL_REPORTED__INIT;

    opened.appraisal_case_id = reported.appraisal_case_id = story_id(s, 800);
    opened.dossier_id = reported.dossier_id = story_id(s, 200);
    dossier_is_accepted(s);
    story_hear(s, 800, &opened);
    assert_happened(s, "DossierAppraisalStarted");
    story_hear(s, 800, &reported);
    assert_happened(s, "DossierAppraised");
    story_hear(s, 800, &opened); /* a second case, after the first was voided */
    assert_happened(s, "");
    withdraw_as(s, 32);
    assert_happened(s, "EntryWithdrawn, DossierWithdrawn");
    story_hear(s, 800, &reported);
    assert_happened(s, "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD(an_entry_needs_an_edition_that_is_open),
        TOLD(an_entry_belongs_to_the_agency_of_the_key_and_shows_to_co_entrants),
        TOLD(a_co_entrant_is_another_registered_agency_named_once),
        TOLD(an_author_is_named_once),
        TOLD(shares_make_a_whole_before_an_entry_is_submitted),
        TOLD(only_the_entrant_agency_submits_its_entry),
        TOLD(nobody_registers_an_entry_that_they_submitted),
        TOLD(an_author_is_a_person_of_the_directory),
        TOLD(a_draft_of_an_edition_that_closed_is_handed_in_no_more_but_withdrawn),
        TOLD(the_threshold_decides_who_reached_the_final),
        TOLD(an_award_goes_to_finalists_and_only_to_them),
        TOLD(a_result_rests_on_a_document_of_a_day_that_there_is),
        TOLD(a_withdrawn_entry_takes_its_dossier_along),
        TOLD(an_entry_that_owes_no_dossier_is_withdrawn_alone),
        TOLD(an_eliminated_entry_cannot_be_withdrawn),
        TOLD(an_entry_that_was_paid_cannot_be_withdrawn),
        TOLD(money_that_crossed_the_withdrawal_is_remembered),
        TOLD(an_appraisal_moves_the_dossier_unless_it_was_withdrawn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

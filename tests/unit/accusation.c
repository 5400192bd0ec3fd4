/* tests/unit/accusation.c - how an entry is disqualified once its agency was heard, and how a result is annulled. */
#include "sangkien/funding/v1/events.pb-c.h"
#include "tests/unit/entry_story.h"

/* The owner has a second person, so that who accuses and who decides are two. */
static void
owners_are_there(struct story *s)
{
    story_person(s, 1, 14);
    story_bind(s, DIRECTORY__ROLE__ROLE_OWNER, 1, 14, s->programme);
    organisers_are_there(s);
}

static void
accuse_until(struct story *s, unsigned person, Types__Deadline *due)
{
    Submissions__ProposeDisqualification ask = SUBMISSIONS__PROPOSE_DISQUALIFICATION__INIT;

    ask.reason = "Sao chép";
    ask.answer_due = due;
    say_as(s, person, 200, &ask);
}

static void
answer_as(struct story *s, unsigned person)
{
    Submissions__AnswerAccusation ask = SUBMISSIONS__ANSWER_ACCUSATION__INIT;

    ask.answer = "Không sao chép";
    say_as(s, person, 200, &ask);
}

static void
disqualify_as(struct story *s, unsigned person)
{
    Submissions__DisqualifyEntry ask = SUBMISSIONS__DISQUALIFY_ENTRY__INIT;

    ask.reason = "Sao chép";
    ask.document = &report;
    say_as(s, person, 200, &ask);
}

static void
dismiss_as(struct story *s, unsigned person)
{
    Submissions__DismissAccusation ask = SUBMISSIONS__DISMISS_ACCUSATION__INIT;

    ask.reason = "Không có căn cứ";
    say_as(s, person, 200, &ask);
}

static void
annul_as(struct story *s, unsigned person)
{
    Submissions__AnnulResult ask = SUBMISSIONS__ANNUL_RESULT__INIT;

    ask.reason = "Sai quy chế";
    ask.document = &report;
    say_as(s, person, 200, &ask);
}

/* By 11, to be answered to the end of 4 November. */
static void
entry_is_accused(struct story *s)
{
    owners_are_there(s);
    accuse_until(s, 11, until(s, 2019, 11, 4, true));
    assert_happened(s, "DisqualificationProposed");
}

#define ANSWER_DUE_US (STORY_BEGINS_US + 4 * DAY_US - 7 * HOUR_US)

static void
money_is_out(struct story *s)
{
    Funding__FundsDisbursed heard = FUNDING__FUNDS_DISBURSED__INIT;

    heard.dossier_id = story_id(s, 200);
    story_hear(s, 900, &heard);
    assert_happened(s, "EntryPaid");
}

/* ------------------------------------------------------------------ hearing */

static void
nobody_is_disqualified_unheard(void **state)
{
    struct story *s = *state;

    entry_is_registered(s);
    disqualify_as(s, 11);
    assert_refused(s, "NO_HEARING");
    entry_is_accused(s);
    disqualify_as(s, 14);
    assert_refused(s, "HEARING_OPEN");
    answer_as(s, 32);
    assert_happened(s, "AccusationAnswered");
    disqualify_as(s, 14);
    assert_happened(s, "EntryDisqualified");
    assert_int_equal(the_entry(s)->self.state, SUBMISSIONS__ENTRY_STATE__ENTRY_STATE_DISQUALIFIED);
}

static void
who_does_not_answer_in_time_is_decided_on_from_that_moment(void **state)
{
    struct story *s = *state;

    entry_is_registered(s);
    entry_is_accused(s);
    assert_int_equal(the_entry(s)->answer_due_at_us, ANSWER_DUE_US);
    s->now_us = ANSWER_DUE_US - 1;
    disqualify_as(s, 14);
    assert_refused(s, "HEARING_OPEN");
    s->now_us = ANSWER_DUE_US;
    answer_as(s, 32);
    assert_refused(s, "DEADLINE_PASSED");
    disqualify_as(s, 14);
    assert_happened(s, "EntryDisqualified");
}

static void
an_answer_counts_to_the_last_moment(void **state)
{
    struct story *s = *state;

    entry_is_registered(s);
    entry_is_accused(s);
    s->now_us = ANSWER_DUE_US - 1;
    answer_as(s, 32);
    assert_happened(s, "AccusationAnswered");
    assert_true(the_entry(s)->answered);
}

static void
only_the_accused_agency_answers_and_only_when_it_is_accused(void **state)
{
    struct story *s = *state;

    entry_is_registered(s);
    answer_as(s, 32);
    assert_refused(s, "NO_HEARING");
    entry_is_accused(s);
    answer_as(s, 41);
    assert_refused(s, "NOT_YOUR_ENTRY");
    answer_as(s, 31); /* a clerk does not speak for the agency */
    assert_refused(s, "NOT_ALLOWED");
}

static void
who_accuses_does_not_decide(void **state)
{
    struct story *s = *state;

    entry_is_registered(s);
    entry_is_accused(s);
    answer_as(s, 32);
    disqualify_as(s, 11);
    assert_refused(s, "OWN_SUBMISSION");
    disqualify_as(s, 12); /* who organises may accuse, and no more */
    assert_refused(s, "NOT_ALLOWED");
    disqualify_as(s, 14);
    assert_happened(s, "EntryDisqualified");
}

static void
an_entry_is_accused_once_at_a_time_and_again_when_that_was_dropped(void **state)
{
    struct story *s = *state;

    entry_is_registered(s);
    entry_is_accused(s);
    accuse_until(s, 12, until(s, 2019, 11, 4, true));
    assert_refused(s, "HEARING_OPEN");
    answer_as(s, 32);
    dismiss_as(s, 14);
    assert_happened(s, "AccusationDismissed");
    dismiss_as(s, 14);
    assert_refused(s, "NO_HEARING");
    disqualify_as(s, 14);
    assert_refused(s, "NO_HEARING");
    accuse_until(s, 12, until(s, 2019, 11, 5, true));
    assert_happened(s, "DisqualificationProposed");
    disqualify_as(s, 14); /* the old answer is none to this */
    assert_refused(s, "HEARING_OPEN");
}

static void
the_time_to_answer_lies_ahead(void **state)
{
    struct story *s = *state;

    entry_is_registered(s);
    owners_are_there(s);
    accuse_until(s, 11, until(s, 2019, 11, 1, false));
    assert_refused(s, "BAD_DATE");
    assert_string_equal(field_named(s), "answer_due.date");
    accuse_until(s, 11, until(s, 2019, 11, 31, false));
    assert_refused(s, "BAD_DATE");
}

static void
an_accusation_outlives_a_return(void **state)
{
    struct story *s = *state;

    entry_is_submitted(s);
    entry_is_accused(s);
    return_entry_until(s, 22, 200, until(s, 2019, 11, 20, false));
    assert_happened(s, "EntryReturned");
    answer_as(s, 32);
    assert_happened(s, "AccusationAnswered");
    disqualify_as(s, 14);
    assert_happened(s, "EntryDisqualified");
}

static void
a_draft_cannot_be_accused(void **state)
{
    struct story *s = *state;

    entry_is_drafted(s);
    owners_are_there(s);
    accuse_until(s, 11, until(s, 2019, 11, 4, true));
    assert_refused(s, "NOT_NOW");
}

/* ------------------------------------------------------------------ what goes with it */

static void
a_disqualified_entry_takes_its_dossier_along_and_rests_on_a_document(void **state)
{
    struct story *s = *state;
    Submissions__DisqualifyEntry ask = SUBMISSIONS__DISQUALIFY_ENTRY__INIT;
    Types__OfficialDocument undated = report;
    Types__Date no_day = { PROTOBUF_C_MESSAGE_INIT(&types__date__descriptor), 2019, 2, 29 };

    dossier_is_accepted(s);
    entry_is_accused(s);
    answer_as(s, 32);
    undated.issued_on = &no_day;
    ask.document = &undated;
    say_as(s, 14, 200, &ask);
    assert_refused(s, "BAD_DATE");
    disqualify_as(s, 14);
    assert_happened(s, "EntryDisqualified, DossierWithdrawn");
    require_until(s, until(s, 2020, 1, 31, false));
    assert_refused(s, "ALREADY_EXISTS");
}

static void
a_disqualified_entry_makes_room_for_another(void **state)
{
    struct story *s = *state;
    struct edition *edition = edition_has_rules(s, 100);

    edition->rules->eligibility->max_entries_per_agency = 1;
    create_as(s, 31, 200, "");
    submit_as(s, 32, 200);
    entry_is_accused(s);
    answer_as(s, 32);
    disqualify_as(s, 14);
    assert_happened(s, "EntryDisqualified, EntrantCounted");
    create_as(s, 31, 201, "");
    assert_happened(s, "EntryDrafted, EntrantCounted");
}

static void
an_entry_for_which_money_is_out_is_neither_disqualified_nor_annulled(void **state)
{
    struct story *s = *state;

    dossier_is_accepted(s);
    entry_is_accused(s);
    answer_as(s, 32);
    money_is_out(s);
    disqualify_as(s, 14);
    assert_refused(s, "MONEY_PAID");
    annul_as(s, 11);
    assert_refused(s, "MONEY_PAID");
}

static void
money_that_crossed_the_disqualification_is_remembered(void **state)
{
    struct story *s = *state;

    dossier_is_accepted(s);
    entry_is_accused(s);
    answer_as(s, 32);
    disqualify_as(s, 14);
    money_is_out(s);
    assert_true(the_entry(s)->money_paid);
}

/* ------------------------------------------------------------------ annulling */

static void
of_an_annulled_result_nothing_is_left(void **state)
{
    struct story *s = *state;

    dossier_is_accepted(s);
    annul_as(s, 21);
    assert_refused(s, "NOT_ALLOWED");
    annul_as(s, 11);
    assert_happened(s, "ResultAnnulled, DossierWithdrawn");
    assert_int_equal(the_entry(s)->self.state, SUBMISSIONS__ENTRY_STATE__ENTRY_STATE_ANNULLED);
    assert_int_equal(the_entry(s)->award, 0);
    assert_int_equal(the_entry(s)->rank, 0);
    assert_int_equal(the_entry(s)->score_centi, 0);
    assert_false(the_entry(s)->may_have_prize);
    assert_false(the_entry(s)->reached_final);
    annul_as(s, 11);
    assert_refused(s, "NOT_NOW");
    money_is_out(s);
    assert_true(the_entry(s)->money_paid);
}

static void
a_result_that_is_not_confirmed_is_not_annulled(void **state)
{
    struct story *s = *state;

    entry_is_registered(s);
    annul_as(s, 11);
    assert_refused(s, "NOT_NOW");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD(nobody_is_disqualified_unheard),
        TOLD(who_does_not_answer_in_time_is_decided_on_from_that_moment),
        TOLD(an_answer_counts_to_the_last_moment),
        TOLD(only_the_accused_agency_answers_and_only_when_it_is_accused),
        TOLD(who_accuses_does_not_decide),
        TOLD(an_entry_is_accused_once_at_a_time_and_again_when_that_was_dropped),
        TOLD(the_time_to_answer_lies_ahead),
        TOLD(an_accusation_outlives_a_return),
        TOLD(a_draft_cannot_be_accused),
        TOLD(a_disqualified_entry_takes_its_dossier_along_and_rests_on_a_document),
        TOLD(a_disqualified_entry_makes_room_for_another),
        TOLD(an_entry_for_which_money_is_out_is_neither_disqualified_nor_annulled),
        TOLD(money_that_crossed_the_disqualification_is_remembered),
        TOLD(of_an_annulled_result_nothing_is_left),
        TOLD(a_result_that_is_not_confirmed_is_not_annulled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

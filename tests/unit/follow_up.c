/* tests/unit/follow_up.c - what follows confirmed results: they are published, dossiers are owed, cases of money come and go,
 * and the edition is archived.
 *
 * Entries 200, 201, 202 of agency 3 are in the final of edition 100, and win the first prize, the second one, and none.
 */
#include "services/submissions/dossier.h"
#include "tests/unit/follow_up_story.h"

static void
publish_results_as(struct story *s, unsigned person, unsigned edition)
{
    Submissions__PublishResults ask = SUBMISSIONS__PUBLISH_RESULTS__INIT;

    ask.url = "https://khanhhoa.example/ket-qua";
    say_as(s, person, edition, &ask);
}

static void
results_are_published(struct story *s, unsigned person, unsigned edition)
{
    publish_results_as(s, person, edition);
    assert_happened(s, "ResultsPublished");
}

static void
archive_as(struct story *s, unsigned person, unsigned edition)
{
    Submissions__ArchiveEdition ask = SUBMISSIONS__ARCHIVE_EDITION__INIT;

    say_as(s, person, edition, &ask);
}

static void
require(struct story *s, unsigned entry)
{
    Submissions__RequireDossier ask = SUBMISSIONS__REQUIRE_DOSSIER__INIT;

    ask.due = due(s);
    say_as(s, 21, entry, &ask);
}

static void
annul_as(struct story *s, unsigned person, unsigned entry)
{
    Submissions__AnnulResult ask = SUBMISSIONS__ANNUL_RESULT__INIT;

    ask.reason = "Sao chép";
    ask.document = &report;
    say_as(s, person, entry, &ask);
}

static void
withdraw(struct story *s, unsigned entry)
{
    Submissions__WithdrawEntry ask = SUBMISSIONS__WITHDRAW_ENTRY__INIT;

    ask.reason = "Không tiếp tục";
    say_as(s, 32, entry, &ask);
}

static void
accuse_as(struct story *s, unsigned person, unsigned entry)
{
    Submissions__ProposeDisqualification ask = SUBMISSIONS__PROPOSE_DISQUALIFICATION__INIT;

    ask.reason = "Sao chép";
    ask.answer_due = until(s, 2019, 12, 20, false);
    say_as(s, person, entry, &ask);
}

/* ------------------------------------------------------------------ publishing */

static void
results_are_published_once_by_who_runs_the_edition(void **state)
{
    struct story *s = *state;
    const Submissions__ResultsPublished *said;

    results_are_confirmed(s);
    publish_results_as(s, 32, 100);
    assert_refused(s, "NOT_YOUR_EDITION");
    publish_results_as(s, 21, 100); /* the standing agency does not organise */
    assert_refused(s, "NOT_YOUR_EDITION");
    assert_int_equal(the_edition(s, 100)->results_published_at_us, 0);
    publish_results_as(s, 11, 100);
    assert_happened(s, "ResultsPublished");
    said = story_event(s, 0);
    assert_int_equal(proto_time_us(said->published_at), s->now_us);
    assert_string_equal(said->url, "https://khanhhoa.example/ket-qua");
    assert_int_equal(the_edition(s, 100)->results_published_at_us, s->now_us);
    publish_results_as(s, 11, 100);
    assert_refused(s, "ALREADY_PUBLISHED");
}

static void
results_are_published_after_they_are_confirmed(void **state)
{
    struct story *s = *state;

    judged_edition_is_published(s);
    publish_results_as(s, 11, 100);
    assert_refused(s, "NOT_NOW");
}

static void
results_are_also_published_during_the_follow_up(void **state)
{
    struct story *s = *state;

    follow_up_is_started(s);
    publish_results_as(s, 11, 100);
    assert_happened(s, "ResultsPublished");
}

static void
the_results_of_a_local_contest_are_published_by_its_head(void **state)
{
    struct story *s = *state;

    local_results_are_confirmed(s);
    publish_results_as(s, 11, 110);
    assert_refused(s, "NOT_YOUR_EDITION");
    publish_results_as(s, 41, 110);
    assert_refused(s, "NOT_YOUR_EDITION");
    publish_results_as(s, 32, 110);
    assert_happened(s, "ResultsPublished");
}

static void
the_document_that_makes_them_known_is_of_a_day_that_there_is(void **state)
{
    struct story *s = *state;
    Submissions__PublishResults ask = SUBMISSIONS__PUBLISH_RESULTS__INIT;
    Types__OfficialDocument notice = report;

    results_are_confirmed(s);
    notice.issued_on = until(s, 2019, 2, 29, false)->date;
    ask.document = &notice;
    say_as(s, 11, 100, &ask);
    assert_refused(s, "BAD_DATE");
}

/* ------------------------------------------------------------------ the follow-up */

static void
every_finalist_who_is_still_in_owes_a_dossier(void **state)
{
    struct story *s = *state;
    const Submissions__FollowUpStarted *said;

    results_are_confirmed(s);
    withdraw(s, 201);
    annul_as(s, 11, 202);
    assert_happened(s, "ResultAnnulled");
    follow_up_as(s, 21, 100, due(s));
    assert_happened(s, "FollowUpStarted, DossierRequired");
    said = story_event(s, 0);
    assert_int_equal(said->n_dossier_ids, 1);
    assert_string_equal(said->dossier_ids[0], story_id(s, 200));
    assert_int_equal(the_edition(s, 100)->follow_up_due_at_us, BEFORE_31_JANUARY_2020_US);
    assert_int_equal(DOSSIER_IN(s, 200)->due_at_us, BEFORE_31_JANUARY_2020_US);
    assert_string_equal(DOSSIER_IN(s, 200)->entry_code, "KH-00");
    assert_int_equal(DOSSIER_IN(s, 200)->co_entrants.count, 1);
    assert_int_equal(DOSSIER_IN(s, 201)->self.version, 0);
    follow_up_as(s, 21, 100, due(s));
    assert_refused(s, "NOT_NOW");
}

static void
who_owes_a_dossier_already_owes_no_other(void **state)
{
    struct story *s = *state;

    results_are_confirmed(s);
    require(s, 201);
    assert_happened(s, "DossierRequired");
    follow_up_as(s, 21, 100, due(s));
    assert_happened(s, "FollowUpStarted, DossierRequired, DossierRequired");
}

/* The alarm is that of the dossier, not of the edition. */
static void
a_dossier_of_the_follow_up_is_overdue_when_its_time_has_come(void **state)
{
    struct story *s = *state;

    follow_up_is_started(s);
    say_as(s, 32, 200, new_dossier(s));
    say_as(s, 32, 201, new_dossier(s));
    story_later(s, BEFORE_31_JANUARY_2020_US - 1);
    assert_false(DOSSIER_IN(s, 202)->overdue);
    story_later(s, BEFORE_31_JANUARY_2020_US);
    assert_true(DOSSIER_IN(s, 202)->overdue);
    assert_false(DOSSIER_IN(s, 200)->overdue);
    say_as(s, 32, 202, new_dossier(s));
    assert_refused(s, "DEADLINE_PASSED");
}

static void
the_standing_agency_starts_it_by_a_document_for_a_day_to_come(void **state)
{
    struct story *s = *state;
    Types__OfficialDocument undated = report;
    Types__Deadline *deadline = due(s);

    results_are_confirmed(s);
    follow_up_as(s, 11, 100, deadline);
    assert_refused(s, "NOT_ALLOWED");
    follow_up_as(s, 21, 100, until(s, 2020, 1, 31, false));
    assert_refused(s, "RULES_INCOMPLETE");
    assert_string_equal(field_named(s), "due.document");
    undated.issued_on = until(s, 2019, 2, 29, false)->date;
    deadline->document = &undated;
    follow_up_as(s, 21, 100, deadline);
    assert_refused(s, "BAD_DATE");
    deadline->document = &report;
    deadline->date = until(s, 2019, 2, 29, false)->date;
    follow_up_as(s, 21, 100, deadline);
    assert_refused(s, "BAD_DATE");
    deadline->date = until(s, 2019, 12, 11, false)->date; /* that is now */
    follow_up_as(s, 21, 100, deadline);
    assert_refused(s, "BAD_DATE");
    assert_string_equal(field_named(s), "due.date");
    deadline->date = until(s, 2019, 12, 12, false)->date;
    follow_up_as(s, 21, 100, deadline);
    assert_happened(s, "FollowUpStarted, DossierRequired, DossierRequired, DossierRequired");
}

static void
there_is_none_before_the_results_nor_of_a_local_contest(void **state)
{
    struct story *s = *state;

    local_results_are_confirmed(s);
    follow_up_as(s, 21, 100, due(s));
    assert_refused(s, "NOT_NOW");
    follow_up_as(s, 21, 110, due(s));
    assert_refused(s, "NOT_YOUR_EDITION");
}

/* ------------------------------------------------------------------ money */

static void
cases_of_a_dossier_are_counted_and_those_with_money(void **state)
{
    struct story *s = *state;

    follow_up_is_started(s);
    dossier_is_appraised(s, 200);
    case_is_opened(s, 200, 901);
    assert_string_equal(
        ((const Submissions__DossierFundingNoted *) story_event(s, 0))->funding_case_id,
        story_id(s, 901));
    case_is_opened(s, 200, 902);
    assert_int_equal(DOSSIER_IN(s, 200)->open_cases, 2);
    assert_int_equal(DOSSIER_IN(s, 200)->committed_cases, 0);
    case_is_approved(s, 200, 902);
    assert_int_equal(DOSSIER_IN(s, 200)->committed_cases, 1);
    case_is_rejected(s, 200, 901);
    assert_int_equal(DOSSIER_IN(s, 200)->open_cases, 1);
}

static void
no_result_is_annulled_while_money_is_committed(void **state)
{
    struct story *s = *state;

    follow_up_is_started(s);
    dossier_is_appraised(s, 200);
    case_is_opened(s, 200, 901);
    case_is_approved(s, 200, 901);
    annul_as(s, 11, 200);
    assert_refused(s, "MONEY_COMMITTED");
    withdraw(s, 200); /* its own agency may: funding then asks for the decision to be revoked */
    assert_happened(s, "EntryWithdrawn, DossierWithdrawn");
}

static void
a_result_is_annulled_while_a_case_is_only_open(void **state)
{
    struct story *s = *state;

    follow_up_is_started(s);
    dossier_is_appraised(s, 200);
    case_is_opened(s, 200, 901);
    annul_as(s, 11, 200);
    assert_happened(s, "ResultAnnulled, DossierWithdrawn");
    case_is_withdrawn(s, 200, 901); /* also of a dossier that has gone */
    assert_int_equal(DOSSIER_IN(s, 200)->open_cases, 0);
}

/* ------------------------------------------------------------------ the end */

static const char *
what_is_open(struct story *s)
{
    const char *text = "";

    LIST_EACH (const struct violation, v, &s->last.violations)
        text =
            arena_format(s->arena, "%s%s%s: %s", text, *text ? ", " : "", v->field, v->description);
    return text;
}

static void
an_edition_is_archived_when_nothing_of_it_is_open(void **state)
{
    struct story *s = *state;

    follow_up_is_started(s);
    results_are_published(s, 11, 100);
    dossier_is_appraised(s, 200);
    withdraw(s, 202);
    case_is_opened(s, 200, 901);
    archive_as(s, 11, 100);
    assert_refused(s, "NOT_ALLOWED");
    archive_as(s, 21, 100);
    assert_refused(s, "OPEN_CASES");
    assert_string_equal(what_is_open(s), "dossiers: 1 are open, or are being appraised, "
                                         "funding_cases: 1 are open");
    dossier_is_appraised(s, 201);
    archive_as(s, 21, 100);
    assert_string_equal(what_is_open(s), "funding_cases: 1 are open");
    case_is_rejected(s, 200, 901);
    archive_as(s, 21, 100);
    assert_happened(s, "EditionArchived, DossierClosed, DossierClosed");
    assert_int_equal(the_edition(s, 100)->self.state,
                     SUBMISSIONS__EDITION_STATE__EDITION_STATE_ARCHIVED);
}

/* Also of an entry that has left, and of a case that will never end by itself. */
static void
money_that_is_committed_keeps_an_edition_open(void **state)
{
    struct story *s = *state;

    follow_up_is_started(s);
    results_are_published(s, 11, 100);
    dossier_is_appraised(s, 200);
    case_is_opened(s, 200, 901);
    case_is_approved(s, 200, 901);
    withdraw(s, 200);
    withdraw(s, 201);
    withdraw(s, 202);
    archive_as(s, 21, 100);
    assert_refused(s, "OPEN_CASES");
    assert_string_equal(what_is_open(s), "funding_cases: 1 are open");
}

static void
the_follow_up_comes_before_the_archive(void **state)
{
    struct story *s = *state;

    results_are_confirmed(s);
    archive_as(s, 21, 100);
    assert_refused(s, "FOLLOW_UP_FIRST");
}

static void
a_local_contest_is_archived_without_one(void **state)
{
    struct story *s = *state;

    local_results_are_confirmed(s);
    require(s, 200);
    assert_refused(s, "NOT_A_FINALIST");
    results_are_published(s, 32, 110);
    archive_as(s, 21, 110);
    assert_happened(s, "EditionArchived");
    publish_results_as(s, 32, 110);
    assert_refused(s, "ALREADY_PUBLISHED");
}

static void
nothing_of_an_archived_edition_changes_any_more(void **state)
{
    struct story *s = *state;
    Submissions__CancelEdition cancel = SUBMISSIONS__CANCEL_EDITION__INIT;

    local_results_are_confirmed(s);
    results_are_published(s, 32, 110);
    archive_as(s, 21, 110);
    assert_happened(s, "EditionArchived");
    archive_as(s, 21, 110);
    assert_refused(s, "NOT_NOW");
    say_as(s, 32, 110, &cancel);
    assert_refused(s, "NOT_NOW");
    withdraw(s, 200);
    assert_refused(s, "EDITION_ARCHIVED");
    annul_as(s, 11, 200);
    assert_refused(s, "EDITION_ARCHIVED");
    accuse_as(s, 11, 200);
    assert_refused(s, "EDITION_ARCHIVED");
}

/* Entry 203 is registered for edition 100 beside the others, and never gets into a round. */
static void
one_more_is_registered(struct story *s)
{
    Submissions__SubmitEntry submit = SUBMISSIONS__SUBMIT_ENTRY__INIT;
    Submissions__RegisterEntry registered = SUBMISSIONS__REGISTER_ENTRY__INIT;
    Submissions__CreateEntry *ask = new_entry(s);

    ask->title = "Mô hình thứ tư";
    say_as(s, 31, 203, ask);
    join_as(s, 41, 203, 1);
    say_as(s, 32, 203, &submit);
    registered.entry_code = "KH-03";
    say_as(s, 21, 203, &registered);
    assert_happened(s, "EntryRegistered, RollCounted");
}

/* An accusation holds the archive up only where the entry has a place. */
static void
nobody_is_disqualified_from_an_archived_edition(void **state)
{
    struct story *s = *state;
    Submissions__DisqualifyEntry disqualify = SUBMISSIONS__DISQUALIFY_ENTRY__INIT;

    judged_edition_is_published(s);
    story_later(s, OPENS_US);
    entries_come_in(s, 100);
    one_more_is_registered(s);
    story_later(s, CLOSES_US);
    confirm_entrants_as(s, 21, 100);
    final_is_held(s, 100);
    results_are_confirmed_by(s, 11, 100);
    results_are_published(s, 11, 100);
    story_bind(s, DIRECTORY__ROLE__ROLE_OWNER, 2, 22, s->programme);
    accuse_as(s, 22, 203);
    assert_happened(s, "DisqualificationProposed");
    for (unsigned i = 0; i < ENTRIES; i++)
        withdraw(s, 200 + i);
    follow_up_as(s, 21, 100, due(s));
    assert_happened(s, "FollowUpStarted");
    archive_as(s, 21, 100);
    assert_happened(s, "EditionArchived");
    story_later(s, BEFORE_31_JANUARY_2020_US);
    disqualify.document = &report;
    say_as(s, 11, 203, &disqualify);
    assert_refused(s, "EDITION_ARCHIVED");
}

static void
results_are_for_everybody_before_an_edition_is_archived(void **state)
{
    struct story *s = *state;

    follow_up_is_over(s);
    archive_as(s, 21, 100);
    assert_refused(s, "RESULTS_UNPUBLISHED");
    results_are_published(s, 11, 100);
    archive_as(s, 21, 100);
    assert_happened(s, "EditionArchived, DossierClosed, DossierClosed, DossierClosed");
}

static void
a_hearing_ends_before_an_edition_is_archived(void **state)
{
    struct story *s = *state;
    Submissions__DismissAccusation dismiss = SUBMISSIONS__DISMISS_ACCUSATION__INIT;

    follow_up_is_over(s);
    results_are_published(s, 11, 100);
    accuse_as(s, 11, 200);
    accuse_as(s, 11, 201);
    assert_happened(s, "DisqualificationProposed");
    archive_as(s, 21, 100);
    assert_refused(s, "HEARING_OPEN");
    assert_string_equal(what_is_open(s), "entries: 2 are accused");
    withdraw(s, 201); /* and nobody can decide that one any more */
    story_later(s, BEFORE_31_JANUARY_2020_US);
    archive_as(s, 21, 100);
    assert_string_equal(what_is_open(s), "entries: 1 are accused");
    dismiss.reason = "Không có căn cứ";
    say_as(s, 11, 200, &dismiss);
    assert_happened(s, "AccusationDismissed");
    archive_as(s, 21, 100);
    assert_happened(s, "EditionArchived, DossierClosed, DossierClosed");
}

static void
sends_back_until(struct story *s, unsigned entry, int month, int day)
{
    Submissions__ReturnDossier ask = SUBMISSIONS__RETURN_DOSSIER__INIT;

    ask.dossier_version = 1;
    ask.reason = "Thiếu chữ ký";
    ask.cure = until(s, 2020, month, day, false);
    say_as(s, 21, entry, &ask);
    assert_happened(s, "DossierReturned");
}

/* Whoever does not hand in, or mend, what he owes, holds the edition up until his time is over, and not for ever. */
static void
a_dossier_that_did_not_come_in_time_is_not_filed(void **state)
{
    struct story *s = *state;
    const Submissions__DossierNotFiled *said;

    follow_up_is_started(s);
    results_are_published(s, 11, 100);
    dossier_is_appraised(s, 200);
    say_as(s, 32, 201, new_dossier(s));
    sends_back_until(s, 201, 2, 10);
    story_later(s, BEFORE_31_JANUARY_2020_US - 1);
    archive_as(s, 21, 100);
    assert_string_equal(what_is_open(s), "dossiers: 2 are open, or are being appraised");
    story_later(s, BEFORE_31_JANUARY_2020_US);
    archive_as(s, 21, 100);
    assert_refused(s, "OPEN_CASES");
    assert_string_equal(what_is_open(s), "dossiers: 1 are open, or are being appraised");
    story_later(s, DOSSIER_IN(s, 201)->cure_at_us);
    archive_as(s, 21, 100);
    assert_happened(s, "DossierNotFiled, DossierNotFiled, EditionArchived, DossierClosed");
    said = story_event(s, 1);
    assert_string_equal(said->dossier_id, story_id(s, 202));
    assert_int_equal(proto_time_us(said->due_at), BEFORE_31_JANUARY_2020_US);
    assert_int_equal(DOSSIER_IN(s, 201)->self.state, DOSSIER_IS(NOT_FILED));
    assert_int_equal(DOSSIER_IN(s, 202)->self.state, DOSSIER_IS(NOT_FILED));
    say_as(s, 32, 202, new_dossier(s));
    assert_refused(s, "NOT_NOW");
}

/* It came in time: that it waits for the organiser is not its entrant's fault. */
static void
a_dossier_that_lies_with_the_organiser_is_never_too_late(void **state)
{
    struct story *s = *state;

    follow_up_is_started(s);
    results_are_published(s, 11, 100);
    withdraw(s, 201);
    withdraw(s, 202);
    say_as(s, 32, 200, new_dossier(s));
    story_later(s, BEFORE_31_JANUARY_2020_US + 1);
    archive_as(s, 21, 100);
    assert_refused(s, "OPEN_CASES");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD(results_are_published_once_by_who_runs_the_edition),
        TOLD(results_are_published_after_they_are_confirmed),
        TOLD(results_are_also_published_during_the_follow_up),
        TOLD(the_results_of_a_local_contest_are_published_by_its_head),
        TOLD(the_document_that_makes_them_known_is_of_a_day_that_there_is),
        TOLD(every_finalist_who_is_still_in_owes_a_dossier),
        TOLD(who_owes_a_dossier_already_owes_no_other),
        TOLD(a_dossier_of_the_follow_up_is_overdue_when_its_time_has_come),
        TOLD(the_standing_agency_starts_it_by_a_document_for_a_day_to_come),
        TOLD(there_is_none_before_the_results_nor_of_a_local_contest),
        TOLD(cases_of_a_dossier_are_counted_and_those_with_money),
        TOLD(no_result_is_annulled_while_money_is_committed),
        TOLD(a_result_is_annulled_while_a_case_is_only_open),
        TOLD(an_edition_is_archived_when_nothing_of_it_is_open),
        TOLD(money_that_is_committed_keeps_an_edition_open),
        TOLD(the_follow_up_comes_before_the_archive),
        TOLD(a_local_contest_is_archived_without_one),
        TOLD(nothing_of_an_archived_edition_changes_any_more),
        TOLD(nobody_is_disqualified_from_an_archived_edition),
        TOLD(results_are_for_everybody_before_an_edition_is_archived),
        TOLD(a_hearing_ends_before_an_edition_is_archived),
        TOLD(a_dossier_that_did_not_come_in_time_is_not_filed),
        TOLD(a_dossier_that_lies_with_the_organiser_is_never_too_late),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

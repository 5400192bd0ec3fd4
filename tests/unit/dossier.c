/* tests/unit/dossier.c - the rules for the dossiers that finalists owe. */
#include "tests/unit/submissions_story.h"

static void
only_an_entry_that_reached_the_final_owes_a_dossier(void **state)
{
    struct story *s = *state;

    require_until(s, until(s, 2020, 1, 31, false));
    assert_refused(s, "UNKNOWN_ENTRY");
    entry_is_eliminated(s);
    require_until(s, until(s, 2020, 1, 31, false));
    assert_refused(s, "NOT_A_FINALIST");
}

static void
a_winner_of_a_local_contest_owes_none(void **state)
{
    struct story *s = *state;
    struct entry *winner;

    entry_is_finalist(s);
    winner = (void *) world_hold(s->world, &entry_kind, ID(200))->state;
    winner->organiser_agency_id = ID(3);
    require_until(s, until(s, 2020, 1, 31, false));
    assert_refused(s, "NOT_A_FINALIST");
    winner->organiser_agency_id = (struct uuid){ { 0 } };
    require_until(s, until(s, 2020, 1, 31, false));
    assert_happened(s, "DossierRequired");
}

static void
a_dossier_is_not_required_before_the_results_nor_after_a_withdrawal(void **state)
{
    struct story *s = *state;

    entry_is_registered(s);
    require_until(s, until(s, 2020, 1, 31, false));
    assert_refused(s, "NO_RESULTS_YET");
    withdraw_as(s, 32);
    require_until(s, until(s, 2020, 1, 31, false));
    assert_refused(s, "ENTRY_WITHDRAWN");
}

static void
before_a_day_ends_at_its_midnight_and_to_its_end_a_day_later(void **state)
{
    struct story *s = *state;

    entry_is_finalist(s);
    require_until(s, until(s, 2020, 2, 30, false));
    assert_refused(s, "BAD_DATE");
    assert_string_equal(field_named(s), "due.date");
    require_until(s, until(s, 2020, 1, 30, true));
    assert_happened(s, "DossierRequired");
    assert_int_equal(the_dossier(s)->due_at_us, BEFORE_31_JANUARY_2020_US);
    assert_true(story_is_party(s, 0, 3));
    assert_true(story_is_party(s, 0, 4));
    require_until(s, until(s, 2020, 1, 31, false));
    assert_refused(s, "ALREADY_EXISTS");
}

static void
a_dossier_that_arrives_at_the_deadline_is_late(void **state)
{
    struct story *s = *state;

    dossier_is_required(s);
    story_later(s, BEFORE_31_JANUARY_2020_US);
    assert_happened(s, "DossierOverdue");
    assert_true(the_dossier(s)->overdue);
    say_as(s, 32, 200, new_dossier(s));
    assert_refused(s, "DEADLINE_PASSED");
}

static void
a_dossier_that_arrives_a_microsecond_before_is_in_time(void **state)
{
    struct story *s = *state;

    dossier_is_required(s);
    story_later(s, BEFORE_31_JANUARY_2020_US - 1);
    say_as(s, 32, 200, new_dossier(s));
    assert_happened(s, "DossierDrafted, DossierSubmitted");
    story_later(s, BEFORE_31_JANUARY_2020_US);
    assert_happened(s, "");
    assert_false(the_dossier(s)->overdue);
}

static void
a_dossier_that_arrived_in_time_counts_though_its_turn_came_after_the_deadline(void **state)
{
    struct story *s = *state;
    const struct kind *kind;
    Submissions__SubmitDossier *ask = new_dossier(s);
    const struct handler *handler = service_handler(s->service, ON(submit_dossier), &kind);
    struct envelope envelope;

    dossier_is_required(s);
    story_later(s, BEFORE_31_JANUARY_2020_US + HOUR_US);
    assert_true(the_dossier(s)->overdue);
    story_as(s, 32);
    envelope = story_envelope(s, ask);
    envelope.subject = ID(200);
    envelope.received_us = BEFORE_31_JANUARY_2020_US - 1;
    s->last = world_say(s->world, handler, kind, &envelope, ask);
    assert_happened(s, "DossierDrafted, DossierSubmitted");
    assert_false(the_dossier(s)->overdue);
}

static void
only_the_head_of_the_entrant_agency_submits_the_dossier(void **state)
{
    struct story *s = *state;

    dossier_is_required(s);
    say_as(s, 41, 200, new_dossier(s));
    assert_refused(s, "NOT_YOUR_ENTRY");
    say_as(s, 31, 200, new_dossier(s));
    assert_refused(s, "NOT_ALLOWED");
}

static void
estimates_add_up(void **state)
{
    struct story *s = *state;
    Submissions__SubmitDossier *ask = new_dossier(s);

    dossier_is_required(s);
    ask->lines[1]->amount_vnd++;
    say_as(s, 32, 200, ask);
    assert_refused(s, "LINE_AMOUNT");
    assert_string_equal(field_named(s), "lines[1].amount_vnd");
    ask->lines[1]->amount_vnd--;
    ask->total_vnd--;
    say_as(s, 32, 200, ask);
    assert_refused(s, "TOTAL");
}

static void
money_does_not_overflow(void **state)
{
    struct story *s = *state;
    Submissions__SubmitDossier *ask = new_dossier(s);

    dossier_is_required(s);
    ask->lines[0]->quantity = INT64_MAX;
    ask->lines[0]->unit_price_vnd = 2;
    ask->lines[0]->amount_vnd = -2;
    say_as(s, 32, 200, ask);
    assert_refused(s, "MONEY_OVERFLOW");
    ask->lines[0]->unit_price_vnd = 1;
    ask->lines[0]->amount_vnd = INT64_MAX;
    say_as(s, 32, 200, ask);
    assert_refused(s, "MONEY_OVERFLOW");
    assert_string_equal(field_named(s), "total_vnd");
}

static void
a_version_has_the_digest_of_the_exact_bytes(void **state)
{
    struct story *s = *state;
    struct bytes bytes = proto_pack(s->arena, new_dossier(s));
    struct digest digest = sha256(bytes.data, bytes.size);
    const struct dossier_version *version;
    const Submissions__DossierAccepted *accepted;

    dossier_is_accepted(s);
    version = list_at(&the_dossier(s)->versions, 0);
    accepted = story_event(s, 0);
    assert_true(digest_equal(&version->digest, &digest));
    assert_true(digest_is(&digest, accepted->digest.data, accepted->digest.len));
    assert_int_equal(accepted->total_vnd, 100000000);
    assert_int_equal(accepted->n_author_ids, 2);
    assert_string_equal(accepted->author_ids[1], story_id(s, 32));
    assert_int_equal(accepted->n_co_entrants, 1);
    assert_string_equal(accepted->co_entrants[0]->agency_id, story_id(s, 4));
}

static void
a_dossier_is_judged_only_in_its_present_version(void **state)
{
    struct story *s = *state;

    dossier_is_required(s);
    accept_as(s, 21, 1);
    assert_refused(s, "OTHER_VERSION");
    say_as(s, 32, 200, new_dossier(s));
    accept_as(s, 21, 2);
    assert_refused(s, "OTHER_VERSION");
    return_until(s, 2, until(s, 2020, 2, 15, false));
    assert_refused(s, "OTHER_VERSION");
}

static void
a_returned_dossier_comes_back_as_a_new_version_before_the_cure_date(void **state)
{
    struct story *s = *state;

    dossier_is_submitted(s);
    return_until(s, 1, until(s, 2019, 11, 1, false));
    assert_refused(s, "BAD_DATE");
    assert_string_equal(field_named(s), "cure.date");
    return_until(s, 1, until(s, 2020, 2, 15, false));
    assert_happened(s, "DossierReturned");
    story_later(s, BEFORE_31_JANUARY_2020_US);
    assert_false(the_dossier(s)->overdue);
    story_later(s, BEFORE_31_JANUARY_2020_US + 15 * DAY_US - 1);
    say_as(s, 32, 200, new_dossier(s));
    assert_happened(s, "DossierSubmitted");
    assert_int_equal(the_dossier(s)->dossier_version, 2);
    assert_int_equal(the_dossier(s)->lines.count, 4);
    assert_int_equal(((const struct dossier_line *) list_at(&the_dossier(s)->lines, 2))->number, 2);
    assert_int_equal(((const struct dossier_line *) list_at(&the_dossier(s)->lines, 2))->ordinal,
                     1);
    accept_as(s, 21, 1);
    assert_refused(s, "OTHER_VERSION");
    accept_as(s, 21, 2);
    assert_happened(s, "DossierAccepted");
}

static void
a_returned_dossier_is_overdue_at_the_cure_date(void **state)
{
    struct story *s = *state;

    dossier_is_submitted(s);
    return_until(s, 1, until(s, 2020, 2, 15, false));
    story_later(s, BEFORE_31_JANUARY_2020_US + 15 * DAY_US);
    assert_happened(s, "DossierOverdue");
    say_as(s, 32, 200, new_dossier(s));
    assert_refused(s, "DEADLINE_PASSED");
}

static void
a_dossier_is_overdue_once_though_two_deadlines_fall_together(void **state)
{
    struct story *s = *state;

    dossier_is_submitted(s);
    return_until(s, 1, until(s, 2020, 1, 31, false));
    story_later(s, BEFORE_31_JANUARY_2020_US);
    assert_int_equal(the_dossier(s)->self.version,
                     5); /* required, drafted, submitted, returned, overdue */
    assert_true(the_dossier(s)->overdue);
}

static void
nobody_accepts_or_returns_a_dossier_that_they_submitted(void **state)
{
    struct story *s = *state;
    Submissions__SubmitEntry submit = SUBMISSIONS__SUBMIT_ENTRY__INIT;
    Submissions__RegisterEntry registered = SUBMISSIONS__REGISTER_ENTRY__INIT;
    Submissions__RecordFinalResult result = result_of(9000, true, SUBMISSIONS__AWARD__AWARD_THIRD);

    edition_is_open(s);
    registered.entry_code = "SNV-01";
    say_as(s, 22, 200, new_entry(s));
    join_as(s, 41, 200, 1);
    say_as(s, 22, 200, &submit);
    say_as(s, 21, 200, &registered);
    say_as(s, 21, 200, &result);
    require_until(s, until(s, 2020, 1, 31, false));
    say_as(s, 21, 200, new_dossier(s));
    assert_happened(s, "DossierDrafted, DossierSubmitted");
    accept_as(s, 21, 1);
    assert_refused(s, "OWN_SUBMISSION");
    return_until(s, 1, until(s, 2020, 2, 15, false));
    assert_refused(s, "OWN_SUBMISSION");
    accept_as(s, 22, 1);
    assert_happened(s, "DossierAccepted");
}

static void
a_time_that_is_not_told_is_none(void **state)
{
    struct story *s = *state;

    assert_int_equal(proto_time_us(NULL), 0);
    assert_int_equal(proto_time_us(proto_time(s->arena, -1)), -1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD(only_an_entry_that_reached_the_final_owes_a_dossier),
        TOLD(a_winner_of_a_local_contest_owes_none),
        TOLD(a_dossier_is_not_required_before_the_results_nor_after_a_withdrawal),
        TOLD(a_time_that_is_not_told_is_none),
        TOLD(before_a_day_ends_at_its_midnight_and_to_its_end_a_day_later),
        TOLD(a_dossier_that_arrives_at_the_deadline_is_late),
        TOLD(a_dossier_that_arrives_a_microsecond_before_is_in_time),
        TOLD(a_dossier_that_arrived_in_time_counts_though_its_turn_came_after_the_deadline),
        TOLD(only_the_head_of_the_entrant_agency_submits_the_dossier),
        TOLD(estimates_add_up),
        TOLD(money_does_not_overflow),
        TOLD(a_version_has_the_digest_of_the_exact_bytes),
        TOLD(a_dossier_is_judged_only_in_its_present_version),
        TOLD(a_returned_dossier_comes_back_as_a_new_version_before_the_cure_date),
        TOLD(a_returned_dossier_is_overdue_at_the_cure_date),
        TOLD(a_dossier_is_overdue_once_though_two_deadlines_fall_together),
        TOLD(nobody_accepts_or_returns_a_dossier_that_they_submitted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

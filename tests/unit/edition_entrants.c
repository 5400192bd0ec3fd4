/* tests/unit/edition_entrants.c - that entrants are confirmed, and what is not done to entries any more then.
 *
 * Entries 200 and 201 are of agency 3; both are handed in.
 */
#include "tests/unit/edition_story.h"

static void
entries_are_handed_in(struct story *s)
{
    Submissions__SubmitEntry submit = SUBMISSIONS__SUBMIT_ENTRY__INIT;

    judged_edition_is_published(s);
    story_later(s, OPENS_US);
    for (unsigned entry = 200; entry < 202; entry++) {
        say_as(s, 31, entry, new_entry(s));
        join_as(s, 41, entry, 1);
        say_as(s, 32, entry, &submit);
        assert_happened(s, "EntrySubmitted");
    }
}

static void
return_it(struct story *s, unsigned entry)
{
    Submissions__ReturnEntry ask = SUBMISSIONS__RETURN_ENTRY__INIT;
    Submissions__EntryFault fault = SUBMISSIONS__ENTRY_FAULT__ENTRY_FAULT_INCOMPLETE;

    ask.n_faults = 1;
    ask.faults = &fault;
    ask.reason = "Thiếu phụ lục";
    ask.cure = until(s, 2019, 12, 20, false);
    say_as(s, 21, entry, &ask);
}

static void
entrants_are_confirmed_once_when_registration_is_closed(void **state)
{
    struct story *s = *state;

    entries_are_handed_in(s);
    confirm_entrants_as(s, 21, 100);
    assert_refused(s, "NOT_NOW");
    story_later(s, CLOSES_US);
    confirm_entrants_as(s, 11, 100); /* the owner publishes and cancels, others organise */
    assert_refused(s, "NOT_ALLOWED");
    confirm_entrants_as(s, 32, 100);
    assert_refused(s, "NOT_YOUR_EDITION");
    confirm_entrants_as(s, 21, 100);
    assert_happened(s, "EntrantsConfirmed");
    assert_int_equal(the_edition(s, 100)->self.state,
                     SUBMISSIONS__EDITION_STATE__EDITION_STATE_CLOSED);
    confirm_entrants_as(s, 21, 100);
    assert_refused(s, "ENTRANTS_CONFIRMED");
}

static void
no_entry_is_registered_or_returned_then_but_refused(void **state)
{
    struct story *s = *state;
    Submissions__RefuseEntry refuse = SUBMISSIONS__REFUSE_ENTRY__INIT;

    entries_are_handed_in(s);
    story_later(s, CLOSES_US);
    register_it(s, 200);
    assert_happened(s, "EntryRegistered, RollCounted");
    confirm_entrants_as(s, 21, 100);
    register_it(s, 201);
    assert_refused(s, "ENTRANTS_CONFIRMED");
    return_it(s, 201);
    assert_refused(s, "ENTRANTS_CONFIRMED");
    refuse.fault = SUBMISSIONS__ENTRY_FAULT__ENTRY_FAULT_INCOMPLETE;
    refuse.reason = "Thiếu phụ lục";
    say_as(s, 21, 201, &refuse);
    assert_happened(s, "EntryRefused");
}

static void
nothing_comes_in_then_that_was_sent_back_or_arrived_in_time(void **state)
{
    struct story *s = *state;
    Submissions__SubmitEntry submit = SUBMISSIONS__SUBMIT_ENTRY__INIT;
    Submissions__ReviseEntry revise = SUBMISSIONS__REVISE_ENTRY__INIT;
    int64_t closed_us;

    entries_are_handed_in(s);
    say_as(s, 31, 202, new_entry(s));
    story_later(s, CLOSES_US);
    return_it(s, 201);
    confirm_entrants_as(s, 21, 100);
    say_as(s, 32, 201, &submit);
    assert_refused(s, "ENTRANTS_CONFIRMED");
    revise.entry_kind = SUBMISSIONS__ENTRY_KIND__ENTRY_KIND_MODEL;
    revise.title = "Một cửa";
    say_as(s, 31, 201, &revise);
    assert_refused(s, "ENTRANTS_CONFIRMED");
    closed_us = s->now_us;
    s->now_us = CLOSES_US - 1;
    say_as(s, 31, 203, new_entry(s));
    assert_refused(s, "ENTRANTS_CONFIRMED");
    say_as(s, 32, 202, &submit);
    assert_refused(s, "ENTRANTS_CONFIRMED");
    s->now_us = closed_us;
}

static void
until_then_an_entry_may_still_be_mended_and_registered(void **state)
{
    struct story *s = *state;
    Submissions__SubmitEntry submit = SUBMISSIONS__SUBMIT_ENTRY__INIT;

    entries_are_handed_in(s);
    story_later(s, CLOSES_US);
    return_it(s, 201);
    assert_happened(s, "EntryReturned");
    say_as(s, 32, 201, &submit);
    assert_happened(s, "EntrySubmitted");
    register_it(s, 201);
    assert_happened(s, "EntryRegistered, RollCounted");
}

static void
the_organiser_of_a_local_contest_confirms_its_entrants(void **state)
{
    struct story *s = *state;
    struct edition *edition;

    local_edition_is_drafted(s);
    edition = (void *) (uintptr_t) the_edition(s, 110);
    edition->self.state = SUBMISSIONS__EDITION_STATE__EDITION_STATE_CLOSED;
    confirm_entrants_as(s, 21, 110);
    assert_refused(s, "NOT_YOUR_EDITION");
    confirm_entrants_as(s, 32, 110);
    assert_happened(s, "EntrantsConfirmed");
}

static void
there_is_nothing_to_confirm_where_it_is_judged_elsewhere(void **state)
{
    struct story *s = *state;
    Submissions__CloseRegistration close = SUBMISSIONS__CLOSE_REGISTRATION__INIT;

    edition_is_open(s);
    say_as(s, 21, 100, &close);
    assert_happened(s, "RegistrationClosed");
    confirm_entrants_as(s, 21, 100);
    assert_refused(s, "JUDGED_ELSEWHERE");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD(entrants_are_confirmed_once_when_registration_is_closed),
        TOLD(no_entry_is_registered_or_returned_then_but_refused),
        TOLD(nothing_comes_in_then_that_was_sent_back_or_arrived_in_time),
        TOLD(until_then_an_entry_may_still_be_mended_and_registered),
        TOLD(the_organiser_of_a_local_contest_confirms_its_entrants),
        TOLD(there_is_nothing_to_confirm_where_it_is_judged_elsewhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* tests/unit/co_entrants.c - agencies that are named as co-entrants agree to a draft, or leave the entry.
 *
 * Agency 4, whose head is 41, is named as co-entrant of agency 3's entry 200.
 */
#include "services/submissions/entry.h"
#include "tests/unit/entry_story.h"

static int32_t
draft_agreed(struct story *s)
{
    return submissions_draft_agreed(&the_entry(s)->co_entrants, &(struct uuid[]){ ID(4) }[0]);
}

static void
an_entry_is_not_registered_while_a_co_entrant_is_silent(void **state)
{
    struct story *s = *state;
    const Submissions__EntryRegistered *said;

    entry_is_drafted(s);
    submit_as(s, 32, 200);
    register_as(s, 22, 200, "KH-01");
    assert_refused(s, "CO_ENTRANT_SILENT");
    join_as(s, 41, 200, 1);
    assert_happened(s, "CoEntrantJoined");
    assert_true(story_is_party(s, 0, 3));
    assert_true(story_is_party(s, 0, 4));
    register_as(s, 22, 200, "KH-01");
    assert_happened(s, "EntryRegistered");
    said = story_event(s, 0);
    assert_int_equal(said->n_co_entrants, 1);
    assert_string_equal(said->co_entrants[0]->agency_id, story_id(s, 4));
}

static void
who_agreed_to_a_draft_has_not_agreed_to_the_next_one(void **state)
{
    struct story *s = *state;

    entry_is_joined(s);
    say_as(s, 31, 200, new_draft(s, "Một cửa"));
    assert_int_equal(draft_agreed(s), 1);
    submit_as(s, 32, 200);
    register_as(s, 22, 200, "KH-01");
    assert_refused(s, "CO_ENTRANT_SILENT");
    join_as(s, 41, 200, 1);
    assert_refused(s, "OTHER_DRAFT");
    assert_string_equal(field_named(s), "draft");
    join_as(s, 41, 200, 3);
    assert_refused(s, "OTHER_DRAFT");
    join_as(s, 41, 200, 2);
    assert_happened(s, "CoEntrantJoined");
    join_as(s, 41, 200, 2);
    assert_refused(s, "ALREADY_JOINED");
    register_as(s, 22, 200, "KH-01");
    assert_happened(s, "EntryRegistered");
}

static void
who_leaves_is_no_co_entrant_any_more(void **state)
{
    struct story *s = *state;

    entry_is_joined(s);
    submit_as(s, 32, 200);
    leave_as(s, 41, 200);
    assert_happened(s, "CoEntrantLeft");
    assert_true(story_is_party(s, 0, 4)); /* and of nothing later */
    leave_as(s, 41, 200);
    assert_refused(s, "NOT_A_CO_ENTRANT");
    join_as(s, 41, 200, 1);
    assert_refused(s, "NOT_A_CO_ENTRANT");
    register_as(s, 22, 200, "KH-01");
    assert_happened(s, "EntryRegistered");
    assert_false(story_is_party(s, 0, 4));
    assert_true(story_is_party(s, 0, 3));
    assert_int_equal(((const Submissions__EntryRegistered *) story_event(s, 0))->n_co_entrants, 0);
}

static void
who_is_not_named_in_a_later_draft_has_no_part_in_it(void **state)
{
    struct story *s = *state;
    Submissions__ReviseEntry *draft = new_draft(s, "Một cửa");

    entry_is_drafted(s); /* 4 is silent */
    draft->n_co_entrants = 0;
    say_as(s, 31, 200, draft);
    assert_happened(s, "EntryRevised");
    assert_true(story_is_party(s, 0, 4)); /* which learns of it */
    join_as(s, 41, 200, 2);
    assert_refused(s, "NOT_A_CO_ENTRANT");
    submit_as(s, 32, 200);
    assert_happened(s, "EntrySubmitted");
    assert_false(story_is_party(s, 0, 4));
    register_as(s, 22, 200, "KH-01");
    assert_happened(s, "EntryRegistered");
    assert_int_equal(((const Submissions__EntryRegistered *) story_event(s, 0))->n_co_entrants, 0);
}

static void
nobody_is_named_anew_in_a_later_draft(void **state)
{
    struct story *s = *state;
    Submissions__ReviseEntry *draft = new_draft(s, "Một cửa");
    const Submissions__EntryRevised *said;

    entry_is_drafted(s);
    draft->co_entrants[0]->agency_id = story_id(s, 2);
    say_as(s, 31, 200, draft);
    assert_refused(s, "NOT_A_CO_ENTRANT");
    assert_string_equal(field_named(s), "co_entrants[0].agency_id");
    draft->co_entrants[0]->agency_id = story_id(s, 4);
    draft->co_entrants[1] = draft->co_entrants[0];
    draft->n_co_entrants = 2;
    say_as(s, 31, 200, draft);
    assert_refused(s, "UNKNOWN_AGENCY");
    assert_string_equal(field_named(s), "co_entrants[1].agency_id");
    draft->n_co_entrants = 1;
    say_as(s, 31, 200, draft);
    said = story_event(s, 0);
    assert_int_equal(said->n_co_entrants, 1);
    assert_string_equal(said->co_entrants[0]->agency_id, story_id(s, 4));
    leave_as(s, 41, 200);
    say_as(s, 31, 200, draft);
    assert_refused(s, "NOT_A_CO_ENTRANT");
}

static void
only_an_agency_that_is_named_joins_or_leaves_and_its_head_speaks(void **state)
{
    struct story *s = *state;

    entry_is_drafted(s);
    join_as(s, 32, 200, 1);
    assert_refused(s, "NOT_A_CO_ENTRANT");
    leave_as(s, 21, 200);
    assert_refused(s, "NOT_A_CO_ENTRANT");
    join_as(s, 31, 200, 1);
    assert_refused(s, "NOT_ALLOWED");
}

static int64_t
silent_since(struct story *s)
{
    return the_entry(s)->silent_since_us;
}

static void
a_co_entrant_is_silent_from_the_draft_on_until_it_agrees(void **state)
{
    struct story *s = *state;
    int64_t asked_us;

    entry_is_drafted(s);
    asked_us = s->now_us;
    assert_int_equal(silent_since(s), asked_us);
    s->now_us += DAY_US;
    submit_as(s, 32, 200);
    assert_int_equal(silent_since(s), asked_us);
    join_as(s, 41, 200, 1);
    assert_int_equal(silent_since(s), 0);
}

static void
every_draft_asks_those_who_stay_anew(void **state)
{
    struct story *s = *state;
    Submissions__ReviseEntry *draft = new_draft(s, "Một cửa");

    entry_is_joined(s);
    assert_int_equal(silent_since(s), 0);
    s->now_us += DAY_US;
    say_as(s, 31, 200, draft);
    assert_int_equal(silent_since(s), s->now_us);
    leave_as(s, 41, 200);
    assert_int_equal(silent_since(s), 0);
    draft->n_co_entrants = 0;
    say_as(s, 31, 200, draft);
    assert_int_equal(silent_since(s), 0);
    assert_null(((const Submissions__EntryRevised *) story_event(s, 0))->asked_at);
}

static void
one_who_agrees_does_not_speak_for_the_other(void **state)
{
    struct story *s = *state;
    Submissions__CreateEntry *ask = new_entry(s);
    int64_t asked_us;

    edition_is_open(s);
    ask->n_co_entrants = 2;
    ask->co_entrants[1] = proto_new(s->arena, ON(co_entrant));
    ask->co_entrants[1]->agency_id = story_id(s, 2);
    say_as(s, 31, 200, ask);
    asked_us = s->now_us;
    join_as(s, 41, 200, 1);
    assert_int_equal(silent_since(s), asked_us);
    leave_as(s, 21, 200);
    assert_int_equal(silent_since(s), 0);
}

static void
nobody_joins_or_leaves_what_is_registered(void **state)
{
    struct story *s = *state;

    entry_is_registered(s);
    leave_as(s, 41, 200);
    assert_refused(s, "NOT_NOW");
    assert_int_equal(draft_agreed(s), 1);
    join_as(s, 41, 200, 1);
    assert_refused(s, "ALREADY_JOINED");
}

static void
a_draft_that_has_lapsed_is_neither_joined_nor_left(void **state)
{
    struct story *s = *state;

    edition_has_rules(s, 100);
    say_as(s, 31, 200, new_entry(s));
    say_as(s, 31, 201, new_entry(s));
    submit_as(s, 32, 201);
    s->now_us = CLOSES_US;
    join_as(s, 41, 200, 1);
    assert_refused(s, "REGISTRATION_CLOSED");
    leave_as(s, 41, 200);
    assert_refused(s, "REGISTRATION_CLOSED");
    join_as(s, 41, 201, 1); /* it was handed in */
    assert_happened(s, "CoEntrantJoined");
}

static void
who_agreed_for_a_co_entrant_does_not_examine(void **state)
{
    struct story *s = *state;
    Submissions__CreateEntry *ask = new_entry(s);

    edition_is_open(s);
    ask->co_entrants[0]->agency_id =
        story_id(s, 2); /* the standing agency, of which 21 is the head */
    say_as(s, 31, 200, ask);
    join_as(s, 21, 200, 1);
    assert_happened(s, "CoEntrantJoined");
    submit_as(s, 32, 200);
    register_as(s, 21, 200, "KH-01");
    assert_refused(s, "OWN_SUBMISSION");
    register_as(s, 22, 200, "KH-01");
    assert_happened(s, "EntryRegistered");
}

/* ------------------------------------------------------------------ what is shown */

static const struct entry *
shown(struct story *s, int edition_state)
{
    struct edition edition = { .self.state = edition_state };
    struct entry *entry = arena_zero(s->arena, sizeof(*entry));
    struct held held = { .kind = &edition_kind, .state = &edition.self };
    struct given given = { .state = entry, .also = &held, .also_count = 1 };

    *entry = *the_entry(s);
    list_init(&entry->co_entrants, s->arena, sizeof(struct co_entrant));
    LIST_EACH (const struct co_entrant, c, &the_entry(s)->co_entrants)
        *(struct co_entrant *) list_add(&entry->co_entrants) = *c;
    entry_show(&given, entry);
    return entry;
}

static void
co_entrants_are_shown_with_the_draft_to_which_they_agreed(void **state)
{
    struct story *s = *state;
    Submissions__CreateEntry *ask = new_entry(s);
    const struct list *rows;

    edition_is_open(s);
    ask->n_co_entrants = 2;
    ask->co_entrants[1] = proto_new(s->arena, ON(co_entrant));
    ask->co_entrants[1]->agency_id = story_id(s, 2);
    say_as(s, 31, 200, ask);
    join_as(s, 41, 200, 1);
    rows = &shown(s, SUBMISSIONS__EDITION_STATE__EDITION_STATE_OPEN)->co_entrants;
    assert_int_equal(rows->count, 2);
    assert_int_equal(((struct co_entrant *) list_at(rows, 0))->draft, 1);
    assert_int_equal(((struct co_entrant *) list_at(rows, 1))->draft, 0);
    leave_as(s, 41, 200);
    rows = &shown(s, SUBMISSIONS__EDITION_STATE__EDITION_STATE_OPEN)->co_entrants;
    assert_int_equal(rows->count, 1);
    assert_memory_equal(&((struct co_entrant *) list_at(rows, 0))->agency_id,
                        &(struct uuid[]){ ID(2) }[0], sizeof(struct uuid));
}

static void
a_draft_is_shown_as_lapsed_once_its_edition_has_closed(void **state)
{
    struct story *s = *state;

    entry_is_joined(s);
    assert_int_equal(shown(s, SUBMISSIONS__EDITION_STATE__EDITION_STATE_OPEN)->self.state,
                     ENTRY_IS(DRAFT));
    assert_int_equal(shown(s, SUBMISSIONS__EDITION_STATE__EDITION_STATE_CLOSED)->self.state,
                     ENTRY_IS(LAPSED));
    assert_int_equal(shown(s, SUBMISSIONS__EDITION_STATE__EDITION_STATE_CANCELLED)->self.state,
                     ENTRY_IS(LAPSED));
    submit_as(s, 32, 200);
    assert_int_equal(shown(s, SUBMISSIONS__EDITION_STATE__EDITION_STATE_CLOSED)->self.state,
                     ENTRY_IS(SUBMITTED));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD(an_entry_is_not_registered_while_a_co_entrant_is_silent),
        TOLD(who_agreed_to_a_draft_has_not_agreed_to_the_next_one),
        TOLD(who_leaves_is_no_co_entrant_any_more),
        TOLD(who_is_not_named_in_a_later_draft_has_no_part_in_it),
        TOLD(nobody_is_named_anew_in_a_later_draft),
        TOLD(only_an_agency_that_is_named_joins_or_leaves_and_its_head_speaks),
        TOLD(a_co_entrant_is_silent_from_the_draft_on_until_it_agrees),
        TOLD(every_draft_asks_those_who_stay_anew),
        TOLD(one_who_agrees_does_not_speak_for_the_other),
        TOLD(nobody_joins_or_leaves_what_is_registered),
        TOLD(a_draft_that_has_lapsed_is_neither_joined_nor_left),
        TOLD(who_agreed_for_a_co_entrant_does_not_examine),
        TOLD(co_entrants_are_shown_with_the_draft_to_which_they_agreed),
        TOLD(a_draft_is_shown_as_lapsed_once_its_edition_has_closed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

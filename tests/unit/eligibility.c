/* tests/unit/eligibility.c - who may enter an edition by its rules, how often, and until when. */
#include "services/submissions/entry.h"
#include "tests/unit/entry_story.h"

#define REFUSAL_OF(s, person, ask, name)                                                           \
    do {                                                                                           \
        say_as(s, person, 200, ask);                                                               \
        assert_refused(s, name);                                                                   \
    } while (0)

static Submissions__Eligibility *
rules_of(struct edition *edition)
{
    return edition->rules->eligibility;
}

/* ------------------------------------------------------------------ time */

static void
an_entry_that_arrives_at_the_very_end_of_registration_is_late(void **state)
{
    struct story *s = *state;

    edition_has_rules(s, 100);
    s->now_us = CLOSES_US;
    REFUSAL_OF(s, 31, new_entry(s), "REGISTRATION_CLOSED");
    s->now_us = CLOSES_US - 1;
    say_as(s, 31, 200, new_entry(s));
    assert_happened(s, "EntryDrafted");
}

static void
an_entry_that_arrives_before_registration_opens_is_refused(void **state)
{
    struct story *s = *state;
    struct edition *edition = edition_has_rules(s, 100);

    edition->opens_at_us = STORY_BEGINS_US + 1;
    REFUSAL_OF(s, 31, new_entry(s), "EDITION_NOT_OPEN");
    s->now_us++;
    say_as(s, 31, 200, new_entry(s));
    assert_happened(s, "EntryDrafted");
}

static void
what_arrived_in_time_counts_also_when_registration_has_closed_before_its_turn(void **state)
{
    struct story *s = *state;
    struct edition *edition = edition_has_rules(s, 100);

    edition->self.state = SUBMISSIONS__EDITION_STATE__EDITION_STATE_CLOSED;
    s->now_us = CLOSES_US - 1;
    say_as(s, 31, 200, new_entry(s));
    assert_happened(s, "EntryDrafted");
    submit_as(s, 32, 200);
    assert_happened(s, "EntrySubmitted");
    edition->self.state = SUBMISSIONS__EDITION_STATE__EDITION_STATE_JUDGING;
    say_as(s, 31, 201, new_entry(s));
    assert_refused(s, "EDITION_NOT_OPEN");
}

static void
an_entry_is_handed_in_before_registration_ends(void **state)
{
    struct story *s = *state;

    edition_has_rules(s, 100);
    say_as(s, 31, 200, new_entry(s));
    s->now_us = CLOSES_US;
    submit_as(s, 32, 200);
    assert_refused(s, "REGISTRATION_CLOSED");
    say_as(s, 31, 200, new_draft(s, "Một cửa"));
    assert_refused(s, "REGISTRATION_CLOSED");
    s->now_us = CLOSES_US - 1;
    submit_as(s, 32, 200);
    assert_happened(s, "EntrySubmitted");
    s->now_us = CLOSES_US;
    submit_as(s, 32, 200);
    assert_refused(s, "NOT_NOW");
}

static void
nothing_comes_into_a_cancelled_edition(void **state)
{
    struct story *s = *state;
    struct edition *edition = edition_has_rules(s, 100);

    say_as(s, 31, 200, new_entry(s));
    say_as(s, 31, 201, new_entry(s));
    submit_as(s, 32, 201);
    edition->self.state = SUBMISSIONS__EDITION_STATE__EDITION_STATE_CANCELLED;
    submit_as(s, 32, 200);
    assert_refused(s, "EDITION_NOT_OPEN");
    say_as(s, 31, 200, new_draft(s, "Một cửa"));
    assert_refused(s, "EDITION_NOT_OPEN");
    register_as(s, 22, 201, "KH-01");
    assert_refused(s, "EDITION_NOT_OPEN");
}

/* ------------------------------------------------------------------ agencies and tracks */

static void
an_edition_may_be_for_agencies_of_some_classes(void **state)
{
    struct story *s = *state;
    struct edition *edition = edition_has_rules(s, 100);
    Directory__AgencyClass classes[] = { DIRECTORY__AGENCY_CLASS__AGENCY_CLASS_VERTICAL_AGENCY,
                                         DIRECTORY__AGENCY_CLASS__AGENCY_CLASS_DEPARTMENT };

    rules_of(edition)->agency_classes = classes;
    rules_of(edition)->n_agency_classes = 1;
    REFUSAL_OF(s, 31, new_entry(s), "AGENCY_NOT_ELIGIBLE");
    rules_of(edition)->n_agency_classes = 2;
    say_as(s, 31, 200, new_entry(s));
    assert_happened(s, "EntryDrafted");
}

static void
a_local_contest_is_for_its_own_agency_and_those_below(void **state)
{
    struct story *s = *state;
    struct edition *edition = edition_of_agency_3(s, 100);

    agency_below_3_is_there(s);
    create_as(s, 31, 200, "");
    assert_happened(s, "EntryDrafted");
    create_as(s, 51, 201, "");
    assert_happened(s, "EntryDrafted");
    assert_true(story_is_party(s, 0, 3)); /* whoever holds the contest sees what comes in */
    create_as(s, 22, 202, "");
    assert_refused(s, "AGENCY_NOT_ELIGIBLE");
    edition->organiser_agency_id = ID(5);
    create_as(s, 31, 202, "");
    assert_refused(s, "AGENCY_NOT_ELIGIBLE");
}

static void
where_clusters_begin_nobody_enters_who_is_of_none(void **state)
{
    struct story *s = *state;
    struct edition *edition = edition_has_rules(s, 100);
    Submissions__RoundRules first = SUBMISSIONS__ROUND_RULES__INIT, *rounds[] = { &first };
    Submissions__Cluster cluster = SUBMISSIONS__CLUSTER__INIT, *clusters[] = { &cluster };
    const char *agencies[] = { story_id(s, 2), story_id(s, 3) };

    edition->rules->rounds = rounds;
    edition->rules->n_rounds = 1;
    edition->rules->clusters = clusters;
    edition->rules->n_clusters = 1;
    cluster.agency_ids = agencies;
    cluster.n_agency_ids = 1;
    first.stage = SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_CLUSTER;
    REFUSAL_OF(s, 31, new_entry(s), "AGENCY_NOT_ELIGIBLE");
    cluster.n_agency_ids = 2;
    say_as(s, 31, 200, new_entry(s));
    assert_happened(s, "EntryDrafted");
    cluster.n_agency_ids = 1;
    first.stage = SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_PRELIMINARY;
    say_as(s, 31, 201, new_entry(s));
    assert_happened(s, "EntryDrafted");
}

static void
an_entry_names_a_track_where_there_are_tracks_and_none_elsewhere(void **state)
{
    struct story *s = *state;
    struct edition *edition = edition_has_rules(s, 100);
    Submissions__Track track = SUBMISSIONS__TRACK__INIT, *tracks[] = { &track };
    Submissions__CreateEntry *ask = new_entry(s);

    track.code = "DVC";
    ask->track = "DVC";
    REFUSAL_OF(s, 31, ask, "UNKNOWN_TRACK");
    edition->rules->tracks = tracks;
    edition->rules->n_tracks = 1;
    ask->track = "";
    REFUSAL_OF(s, 31, ask, "UNKNOWN_TRACK");
    ask->track = "DV";
    REFUSAL_OF(s, 31, ask, "UNKNOWN_TRACK");
    assert_string_equal(field_named(s), "track");
    ask->track = "DVC";
    say_as(s, 31, 200, ask);
    assert_happened(s, "EntryDrafted");
    assert_string_equal(the_entry(s)->track, "DVC");
}

/* ------------------------------------------------------------------ authors */

static void
every_author_is_of_a_kind_that_may_enter(void **state)
{
    struct story *s = *state;
    struct edition *edition = edition_has_rules(s, 100);
    Submissions__StaffKind kinds[] = { SUBMISSIONS__STAFF_KIND__STAFF_KIND_CIVIL_SERVANT,
                                       SUBMISSIONS__STAFF_KIND__STAFF_KIND_CADRE };
    Submissions__CreateEntry *ask = new_entry(s);

    rules_of(edition)->staff_kinds = kinds;
    rules_of(edition)->n_staff_kinds = 1;
    ask->authors[0]->staff_kind = kinds[0];
    ask->authors[1]->staff_kind = kinds[1];
    REFUSAL_OF(s, 31, ask, "AUTHOR_NOT_ELIGIBLE");
    assert_string_equal(field_named(s), "authors[1].staff_kind");
    rules_of(edition)->n_staff_kinds = 2;
    say_as(s, 31, 200, ask);
    assert_happened(s, "EntryDrafted");
}

static void
an_entry_has_no_more_authors_than_the_rules_allow(void **state)
{
    struct story *s = *state;
    struct edition *edition = edition_has_rules(s, 100);

    rules_of(edition)->max_authors = 1;
    REFUSAL_OF(s, 31, new_entry(s), "TOO_MANY_AUTHORS");
    assert_string_equal(field_named(s), "authors");
    rules_of(edition)->max_authors = 2;
    say_as(s, 31, 200, new_entry(s));
    assert_happened(s, "EntryDrafted");
}

static void
who_organises_is_no_author_unless_the_rules_say_so(void **state)
{
    struct story *s = *state;
    struct edition *edition = edition_has_rules(s, 100);
    Submissions__CreateEntry *ask = new_entry(s);

    organisers_are_there(s);
    rules_of(edition)->organisers_may_enter = false;
    ask->authors[1]->person_id = story_id(s, 12);
    REFUSAL_OF(s, 31, ask, "AUTHOR_NOT_ELIGIBLE");
    assert_string_equal(field_named(s), "authors[1].person_id");
    ask->authors[1]->person_id = story_id(s, 22); /* of the standing agency */
    REFUSAL_OF(s, 31, ask, "AUTHOR_NOT_ELIGIBLE");
    say_as(s, 31, 201, new_entry(s));
    assert_happened(s, "EntryDrafted");
    rules_of(edition)->organisers_may_enter = true;
    say_as(s, 31, 200, ask);
    assert_happened(s, "EntryDrafted");
}

static void
who_owns_the_programme_or_runs_the_system_is_no_author_either(void **state)
{
    struct story *s = *state;
    struct edition *edition = edition_has_rules(s, 100);
    Submissions__CreateEntry *ask = new_entry(s);

    story_person(s, 4, 49);
    story_bind(s, DIRECTORY__ROLE__ROLE_OPERATOR, 4, 49, DIRECTORY_PROGRAMME);
    rules_of(edition)->organisers_may_enter = false;
    ask->authors[1]->person_id = story_id(s, 11);
    REFUSAL_OF(s, 31, ask, "AUTHOR_NOT_ELIGIBLE");
    ask->authors[1]->person_id = story_id(s, 49);
    REFUSAL_OF(s, 31, ask, "AUTHOR_NOT_ELIGIBLE");
    rules_of(edition)->organisers_may_enter = true;
    say_as(s, 31, 200, ask);
    assert_happened(s, "EntryDrafted");
}

static void
who_organises_a_local_contest_is_no_author_in_it(void **state)
{
    struct story *s = *state;
    struct edition *edition = edition_of_agency_3(s, 110);
    Submissions__CreateEntry *ask = new_entry(s);

    agency_below_3_is_there(s);
    story_person(s, 3, 39); /* of agency 3, without a role */
    rules_of(edition)->organisers_may_enter = false;
    ask->edition_id = story_id(s, 110);
    ask->authors[1]->person_id = story_id(s, 39);
    REFUSAL_OF(s, 31, ask, "AUTHOR_NOT_ELIGIBLE"); /* 31 is its clerk */
    assert_string_equal(field_named(s), "authors[0].person_id");
    ask->authors[0]->person_id = story_id(s, 51); /* the clerk of another agency */
    say_as(s, 31, 200, ask);
    assert_happened(s, "EntryDrafted");
}

static void
what_may_have_changed_since_is_judged_again_when_it_is_registered(void **state)
{
    struct story *s = *state;
    struct edition *edition = edition_has_rules(s, 100);
    Directory__AgencyClass only[] = { DIRECTORY__AGENCY_CLASS__AGENCY_CLASS_PUBLIC_SERVICE_UNIT };
    Submissions__RoundRules first = SUBMISSIONS__ROUND_RULES__INIT, *rounds[] = { &first };
    Submissions__Cluster cluster = SUBMISSIONS__CLUSTER__INIT, *clusters[] = { &cluster };
    const char *agencies[] = { story_id(s, 3) };
    struct uuid binding;

    rules_of(edition)->organisers_may_enter = false;
    create_as(s, 31, 200, "");
    submit_as(s, 32, 200);
    assert_happened(s, "EntrySubmitted");
    binding = story_bind(s, DIRECTORY__ROLE__ROLE_ORGANISER, 3, 32, s->programme);
    register_as(s, 22, 200, "KH-01");
    assert_refused(s, "AUTHOR_NOT_ELIGIBLE");
    assert_string_equal(field_named(s), "authors[1].person_id");
    s->now_us += HOUR_US;
    story_unbind(s, binding);
    rules_of(edition)->n_agency_classes = 1;
    rules_of(edition)->agency_classes = only;
    register_as(s, 22, 200, "KH-01");
    assert_refused(s, "AGENCY_NOT_ELIGIBLE");
    rules_of(edition)->n_agency_classes = 0;
    edition->rules->rounds = rounds;
    edition->rules->n_rounds = 1;
    edition->rules->clusters = clusters;
    edition->rules->n_clusters = 1;
    cluster.agency_ids = agencies; /* of the entrant, not of the examiner */
    cluster.n_agency_ids = 1;
    first.stage = SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_CLUSTER;
    register_as(s, 22, 200, "KH-01");
    assert_happened(s, "EntryRegistered, RollCounted");
}

static void
what_may_have_changed_since_the_draft_is_judged_again_when_it_is_handed_in(void **state)
{
    struct story *s = *state;
    struct edition *edition = edition_has_rules(s, 100);
    Directory__AgencyClass only[] = { DIRECTORY__AGENCY_CLASS__AGENCY_CLASS_PUBLIC_SERVICE_UNIT };
    struct uuid binding;

    rules_of(edition)->organisers_may_enter = false;
    say_as(s, 31, 200, new_entry(s));
    binding = story_bind(s, DIRECTORY__ROLE__ROLE_ORGANISER, 3, 32, s->programme);
    submit_as(s, 32, 200);
    assert_refused(s, "AUTHOR_NOT_ELIGIBLE");
    assert_string_equal(field_named(s), "authors[1].person_id");
    s->now_us += HOUR_US;
    story_unbind(s, binding);
    rules_of(edition)->n_agency_classes = 1;
    rules_of(edition)->agency_classes = only;
    submit_as(s, 32, 200);
    assert_refused(s, "AGENCY_NOT_ELIGIBLE");
    rules_of(edition)->n_agency_classes = 0;
    submit_as(s, 32, 200);
    assert_happened(s, "EntrySubmitted");
}

/* ------------------------------------------------------------------ age */

static Types__Date
day(int year, int month, int day_of_month)
{
    Types__Date date = TYPES__DATE__INIT;

    date.year = year;
    date.month = month;
    date.day = day_of_month;
    return date;
}

static int
age(Types__Date born, Types__Date on)
{
    return submissions_age_on(&born, &on);
}

static void
a_year_is_complete_on_the_birthday_and_not_the_day_before(void **state)
{
    (void) state;
    assert_int_equal(age(day(1989, 11, 1), day(2019, 10, 31)), 29);
    assert_int_equal(age(day(1989, 11, 1), day(2019, 11, 1)), 30);
    assert_int_equal(age(day(1989, 1, 1), day(2019, 12, 31)), 30);
    assert_int_equal(age(day(1989, 12, 31), day(2020, 1, 1)), 30);
    assert_int_equal(age(day(2000, 2, 29), day(2019, 2, 28)), 18);
    assert_int_equal(age(day(2000, 2, 29), day(2019, 3, 1)), 19);
    assert_int_equal(age(day(2000, 2, 29), day(2020, 2, 28)), 19);
    assert_int_equal(age(day(2000, 2, 29), day(2020, 2, 29)), 20);
    assert_int_equal(age(day(2019, 10, 31), day(2019, 10, 31)), 0);
}

/* At most 35 on 1 October 2019; the second author is of that day, the first one is young enough. */
static Submissions__CreateEntry *
entry_of_authors_born(struct story *s, struct edition *edition, Types__Date *second)
{
    static Types__Date young, reference;
    Submissions__CreateEntry *ask = new_entry(s);

    young = day(1990, 6, 15);
    reference = day(2019, 10, 1);
    rules_of(edition)->max_age_years = 35;
    rules_of(edition)->reference_date = &reference;
    ask->n_declarations = 2;
    ask->declarations = arena_zero(s->arena, 3 * sizeof(*ask->declarations));
    for (unsigned i = 0; i < 2; i++) {
        ask->declarations[i] = proto_new(s->arena, ON(declaration));
        ask->declarations[i]->person_id = ask->authors[i]->person_id;
        ask->declarations[i]->born_on = i ? second : &young;
    }
    return ask;
}

static void
an_author_is_no_older_than_the_rules_allow_on_the_reference_date(void **state)
{
    struct story *s = *state;
    struct edition *edition = edition_has_rules(s, 100);
    Types__Date too_old = day(1983, 10, 1), just_young_enough = day(1983, 10, 2);

    s->now_us = STORY_BEGINS_US + 5 * DAY_US; /* when all of them are a year older */
    REFUSAL_OF(s, 31, entry_of_authors_born(s, edition, &too_old), "AUTHOR_NOT_ELIGIBLE");
    assert_string_equal(field_named(s), "authors[1].person_id");
    say_as(s, 31, 200, entry_of_authors_born(s, edition, &just_young_enough));
    assert_happened(s, "EntryDrafted");
}

static void
an_age_is_declared_once_for_each_author_with_a_day_that_there_was(void **state)
{
    struct story *s = *state;
    struct edition *edition = edition_has_rules(s, 100);
    Types__Date born = day(1990, 1, 1), no_day = day(1990, 2, 29), unborn = day(2019, 10, 2);
    Submissions__CreateEntry *ask = entry_of_authors_born(s, edition, &born);

    ask->n_declarations = 1;
    REFUSAL_OF(s, 31, ask, "AUTHOR_NOT_ELIGIBLE");
    assert_string_equal(field_named(s), "authors[1].person_id");
    ask->declarations[2] = ask->declarations[0];
    ask->n_declarations = 3;
    REFUSAL_OF(s, 31, ask, "AUTHOR_NOT_ELIGIBLE");
    assert_string_equal(field_named(s), "authors[0].person_id");
    ask->n_declarations = 2;
    ask->declarations[1]->born_on = &no_day;
    REFUSAL_OF(s, 31, ask, "BAD_DATE");
    ask->declarations[1]->born_on = &unborn;
    REFUSAL_OF(s, 31, ask, "BAD_DATE");
    assert_string_equal(field_named(s), "declarations[1].born_on");
}

static void
a_new_draft_must_meet_the_rules_again(void **state)
{
    struct story *s = *state;
    struct edition *edition = edition_has_rules(s, 100);
    Submissions__ReviseEntry *ask = new_draft(s, "Một cửa");

    rules_of(edition)->max_authors = 2;
    say_as(s, 31, 200, new_entry(s));
    ask->track = "DVC";
    REFUSAL_OF(s, 31, ask, "UNKNOWN_TRACK");
    ask->track = "";
    ask->authors[1] = ask->authors[0];
    REFUSAL_OF(s, 31, ask, "AUTHOR_TWICE");
    rules_of(edition)->max_authors = 1;
    REFUSAL_OF(s, 31, new_draft(s, "Một cửa"), "TOO_MANY_AUTHORS");
    ask->n_authors = 1;
    say_as(s, 31, 200, ask);
    assert_happened(s, "EntryRevised");
}

/* ------------------------------------------------------------------ how many */

static void
an_agency_has_no_more_entries_than_the_rules_allow(void **state)
{
    struct story *s = *state;
    struct edition *edition = edition_has_rules(s, 100);

    rules_of(edition)->max_entries_per_agency = 2;
    create_as(s, 31, 200, "a");
    assert_happened(s, "EntryDrafted, EntrantCounted");
    assert_true(story_is_party(s, 1, 3));
    create_as(s, 31, 201, "b");
    create_as(s, 31, 202, "c");
    assert_refused(s, "TOO_MANY_ENTRIES");
    create_as(s, 22, 202, "c");
    assert_happened(s, "EntryDrafted, EntrantCounted");
}

static void
a_team_has_no_more_entries_than_the_rules_allow_however_it_is_spelled(void **state)
{
    struct story *s = *state;
    struct edition *edition = edition_has_rules(s, 100);

    rules_of(edition)->max_entries_per_team = 1;
    create_as(s, 31, 200, "Đội 1");
    create_as(s, 31, 201, "doi  1");
    assert_refused(s, "TOO_MANY_ENTRIES");
    assert_string_equal(field_named(s), "team");
    create_as(s, 31, 201, "Đội 2");
    assert_happened(s, "EntryDrafted, EntrantCounted");
}

static void
an_agency_sends_no_more_teams_than_the_rules_allow(void **state)
{
    struct story *s = *state;
    struct edition *edition = edition_has_rules(s, 100);

    rules_of(edition)->max_teams_per_agency = 2;
    create_as(s, 31, 200, "Đội 1");
    create_as(s, 31, 201, "Đội 2");
    create_as(s, 31, 202, "doi 2"); /* the same one */
    assert_happened(s, "EntryDrafted, EntrantCounted");
    create_as(s, 31, 203, "Đội 3");
    assert_refused(s, "TOO_MANY_TEAMS");
    assert_string_equal(field_named(s), "team");
    create_as(s, 31, 203, ""); /* to have no name is to be a team, too */
    assert_refused(s, "TOO_MANY_TEAMS");
    withdraw_as(s, 32); /* the only entry of the first one */
    create_as(s, 31, 203, "Đội 3");
    assert_happened(s, "EntryDrafted, EntrantCounted");
}

static void
an_entry_that_leaves_makes_room_for_another(void **state)
{
    struct story *s = *state;
    struct edition *edition = edition_has_rules(s, 100);

    rules_of(edition)->max_entries_per_agency = 1;
    create_as(s, 31, 200, "a");
    withdraw_as(s, 32);
    assert_happened(s, "EntryWithdrawn, EntrantCounted");
    create_as(s, 31, 201, "a");
    assert_happened(s, "EntryDrafted, EntrantCounted");
    create_as(s, 31, 202, "a");
    assert_refused(s, "TOO_MANY_ENTRIES");
    submit_as(s, 32, 201);
    refuse_entry_as(s, 22, 201);
    assert_happened(s, "EntryRefused, EntrantCounted");
    create_as(s, 31, 202, "a");
    assert_happened(s, "EntryDrafted, EntrantCounted");
}

static void
nothing_is_counted_where_nothing_is_limited(void **state)
{
    struct story *s = *state;

    edition_has_rules(s, 100);
    create_as(s, 31, 200, "a");
    assert_happened(s, "EntryDrafted");
    withdraw_as(s, 32);
    assert_happened(s, "EntryWithdrawn");
}

static void
whoever_draws_up_and_withdraws_without_end_is_stopped(void **state)
{
    struct story *s = *state;
    struct edition *edition = edition_has_rules(s, 100);

    rules_of(edition)->max_entries_per_agency = 1;
    for (unsigned i = 0; i < 500; i++) {
        Submissions__WithdrawEntry withdraw = SUBMISSIONS__WITHDRAW_ENTRY__INIT;

        create_as(s, 31, 1000 + i, "a");
        assert_happened(s, "EntryDrafted, EntrantCounted");
        say_as(s, 32, 1000 + i, &withdraw);
    }
    create_as(s, 31, 2000, "a");
    assert_refused(s, "TOO_MANY_ENTRIES");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD(an_entry_that_arrives_at_the_very_end_of_registration_is_late),
        TOLD(an_entry_that_arrives_before_registration_opens_is_refused),
        TOLD(what_arrived_in_time_counts_also_when_registration_has_closed_before_its_turn),
        TOLD(an_entry_is_handed_in_before_registration_ends),
        TOLD(nothing_comes_into_a_cancelled_edition),
        TOLD(an_edition_may_be_for_agencies_of_some_classes),
        TOLD(a_local_contest_is_for_its_own_agency_and_those_below),
        TOLD(where_clusters_begin_nobody_enters_who_is_of_none),
        TOLD(an_entry_names_a_track_where_there_are_tracks_and_none_elsewhere),
        TOLD(every_author_is_of_a_kind_that_may_enter),
        TOLD(an_entry_has_no_more_authors_than_the_rules_allow),
        TOLD(who_organises_is_no_author_unless_the_rules_say_so),
        TOLD(who_owns_the_programme_or_runs_the_system_is_no_author_either),
        TOLD(who_organises_a_local_contest_is_no_author_in_it),
        TOLD(what_may_have_changed_since_is_judged_again_when_it_is_registered),
        TOLD(what_may_have_changed_since_the_draft_is_judged_again_when_it_is_handed_in),
        cmocka_unit_test(a_year_is_complete_on_the_birthday_and_not_the_day_before),
        TOLD(an_author_is_no_older_than_the_rules_allow_on_the_reference_date),
        TOLD(an_age_is_declared_once_for_each_author_with_a_day_that_there_was),
        TOLD(a_new_draft_must_meet_the_rules_again),
        TOLD(an_agency_has_no_more_entries_than_the_rules_allow),
        TOLD(a_team_has_no_more_entries_than_the_rules_allow_however_it_is_spelled),
        TOLD(an_agency_sends_no_more_teams_than_the_rules_allow),
        TOLD(an_entry_that_leaves_makes_room_for_another),
        TOLD(nothing_is_counted_where_nothing_is_limited),
        TOLD(whoever_draws_up_and_withdraws_without_end_is_stopped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

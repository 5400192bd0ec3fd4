/* tests/unit/council.c - who constitutes a council, who sits on it, and what its members declare. */
#include "tests/unit/judging_story.h"

static void
a_council_is_of_a_contest_that_is_judged_here(void **unused __attribute__((unused)))
{
    struct story s;

    story_begin(&s, &appraisal_service, "khanh-hoa");
    introduce(&s);
    story_as(&s, HEAD);
    constitute_with(&s, MEMBER, ANOTHER_MEMBER);
    assert_refused(&s, "UNKNOWN_CONTEST");
    publish(&s, usual_rules(&s), 0);
    constitute_with(&s, MEMBER, ANOTHER_MEMBER);
    assert_happened(&s, "CouncilConstituted");
    assert_false(story_is_party(&s, 0, ENTRANT));
    cancel_edition(&s);
    constitute_of(&s, COUNCIL + 100, usual_members, usual_seats, 4);
    assert_refused(&s, "UNKNOWN_CONTEST");
    story_end(&s);
}

static void
a_council_may_be_constituted_after_registration_too(void **unused __attribute__((unused)))
{
    struct story s;

    begin(&s);
    close_registration(&s);
    constitute_with(&s, MEMBER, ANOTHER_MEMBER);
    assert_happened(&s, "CouncilConstituted");
    story_end(&s);
}

static void
only_the_organiser_constitutes_a_council(void **unused __attribute__((unused)))
{
    struct story s;

    begin(&s);
    story_as(&s, MEMBER);
    constitute_with(&s, MEMBER, ANOTHER_MEMBER);
    assert_refused(&s, "NOT_ALLOWED");
    story_as(&s, CLERK); /* may hold a local contest, and this is none */
    constitute_with(&s, MEMBER, ANOTHER_MEMBER);
    assert_refused(&s, "NOT_YOUR_CONTEST");
    story_end(&s);
}

static void
a_local_contest_is_held_by_its_own_agency_alone(void **unused __attribute__((unused)))
{
    struct story s;

    begin_with(&s, usual_rules, ENTRANT);
    constitute_with(&s, MEMBER, ANOTHER_MEMBER);
    assert_refused(&s, "NOT_YOUR_CONTEST");
    story_as(&s, CLERK);
    constitute_with(&s, MEMBER, ANOTHER_MEMBER);
    assert_happened(&s, "CouncilConstituted");
    assert_true(story_is_party(&s, 0, ENTRANT));
    story_end(&s);
}

static void
a_council_has_three_members_or_more(void **unused __attribute__((unused)))
{
    struct story s;

    begin(&s);
    constitute_of(&s, COUNCIL, usual_members, usual_seats, 2);
    assert_refused(&s, "COUNCIL_TOO_SMALL");
    constitute_of(&s, COUNCIL, usual_members, usual_seats, 3);
    assert_happened(&s, "CouncilConstituted");
    story_end(&s);
}

static void
a_council_has_one_chair_and_one_secretary(void **unused __attribute__((unused)))
{
    static const int wrong_seats[][3] = {
        { SEAT(CHAIR), SEAT(SECRETARY), SEAT(CHAIR) },
        { SEAT(MEMBER), SEAT(SECRETARY), SEAT(MEMBER) },
        { SEAT(CHAIR), SEAT(SECRETARY), SEAT(SECRETARY) },
        { SEAT(CHAIR), SEAT(MEMBER), SEAT(MEMBER) },
        { SEAT(VICE_CHAIR), SEAT(SECRETARY), SEAT(MEMBER) },
    };
    struct story s;

    begin(&s);
    for (size_t i = 0; i < 5; i++) {
        constitute_of(&s, COUNCIL, usual_members, wrong_seats[i], 3);
        assert_refused(&s, "PANEL_SEATS");
    }
    story_end(&s);
}

static void
every_member_is_known_and_sits_once(void **unused __attribute__((unused)))
{
    struct story s;

    begin(&s);
    constitute_with(&s, MEMBER, CHAIR);
    assert_refused(&s, "SITS_TWICE");
    assert_string_equal(((const struct violation *) list_at(&s.last.violations, 0))->field,
                        "members[3].person_id");
    constitute_with(&s, MEMBER, 999);
    assert_refused(&s, "UNKNOWN_PERSON");
    story_end(&s);
}

static void
a_council_rests_on_a_document_of_a_real_day(void **unused __attribute__((unused)))
{
    Appraisal__ConstituteCouncil m = APPRAISAL__CONSTITUTE_COUNCIL__INIT;
    struct story s;

    begin(&s);
    m.edition_id = story_id(&s, EDITION);
    m.members = arena_zero(s.arena, 3 * sizeof(*m.members));
    for (; m.n_members < 3; m.n_members++) {
        m.members[m.n_members] = proto_new(s.arena, &appraisal__council_member__descriptor);
        m.members[m.n_members]->person_id = story_id(&s, usual_members[m.n_members]);
        m.members[m.n_members]->seat = (Appraisal__PanelSeat) usual_seats[m.n_members];
    }
    m.document = document(&s, 31); /* of November */
    story_say(&s, COUNCIL, &m);
    assert_refused(&s, "BAD_DATE");
    story_end(&s);
}

/* ------------------------------------------------------------------ conflicts */

static void
a_member_declares_for_itself_and_what_was_declared_stays(void **unused __attribute__((unused)))
{
    struct story s;

    begin(&s);
    constitute_with(&s, MEMBER, ANOTHER_MEMBER);
    declare_of(&s, COLLEAGUE, ENTRY);
    assert_refused(&s, "NOT_A_MEMBER");
    declare_of(&s, MEMBER, ENTRY);
    assert_happened(&s, "ConflictsDeclared");
    declare_of(&s, MEMBER, ENTRY);
    declare_of(&s, MEMBER, 0);
    declare_of(&s, MEMBER, ENTRY + 1);
    const struct council *c = story_state(&s, &council_kind, COUNCIL);

    assert_int_equal(c->conflicts.count, 2);
    assert_int_equal(c->declarants.count, 1);
    story_end(&s);
}

static void
one_entry_named_twice_is_one_conflict(void **unused __attribute__((unused)))
{
    Appraisal__DeclareConflicts m = APPRAISAL__DECLARE_CONFLICTS__INIT;
    struct story s;

    begin(&s);
    constitute_with(&s, MEMBER, ANOTHER_MEMBER);
    const char *entries[] = { story_id(&s, ENTRY), story_id(&s, ENTRY) };

    m.n_entry_ids = 2;
    m.entry_ids = entries;
    story_as(&s, MEMBER);
    story_say(&s, COUNCIL, &m);
    assert_happened(&s, "ConflictsDeclared");
    assert_int_equal(
        ((const struct council *) story_state(&s, &council_kind, COUNCIL))->conflicts.count, 1);
    story_end(&s);
}

/* As many entries that nobody knows, from this one on. */
static void
declare_many(struct story *s, unsigned person, unsigned first, size_t count)
{
    Appraisal__DeclareConflicts m = APPRAISAL__DECLARE_CONFLICTS__INIT;

    m.entry_ids = arena_zero(s->arena, (count + 1) * sizeof(*m.entry_ids));
    for (; m.n_entry_ids < count; m.n_entry_ids++)
        m.entry_ids[m.n_entry_ids] = story_id(s, first + (unsigned) m.n_entry_ids);
    story_as(s, person);
    story_say(s, COUNCIL, &m);
}

static void
each_of_four_members_may_declare_a_quarter_of_five_hundred(void **unused __attribute__((unused)))
{
    struct story s;

    begin(&s);
    constitute_with(&s, MEMBER, ANOTHER_MEMBER);
    declare_many(&s, CHAIR, 1000, 126);
    assert_refused(&s, "TOO_MANY_ENTRIES");
    declare_many(&s, CHAIR, 1000, 100);
    assert_happened(&s, "ConflictsDeclared");
    declare_many(&s, CHAIR, 1050, 75); /* of which fifty are known */
    assert_happened(&s, "ConflictsDeclared");
    assert_int_equal(((const Appraisal__ConflictsDeclared *) story_event(&s, 0))->n_entry_ids, 25);
    declare_of(&s, CHAIR, ENTRY);
    assert_refused(&s, "TOO_MANY_ENTRIES");
    declare_of(&s, CHAIR, 1000); /* as it was declared */
    assert_happened(&s, "ConflictsDeclared");
    for (size_t i = 1; i < 4; i++) {
        declare_many(&s, usual_members[i], 1000, 125);
        assert_happened(&s, "ConflictsDeclared");
    }
    assert_int_equal(
        ((const struct council *) story_state(&s, &council_kind, COUNCIL))->conflicts.count, 500);
    story_end(&s);
}

/* ------------------------------------------------------------------ seats */

static void
a_council_has_one_vice_chair_at_most(void **unused __attribute__((unused)))
{
    static const int two[] = { SEAT(CHAIR), SEAT(SECRETARY), SEAT(VICE_CHAIR), SEAT(VICE_CHAIR) };
    struct story s;

    begin(&s);
    constitute_of(&s, COUNCIL, usual_members, two, 4);
    assert_refused(&s, "PANEL_SEATS");
    constitute_of(&s, COUNCIL, usual_members, seats_with_vice, 4);
    assert_happened(&s, "CouncilConstituted");
    story_end(&s);
}

static void
nobody_who_runs_the_system_sits_on_a_council(void **unused __attribute__((unused)))
{
    struct story s;

    begin(&s);
    story_bind(&s, DIRECTORY__ROLE__ROLE_OPERATOR, EDUCATION, ANOTHER_MEMBER, DIRECTORY_PROGRAMME);
    constitute_with(&s, MEMBER, ANOTHER_MEMBER);
    assert_refused(&s, "OPERATOR_ON_COUNCIL");
    assert_string_equal(((const struct violation *) list_at(&s.last.violations, 0))->field,
                        "members[3].person_id");
    constitute_of(&s, COUNCIL, usual_members, usual_seats, 3);
    assert_happened(&s, "CouncilConstituted");
    story_end(&s);
}

/* ------------------------------------------------------------------ its end */

static void
dissolve(struct story *s)
{
    Appraisal__DissolveCouncil m = APPRAISAL__DISSOLVE_COUNCIL__INIT;

    m.reason = "it has done its work";
    story_say(s, COUNCIL, &m);
}

static void
a_council_at_work_is_not_dissolved(void **unused __attribute__((unused)))
{
    struct story s;

    begin_planned(&s);
    dissolve(&s);
    assert_refused(&s, "COUNCIL_AT_WORK");
    annul(&s, ROUND);
    dissolve(&s);
    assert_happened(&s, "CouncilDissolved");
    dissolve(&s);
    assert_refused(&s, "NOT_NOW");
    declare_of(&s, MEMBER, ENTRY);
    assert_refused(&s, "NOT_NOW");
    story_end(&s);

    begin_confirmed(&s);
    dissolve(&s);
    assert_happened(&s, "CouncilDissolved");
    story_end(&s);
}

static void
only_the_organiser_dissolves_a_council(void **unused __attribute__((unused)))
{
    struct story s;

    begin_closed(&s);
    story_as(&s, CLERK);
    dissolve(&s);
    assert_refused(&s, "NOT_YOUR_CONTEST");
    story_end(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_council_is_of_a_contest_that_is_judged_here),
        cmocka_unit_test(a_council_may_be_constituted_after_registration_too),
        cmocka_unit_test(only_the_organiser_constitutes_a_council),
        cmocka_unit_test(a_local_contest_is_held_by_its_own_agency_alone),
        cmocka_unit_test(a_council_has_three_members_or_more),
        cmocka_unit_test(a_council_has_one_chair_and_one_secretary),
        cmocka_unit_test(every_member_is_known_and_sits_once),
        cmocka_unit_test(a_council_rests_on_a_document_of_a_real_day),
        cmocka_unit_test(a_member_declares_for_itself_and_what_was_declared_stays),
        cmocka_unit_test(one_entry_named_twice_is_one_conflict),
        cmocka_unit_test(each_of_four_members_may_declare_a_quarter_of_five_hundred),
        cmocka_unit_test(a_council_has_one_vice_chair_at_most),
        cmocka_unit_test(nobody_who_runs_the_system_sits_on_a_council),
        cmocka_unit_test(a_council_at_work_is_not_dissolved),
        cmocka_unit_test(only_the_organiser_dissolves_a_council),
    };

    return cmocka_run_group_tests_name("council", tests, NULL, NULL);
}

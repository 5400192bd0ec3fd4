/* tests/unit/round.c - which round is next, which entries it judges, who may not judge them, and how it
 * begins. */
#include "tests/unit/judging_story.h"

/* ------------------------------------------------------------------ planning */

static void
a_round_brings_its_own_copy_of_rules_and_members(void **unused __attribute__((unused)))
{
    struct story s;

    begin_planned(&s);
    const Appraisal__RoundPlanned *e = story_event(&s, 0);

    assert_string_equal(e->rules->code, "so-khao");
    assert_int_equal(e->instance, 1);
    assert_int_equal(e->n_members, 4);
    assert_false(e->is_last);
    assert_memory_equal(e->rules_digest.data, rules_digest_bytes, 32);
    assert_false(story_is_party(&s, 0, HOME_AFFAIRS));
    assert_int_equal(the_round(&s)->members.count, 4);
    story_end(&s);
}

static void
rounds_are_planned_when_registration_is_over(void **unused __attribute__((unused)))
{
    struct story s;

    begin(&s);
    plan(&s, ROUND, "so-khao", "");
    assert_refused(&s, "UNKNOWN_COUNCIL");
    constitute_with(&s, MEMBER, ANOTHER_MEMBER);
    for (size_t i = 0; i < 4; i++)
        declare_of(&s, usual_members[i], 0);
    plan(&s, ROUND, "so-khao", "");
    assert_refused(&s, "NOT_NOW");
    close_registration(&s);
    plan(&s, ROUND, "so-khao", "");
    assert_happened(&s, "RoundPlanned, ContestRoundNoted, CouncilRoundNoted");
    story_end(&s);
}

static void
nothing_is_planned_in_a_contest_that_is_over_or_unknown(void **unused __attribute__((unused)))
{
    struct story s;

    begin_closed(&s);
    cancel_edition(&s);
    plan(&s, ROUND, "so-khao", "");
    assert_refused(&s, "UNKNOWN_CONTEST");
    story_end(&s);

    story_begin(&s, &appraisal_service, "khanh-hoa");
    introduce(&s);
    story_as(&s, HEAD);
    plan(&s, ROUND, "so-khao", "");
    assert_refused(&s, "UNKNOWN_CONTEST");
    story_end(&s);
}

static void
only_the_organiser_holds_a_round(void **unused __attribute__((unused)))
{
    struct story s;

    begin_closed(&s);
    story_as(&s, CLERK);
    plan(&s, ROUND, "so-khao", "");
    assert_refused(&s, "NOT_YOUR_CONTEST");
    story_as(&s, HEAD);
    plan(&s, ROUND, "so-khao", "");
    story_as(&s, CLERK);
    assign_to(&s, ROUND, ENTRY, 1);
    assert_refused(&s, "NOT_YOUR_CONTEST");
    start(&s, ROUND, 20);
    assert_refused(&s, "NOT_YOUR_CONTEST");
    story_end(&s);
}

static void
the_next_round_waits_for_the_one_before(void **unused __attribute__((unused)))
{
    struct story s;

    begin_closed(&s);
    plan(&s, ROUND, "vong-la", "");
    assert_refused(&s, "UNKNOWN_ROUND");
    plan(&s, FINAL, "chung-khao", "");
    assert_refused(&s, "NOT_THE_NEXT_ROUND");
    plan(&s, ROUND, "so-khao", "");
    plan(&s, FINAL, "so-khao", "");
    assert_refused(&s, "NOT_THE_NEXT_ROUND");
    plan(&s, FINAL, "chung-khao", "");
    assert_refused(&s, "NOT_THE_NEXT_ROUND");
    story_end(&s);

    begin_confirmed(&s);
    plan(&s, FINAL, "so-khao", "");
    assert_refused(&s, "NOT_THE_NEXT_ROUND");
    plan(&s, FINAL, "chung-khao", "");
    assert_happened(&s, "RoundPlanned, ContestRoundNoted, CouncilRoundNoted");
    assert_true(((const Appraisal__RoundPlanned *) story_event(&s, 0))->is_last);
    story_end(&s);
}

static void
a_round_that_was_annulled_is_held_once_more(void **unused __attribute__((unused)))
{
    struct story s;

    begin_planned(&s);
    annul(&s, ROUND);
    plan(&s, ROUND + 10, "so-khao", "");
    assert_happened(&s, "RoundPlanned, ContestRoundNoted, CouncilRoundNoted");
    assert_int_equal(((const Appraisal__RoundPlanned *) story_event(&s, 0))->instance, 2);
    annul(&s, ROUND + 10);
    plan(&s, ROUND + 20, "so-khao", "");
    assert_int_equal(((const Appraisal__RoundPlanned *) story_event(&s, 0))->instance, 3);
    story_end(&s);
}

static void
a_cluster_is_named_exactly_where_clusters_compete(void **unused __attribute__((unused)))
{
    struct story s;

    begin_with(&s, cluster_rules, 0);
    go_on_closed(&s);
    plan(&s, ROUND, "cum", "");
    assert_refused(&s, "UNKNOWN_CLUSTER");
    plan(&s, ROUND, "cum", "3");
    assert_refused(&s, "UNKNOWN_CLUSTER");
    plan(&s, ROUND, "chung-khao", "1");
    assert_refused(&s, "UNKNOWN_CLUSTER");
    plan(&s, ROUND, "cum", "1");
    assert_happened(&s, "RoundPlanned, ContestRoundNoted, CouncilRoundNoted");
    plan(&s, ROUND + 10, "cum", "1");
    assert_refused(&s, "NOT_THE_NEXT_ROUND");
    plan(&s, ROUND + 10, "cum", "2");
    assert_happened(&s, "RoundPlanned, ContestRoundNoted, CouncilRoundNoted");
    story_end(&s);
}

/* The entries of the first cluster are judged. */
static void
confirm_first_cluster(struct story *s)
{
    plan(s, ROUND, "cum", "1");
    assign_to(s, ROUND, ENTRY, 2);
    start(s, ROUND, 20);
    lock_all(s, ENTRY, 5000);
    lock_all(s, ENTRY + 1, 4000);
    propose_as(s, SECRETARY, ROUND);
    confirm_as(s, CHAIR);
    assert_int_equal(the_round(s)->self.state, ROUND(CONFIRMED));
    story_as(s, HEAD);
}

static void
the_final_waits_for_every_cluster_that_has_an_entry(void **unused __attribute__((unused)))
{
    struct story s;

    begin_with(&s, cluster_rules, 0);
    register_entry_of(&s, ENTRY + 5, EDUCATION, AUTHOR);
    assert_happened(&s, "ContenderNoted, ContendersAwaited");
    go_on_closed(&s);
    confirm_first_cluster(&s);
    plan(&s, FINAL, "chung-khao", "");
    assert_refused(&s, "NOT_THE_NEXT_ROUND");
    story_end(&s);
}

static void
nobody_waits_for_a_cluster_without_entries(void **unused __attribute__((unused)))
{
    struct story s;

    begin_with(&s, cluster_rules, 0);
    go_on_closed(&s);
    confirm_first_cluster(&s);
    plan(&s, FINAL, "chung-khao", "");
    assert_happened(&s, "RoundPlanned, ContestRoundNoted, CouncilRoundNoted");
    story_end(&s);
}

static void
a_council_is_of_the_same_edition_and_large_enough(void **unused __attribute__((unused)))
{
    Appraisal__PlanRound m = APPRAISAL__PLAN_ROUND__INIT;
    struct story s;

    begin(&s);
    constitute_of(&s, COUNCIL, usual_members, usual_seats, 3);
    close_registration(&s);
    for (size_t i = 0; i < 3; i++)
        declare_of(&s, usual_members[i], 0);
    ((struct contest *) (uintptr_t) story_state(&s, &contest_kind, EDITION))
        ->rules->rounds[0]
        ->min_members = 3; /* who judge: the secretary does not */
    plan(&s, ROUND, "so-khao", "");
    assert_refused(&s, "COUNCIL_TOO_SMALL");
    publish_as(&s, EDITION + 9, usual_rules(&s), 0);
    m.edition_id = story_id(&s, EDITION + 9);
    m.council_id = story_id(&s, COUNCIL);
    m.round_code = "so-khao";
    story_say(&s, ROUND, &m);
    assert_refused(&s, "UNKNOWN_COUNCIL");
    m.edition_id = story_id(&s, EDITION);
    m.council_id = story_id(&s, COUNCIL + 1);
    story_say(&s, ROUND, &m);
    assert_refused(&s, "UNKNOWN_COUNCIL");
    story_end(&s);
}

static void
every_member_has_declared_before_a_round_is_planned(void **unused __attribute__((unused)))
{
    struct story s;

    begin(&s);
    constitute_with(&s, MEMBER, ANOTHER_MEMBER);
    close_registration(&s);
    declare_of(&s, CHAIR, 0);
    declare_of(&s, MEMBER, ENTRY);
    plan(&s, ROUND, "so-khao", "");
    assert_refused(&s, "CONFLICTS_UNDECLARED");
    assert_int_equal(s.last.violations.count, 2);
    assert_string_equal(((const struct violation *) list_at(&s.last.violations, 0))->field,
                        "members[1].person_id");
    assert_string_equal(((const struct violation *) list_at(&s.last.violations, 1))->field,
                        "members[3].person_id");
    story_end(&s);
}

/* ------------------------------------------------------------------ assigning */

static void
a_round_judges_entries_of_its_edition_once(void **unused __attribute__((unused)))
{
    struct story s;

    begin_planned(&s);
    assign_to(&s, ROUND, ENTRY + 50, 1);
    assert_refused(&s, "NOT_A_CONTENDER");
    assign_to(&s, ROUND, ENTRY, 2);
    assert_happened(&s, "EntriesAssigned, ContenderAssigned, ContenderAssigned,"
                        " ContendersAwaited");
    assign_to(&s, ROUND, ENTRY + 1, 2);
    assert_refused(&s, "ALREADY_IN_A_ROUND");
    assert_string_equal(((const struct violation *) list_at(&s.last.violations, 0))->field,
                        "entry_ids[0]");
    register_entry(&s, ENTRY + 2);
    story_as(&s, HEAD);
    assign_to(&s, ROUND, ENTRY + 2, 1);
    assert_happened(&s, "EntriesAssigned, ContenderAssigned, ContendersAwaited");
    assert_int_equal(the_round(&s)->entries.count, 3);
    assert_int_equal(the_contender(&s, ENTRY)->self.state, CONTENDER(IN_ROUND));
    story_end(&s);
}

static void
an_entry_named_twice_is_in_the_round_already(void **unused __attribute__((unused)))
{
    Appraisal__AssignToRound m = APPRAISAL__ASSIGN_TO_ROUND__INIT;
    struct story s;

    begin_planned(&s);
    const char *entries[] = { story_id(&s, ENTRY), story_id(&s, ENTRY) };

    m.n_entry_ids = 2;
    m.entry_ids = entries;
    story_say(&s, ROUND, &m);
    assert_refused(&s, "ALREADY_IN_A_ROUND");
    story_end(&s);
}

static void
who_went_away_is_assigned_to_nothing(void **unused __attribute__((unused)))
{
    struct story s;

    begin_planned(&s);
    withdraw_entry(&s, ENTRY);
    assign_to(&s, ROUND, ENTRY, 1);
    assert_refused(&s, "NOT_A_CONTENDER");
    story_end(&s);
}

static void
the_final_judges_those_who_advanced(void **unused __attribute__((unused)))
{
    struct story s;

    begin_confirmed(&s);
    plan(&s, FINAL, "chung-khao", "");
    assign_to(&s, FINAL, ENTRY + 1, 1); /* out */
    assert_refused(&s, "NOT_A_CONTENDER");
    assign_to(&s, FINAL, ENTRY + 2, 1); /* never judged */
    assert_refused(&s, "NOT_A_CONTENDER");
    assign_to(&s, FINAL, ENTRY, 1);
    assert_happened(&s, "EntriesAssigned, ContenderAssigned, ContendersAwaited");
    story_end(&s);
}

static void
an_entry_competes_in_its_agencys_cluster(void **unused __attribute__((unused)))
{
    struct story s;

    begin_with(&s, cluster_rules, 0);
    go_on_closed(&s);
    plan(&s, ROUND, "cum", "2");
    assign_to(&s, ROUND, ENTRY, 1);
    assert_refused(&s, "NOT_A_CONTENDER");
    plan(&s, ROUND + 10, "cum", "1");
    assign_to(&s, ROUND + 10, ENTRY, 1);
    assert_happened(&s, "EntriesAssigned, ContenderAssigned, ContendersAwaited");
    story_end(&s);
}

static void
entries_are_assigned_while_the_round_is_planned_and_the_contest_goes_on(void **unused
                                                                        __attribute__((unused)))
{
    struct story s;

    begin_scoring(&s);
    register_entry(&s, ENTRY + 2); /* was parked, and is heard late */
    story_as(&s, HEAD);
    assign_to(&s, ROUND, ENTRY + 2, 1);
    assert_refused(&s, "NOT_NOW");
    story_end(&s);

    begin_planned(&s);
    cancel_edition(&s);
    assign_to(&s, ROUND, ENTRY, 1);
    assert_refused(&s, "UNKNOWN_CONTEST");
    story_end(&s);
}

static void
a_round_holds_three_hundred_entries(void **unused __attribute__((unused)))
{
    struct story s;

    begin_planned(&s);
    for (unsigned i = 2; i < 301; i++)
        register_entry(&s, ENTRY + i);
    story_as(&s, HEAD);
    assign_to(&s, ROUND, ENTRY, 1);
    assign_to(&s, ROUND, ENTRY + 1, 300);
    assert_refused(&s, "TOO_MANY_ENTRIES");
    assign_to(&s, ROUND, ENTRY + 1, 299);
    assert_int_equal(the_round(&s)->entries.count, 300);
    story_end(&s);
}

/* ------------------------------------------------------------------ conflicts */

/* The conflict that the third member has with ENTRY; 0: none. */
static int
conflict_of_third(struct story *s, unsigned third)
{
    struct uuid person = ID(third), entry = ID(ENTRY);
    const struct conflict *c = judging_conflict(&the_round(s)->conflicts, &person, &entry);

    return c ? c->kind : 0;
}

static void
assign_with(struct story *s, unsigned third, unsigned declared)
{
    unsigned persons[] = { CHAIR, SECRETARY, third };

    begin(s);
    constitute_of(s, COUNCIL, persons, usual_seats, 3);
    for (size_t i = 0; i < 3; i++)
        declare_of(s, persons[i], i == 2 ? declared : 0);
    register_entry(s, ENTRY);
    close_registration(s);
    confirm_entrants(s);
    plan(s, ROUND, "so-khao", "");
    assign_to(s, ROUND, ENTRY, 1);
}

static void
what_keeps_a_member_from_judging_is_found(void **unused __attribute__((unused)))
{
    static const struct {
        unsigned third;
        unsigned declared;
        int kind;
    } cases[] = {
        { MEMBER, 0, 0 },
        { MEMBER, ENTRY, CONFLICT(DECLARED) },
        { MEMBER, ENTRY + 1, 0 },
        { COLLEAGUE, 0, CONFLICT(SAME_AGENCY) },
        { UNDERLING, 0, CONFLICT(SUBORDINATE_AGENCY) },
        { BOSS, 0, CONFLICT(SUBORDINATE_AGENCY) },
        { ALLY, 0, CONFLICT(COALITION) },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct story s;

        assign_with(&s, cases[i].third, cases[i].declared);
        assert_happened(&s, "EntriesAssigned, ContenderAssigned, ContendersAwaited");
        assert_int_equal(conflict_of_third(&s, cases[i].third), cases[i].kind);
        assert_int_equal(the_round(&s)->conflicts.count, cases[i].kind != 0);
        story_end(&s);
    }
}

static void
who_stands_above_a_partner_is_of_the_coalition(void **unused __attribute__((unused)))
{
    struct story s;

    begin(&s);
    agency_under(&s, 8, PARTNER);
    story_person(&s, 8, 81);
    unsigned persons[] = { CHAIR, SECRETARY, 81 };

    constitute_of(&s, COUNCIL, persons, usual_seats, 3);
    for (size_t i = 0; i < 3; i++)
        declare_of(&s, persons[i], 0);
    register_entry(&s, ENTRY);
    close_registration(&s);
    plan(&s, ROUND, "so-khao", "");
    assign_to(&s, ROUND, ENTRY, 1);
    assert_int_equal(conflict_of_third(&s, 81), CONFLICT(COALITION));
    story_end(&s);
}

static void
an_author_sits_on_no_council_that_judges_the_entry(void **unused __attribute__((unused)))
{
    struct story s;

    assign_with(&s, AUTHOR, 0);
    assert_refused(&s, "AUTHOR_ON_COUNCIL");
    assert_int_equal(the_round(&s)->entries.count, 0);
    story_end(&s);
}

static Submissions__EditionRules *
rules_where_jury_may_enter(struct story *s)
{
    Submissions__EditionRules *rules = usual_rules(s);

    rules->eligibility->jury_may_enter = true;
    return rules;
}

static void
where_the_jury_may_enter_an_author_judges_the_others(void **unused __attribute__((unused)))
{
    unsigned persons[] = { CHAIR, SECRETARY, AUTHOR, ANOTHER_MEMBER };
    struct story s;

    begin_with(&s, rules_where_jury_may_enter, 0);
    constitute_of(&s, COUNCIL, persons, usual_seats, 4);
    for (size_t i = 0; i < 4; i++)
        declare_of(&s, persons[i], 0);
    register_entry(&s, ENTRY);
    register_entry_of(&s, ENTRY + 1, ENTRANT, COLLEAGUE);
    close_registration(&s);
    confirm_entrants(&s);
    plan(&s, ROUND, "so-khao", "");
    assign_to(&s, ROUND, ENTRY, 2);
    assert_int_equal(conflict_of_third(&s, AUTHOR), CONFLICT(AUTHOR));
    assert_int_equal(the_round(&s)->conflicts.count, 1);
    start(&s, ROUND, 20);
    assert_int_equal(the_sheet(&s, ENTRY, AUTHOR)->self.state, NOTHING);
    assert_int_equal(the_sheet(&s, ENTRY + 1, AUTHOR)->self.state, SHEET(ASSIGNED));
    story_end(&s);
}

/* The jury may enter: an author sits, and wrote the first of two entries. */
static void
begin_with_author(struct story *s)
{
    unsigned persons[] = { CHAIR, SECRETARY, AUTHOR, ANOTHER_MEMBER };

    begin_with(s, rules_where_jury_may_enter, 0);
    constitute_of(s, COUNCIL, persons, usual_seats, 4);
    for (size_t i = 0; i < 4; i++)
        declare_of(s, persons[i], 0);
    register_entry(s, ENTRY);
    register_entry_of(s, ENTRY + 1, ENTRANT, COLLEAGUE);
    close_registration(s);
    confirm_entrants(s);
    plan(s, ROUND, "so-khao", "");
}

static void
no_head_and_no_organiser_sits_where_the_own_entry_is_judged(void **unused __attribute__((unused)))
{
    static const Directory__Role roles[] = { DIRECTORY__ROLE__ROLE_ENTRANT_HEAD,
                                             DIRECTORY__ROLE__ROLE_OWNER,
                                             DIRECTORY__ROLE__ROLE_ORGANISER,
                                             DIRECTORY__ROLE__ROLE_STANDING };

    for (size_t i = 0; i < 4; i++) {
        struct story s;

        begin_with_author(&s);
        story_bind(&s, roles[i], FINANCE, AUTHOR, "khanh-hoa");
        assign_to(&s, ROUND, ENTRY, 2);
        assert_refused(&s, "AUTHOR_ON_COUNCIL");
        assign_to(&s, ROUND, ENTRY + 1, 1);
        assert_happened(&s, "EntriesAssigned, ContenderAssigned, ContendersAwaited");
        story_end(&s);
    }
}

static void
who_becomes_a_head_after_assignment_keeps_the_round_from_beginning(void **unused
                                                                   __attribute__((unused)))
{
    struct story s;

    begin_with_author(&s);
    story_bind(&s, DIRECTORY__ROLE__ROLE_ENTRANT_HEAD, FINANCE, AUTHOR, "another");
    story_bind(&s, DIRECTORY__ROLE__ROLE_CLERK, FINANCE, AUTHOR, "khanh-hoa");
    assign_to(&s, ROUND, ENTRY, 2);
    assert_happened(&s, "EntriesAssigned, ContenderAssigned, ContenderAssigned, ContendersAwaited");
    story_bind(&s, DIRECTORY__ROLE__ROLE_ENTRANT_HEAD, FINANCE, AUTHOR, "khanh-hoa");
    start(&s, ROUND, 20);
    assert_refused(&s, "AUTHOR_ON_COUNCIL");
    story_end(&s);
}

/* ------------------------------------------------------------------ starting */

static void
chair_and_members_get_a_sheet_for_every_entry(void **unused __attribute__((unused)))
{
    struct story s;

    begin_scoring(&s);
    const Appraisal__RoundStarted *e = story_event(&s, 0);

    assert_int_equal(e->n_entry_ids, 2);
    assert_int_equal(e->n_sheets, 6);
    assert_int_equal(the_round(&s)->due_at_us, DUE_US);
    for (unsigned entry = ENTRY; entry < ENTRY + 2; entry++) {
        assert_int_equal(the_sheet(&s, entry, CHAIR)->self.state, SHEET(ASSIGNED));
        assert_int_equal(the_sheet(&s, entry, MEMBER)->self.state, SHEET(ASSIGNED));
        assert_int_equal(the_sheet(&s, entry, SECRETARY)->self.state, NOTHING);
    }
    assert_string_equal(the_sheet(&s, ENTRY, MEMBER)->entry_code, "KH-100");
    story_end(&s);
}

static void
nobody_is_told_what_happens_to_a_sheet(void **unused __attribute__((unused)))
{
    struct story s;

    begin_scoring(&s);
    const struct happened *h = list_at(&s.last.happened, 1);

    assert_int_equal(h->party_count, 1);
    assert_true(uuid_is_nil(&h->parties[0]));
    story_end(&s);
}

static void
a_round_begins_with_entries_and_a_day_to_come(void **unused __attribute__((unused)))
{
    struct story s;

    begin_planned(&s);
    withdraw_entry(&s, ENTRY + 1);
    withdraw_entry(&s, ENTRY);
    story_as(&s, HEAD);
    start(&s, ROUND, 20);
    assert_refused(&s, "NO_ENTRIES");
    story_end(&s);

    begin_assigned(&s);
    withdraw_entry(&s, ENTRY + 1);
    story_as(&s, HEAD);
    start(&s, ROUND, 31);
    assert_refused(&s, "BAD_DATE");
    start(&s, ROUND, 1); /* it is the first, 07:00 */
    assert_refused(&s, "DUE_IN_PAST");
    withdraw_entry(&s, ENTRY);
    start(&s, ROUND, 20);
    assert_refused(&s, "NO_ENTRIES");
    story_end(&s);

    begin_scoring(&s);
    story_as(&s, HEAD);
    start(&s, ROUND, 20);
    assert_refused(&s, "NOT_NOW");
    story_end(&s);

    begin_assigned(&s);
    cancel_edition(&s);
    start(&s, ROUND, 20);
    assert_refused(&s, "UNKNOWN_CONTEST");
    story_end(&s);
}

static void
an_entry_needs_judges_without_conflict(void **unused __attribute__((unused)))
{
    struct story s;

    assign_with(&s, COLLEAGUE, 0); /* leaves the chair alone */
    start(&s, ROUND, 20);
    assert_refused(&s, "TOO_FEW_JUDGES");
    const struct violation *v = list_at(&s.last.violations, 0);

    assert_string_equal(v->field, "entries[0]");
    assert_string_equal(v->description, "KH-100 has 1 of 2 judges without conflict");
    story_end(&s);
}

static void
what_is_declared_before_the_start_still_counts(void **unused __attribute__((unused)))
{
    struct story s;

    begin_assigned(&s);
    declare_of(&s, MEMBER, ENTRY);
    declare_of(&s, SECRETARY, ENTRY + 2); /* is not in the round */
    start(&s, ROUND, 20);
    assert_happened(&s, "ConflictsNoted, RoundStarted, SheetAssigned, SheetAssigned,"
                        " SheetAssigned, SheetAssigned, SheetAssigned");
    assert_int_equal(the_sheet(&s, ENTRY, MEMBER)->self.state, NOTHING);
    assert_int_equal(the_sheet(&s, ENTRY + 1, MEMBER)->self.state, SHEET(ASSIGNED));
    assert_int_equal(the_round(&s)->conflicts.count, 1);
    story_end(&s);

    begin_assigned(&s);
    declare_of(&s, MEMBER, ENTRY);
    declare_of(&s, CHAIR, ENTRY);
    start(&s, ROUND, 20);
    assert_refused(&s, "TOO_FEW_JUDGES");
    story_end(&s);
}

static void
who_moved_to_the_entrant_before_the_start_gets_no_sheet(void **unused __attribute__((unused)))
{
    struct story s;

    begin_assigned(&s);
    move_person(&s, MEMBER, ENTRANT);
    story_as(&s, HEAD);
    start(&s, ROUND, 20);
    assert_happened(&s, "ConflictsNoted, RoundStarted, SheetAssigned, SheetAssigned,"
                        " SheetAssigned, SheetAssigned");
    assert_int_equal(the_sheet(&s, ENTRY, MEMBER)->self.state, NOTHING);
    assert_int_equal(the_round(&s)->conflicts.count, 2);
    assert_int_equal(conflict_of_third(&s, MEMBER), CONFLICT(SAME_AGENCY));
    story_end(&s);
}

static void
who_came_to_run_the_system_gets_no_sheet(void **unused __attribute__((unused)))
{
    struct story s;

    begin_assigned(&s);
    story_bind(&s, DIRECTORY__ROLE__ROLE_OPERATOR, FINANCE, MEMBER, DIRECTORY_PROGRAMME);
    start(&s, ROUND, 20);
    assert_happened(&s, "RoundStarted, SheetAssigned, SheetAssigned, SheetAssigned, SheetAssigned");
    assert_int_equal(the_sheet(&s, ENTRY, MEMBER)->self.state, NOTHING);
    story_end(&s);
}

static void
a_round_tells_who_judges_in_it_and_whether_it_is_blind(void **unused __attribute__((unused)))
{
    struct story s;

    begin_scoring(&s);
    const Appraisal__RoundStarted *e = story_event(&s, 0);

    assert_true(e->is_blind);
    assert_int_equal(e->n_judge_ids, 3);
    assert_string_equal(e->judge_ids[0], story_id(&s, CHAIR));
    assert_string_equal(e->judge_ids[2], story_id(&s, ANOTHER_MEMBER));
    story_end(&s);
}

/* Nothing is dealt for an entry that went away between assignment and start. */
static void
who_went_away_gets_no_sheets(void **unused __attribute__((unused)))
{
    struct story s;

    begin_assigned(&s);
    withdraw_entry(&s, ENTRY + 1);
    story_as(&s, HEAD);
    start(&s, ROUND, 20);
    assert_happened(&s, "RoundStarted, SheetAssigned, SheetAssigned, SheetAssigned");
    assert_int_equal(((const Appraisal__RoundStarted *) story_event(&s, 0))->n_entry_ids, 1);
    story_end(&s);
}

/* 300 entries, and 25 members of whom 23 belong to the entrant: as many sheets or conflicts as there can be, in events that
 * all stay small. */
static void
begin_largest(struct story *s, unsigned agency)
{
    unsigned persons[25] = { CHAIR, SECRETARY };
    int seats[25] = { SEAT(CHAIR), SEAT(SECRETARY) };

    begin(s);
    for (unsigned i = 2; i < 25; i++) {
        story_person(s, i == 2 ? EDUCATION : agency, 10000 + i);
        persons[i] = 10000 + i;
        seats[i] = SEAT(MEMBER);
    }
    constitute_of(s, COUNCIL, persons, seats, 25);
    for (size_t i = 0; i < 25; i++)
        declare_of(s, persons[i], 0);
    for (unsigned i = 0; i < 300; i++)
        register_entry(s, ENTRY + i);
    close_registration(s);
    confirm_entrants(s);
    plan(s, ROUND, "so-khao", "");
    assign_to(s, ROUND, ENTRY, 300);
}

static void
assert_events_are_small(struct story *s)
{
    LIST_EACH (const struct happened, h, &s->last.happened)
        assert_true(proto_pack(s->arena, h->event).size < 40 * 1024);
}

static void
the_largest_round_begins(void **unused __attribute__((unused)))
{
    struct story s;

    begin_largest(&s, FINANCE);
    start(&s, ROUND, 20);
    assert_int_equal(s.last.happened.count, 1 + 300 * 24);
    assert_int_equal(((const Appraisal__RoundStarted *) story_event(&s, 0))->n_sheets, 0);
    assert_events_are_small(&s);
    assert_int_equal(the_sheet(&s, ENTRY + 299, 10024)->self.state, SHEET(ASSIGNED));
    story_end(&s);
}

static void
as_many_conflicts_as_there_can_be_fill_several_events(void **unused __attribute__((unused)))
{
    struct story s;

    begin_largest(&s, ENTRANT);
    assert_int_equal(the_round(&s)->conflicts.count, 300 * 22);
    assert_true(s.last.happened.count > 301);
    assert_events_are_small(&s);
    assert_int_equal(the_round(&s)->entries.count, 300);
    start(&s, ROUND, 20);
    assert_int_equal(s.last.happened.count, 1 + 300 * 2);
    story_end(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_round_brings_its_own_copy_of_rules_and_members),
        cmocka_unit_test(rounds_are_planned_when_registration_is_over),
        cmocka_unit_test(nothing_is_planned_in_a_contest_that_is_over_or_unknown),
        cmocka_unit_test(only_the_organiser_holds_a_round),
        cmocka_unit_test(the_next_round_waits_for_the_one_before),
        cmocka_unit_test(a_round_that_was_annulled_is_held_once_more),
        cmocka_unit_test(a_cluster_is_named_exactly_where_clusters_compete),
        cmocka_unit_test(the_final_waits_for_every_cluster_that_has_an_entry),
        cmocka_unit_test(nobody_waits_for_a_cluster_without_entries),
        cmocka_unit_test(a_council_is_of_the_same_edition_and_large_enough),
        cmocka_unit_test(every_member_has_declared_before_a_round_is_planned),
        cmocka_unit_test(a_round_judges_entries_of_its_edition_once),
        cmocka_unit_test(an_entry_named_twice_is_in_the_round_already),
        cmocka_unit_test(who_went_away_is_assigned_to_nothing),
        cmocka_unit_test(the_final_judges_those_who_advanced),
        cmocka_unit_test(an_entry_competes_in_its_agencys_cluster),
        cmocka_unit_test(entries_are_assigned_while_the_round_is_planned_and_the_contest_goes_on),
        cmocka_unit_test(a_round_holds_three_hundred_entries),
        cmocka_unit_test(what_keeps_a_member_from_judging_is_found),
        cmocka_unit_test(who_stands_above_a_partner_is_of_the_coalition),
        cmocka_unit_test(an_author_sits_on_no_council_that_judges_the_entry),
        cmocka_unit_test(where_the_jury_may_enter_an_author_judges_the_others),
        cmocka_unit_test(chair_and_members_get_a_sheet_for_every_entry),
        cmocka_unit_test(nobody_is_told_what_happens_to_a_sheet),
        cmocka_unit_test(a_round_begins_with_entries_and_a_day_to_come),
        cmocka_unit_test(an_entry_needs_judges_without_conflict),
        cmocka_unit_test(what_is_declared_before_the_start_still_counts),
        cmocka_unit_test(no_head_and_no_organiser_sits_where_the_own_entry_is_judged),
        cmocka_unit_test(who_becomes_a_head_after_assignment_keeps_the_round_from_beginning),
        cmocka_unit_test(who_moved_to_the_entrant_before_the_start_gets_no_sheet),
        cmocka_unit_test(who_came_to_run_the_system_gets_no_sheet),
        cmocka_unit_test(a_round_tells_who_judges_in_it_and_whether_it_is_blind),
        cmocka_unit_test(who_went_away_gets_no_sheets),
        cmocka_unit_test(the_largest_round_begins),
        cmocka_unit_test(as_many_conflicts_as_there_can_be_fill_several_events),
    };

    return cmocka_run_group_tests_name("round", tests, NULL, NULL);
}

/* tests/unit/impartial.c - what a conflict keeps chair, secretary and judges from, and what each of them is shown. */
#include "tests/unit/judging_story.h"

static const unsigned both[] = { ENTRY + 1, ENTRY };

/* ------------------------------------------------------------------ ties */

static void
a_chair_with_a_conflict_leaves_a_tie_to_the_vice_chair(void **unused __attribute__((unused)))
{
    struct story s;

    begin_tied_in(&s, seats_with_vice);
    decide_tie_as(&s, MEMBER, both, 2,
                  8); /* the vice-chair, while nothing keeps the chair from it */
    assert_refused(&s, "NOT_THE_CHAIR");
    declare_of(&s, CHAIR, ENTRY);
    decide_tie_as(&s, CHAIR, both, 2, 8);
    assert_refused(&s, "IN_CONFLICT");
    decide_tie_as(&s, SECRETARY, both, 2, 8);
    assert_refused(&s, "NOT_THE_CHAIR");
    decide_tie_as(&s, MEMBER, both, 2, 8);
    assert_happened(&s, "TieDecided");
    story_end(&s);
}

static void
a_conflict_with_another_entry_leaves_the_tie_to_the_chair(void **unused __attribute__((unused)))
{
    struct story s;

    begin_tied(&s);
    declare_of(&s, CHAIR, ENTRY + 2);
    decide_tie_as(&s, CHAIR, both, 2, 8);
    assert_happened(&s, "TieDecided");
    story_end(&s);
}

static void
without_a_vice_chair_nobody_decides_for_a_chair_in_conflict(void **unused __attribute__((unused)))
{
    static const unsigned others[] = { SECRETARY, MEMBER, ANOTHER_MEMBER, HEAD };
    struct story s;

    begin_tied(&s);
    declare_of(&s, CHAIR, ENTRY + 1);
    decide_tie_as(&s, CHAIR, both, 2, 8);
    assert_refused(&s, "IN_CONFLICT");
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        decide_tie_as(&s, others[i], both, 2, 8);
        assert_refused(&s, "NOT_THE_CHAIR");
    }
    story_end(&s);

    begin_tied_in(&s, seats_with_vice);
    declare_of(&s, CHAIR, ENTRY);
    declare_of(&s, MEMBER, ENTRY + 1);
    decide_tie_as(&s, MEMBER, both, 2, 8);
    assert_refused(&s, "IN_CONFLICT");
    story_end(&s);
}

static void
a_chair_who_moved_to_the_entrant_decides_no_tie(void **unused __attribute__((unused)))
{
    struct story s;

    begin_tied_in(&s, seats_with_vice);
    move_person(&s, CHAIR, BUREAU); /* under it */
    decide_tie_as(&s, CHAIR, both, 2, 8);
    assert_refused(&s, "IN_CONFLICT");
    decide_tie_as(&s, MEMBER, both, 2, 8);
    assert_happened(&s, "TieDecided");
    story_end(&s);
}

/* ------------------------------------------------------------------ reopening, excusing */

static void
a_sheet_is_reopened_by_the_first_whom_nothing_keeps_from_it(void **unused __attribute__((unused)))
{
    struct story s;

    begin_scoring_in(&s, seats_with_vice);
    lock_all(&s, ENTRY, 5000);
    lock_all(&s, ENTRY + 1, 4000);
    story_as(&s, MEMBER); /* the vice-chair */
    reopen(&s, ENTRY, ANOTHER_MEMBER);
    assert_refused(&s, "NOT_THE_CHAIR");
    declare_of(&s, CHAIR, ENTRY);
    story_as(&s, CHAIR);
    reopen(&s, ENTRY, ANOTHER_MEMBER);
    assert_refused(&s, "IN_CONFLICT");
    story_as(&s, SECRETARY);
    reopen(&s, ENTRY, ANOTHER_MEMBER);
    assert_refused(&s, "NOT_THE_CHAIR");
    story_as(&s, MEMBER);
    reopen(&s, ENTRY, MEMBER); /* the own one, which falls to the secretary */
    assert_refused(&s, "SAME_PERSON");
    reopen(&s, ENTRY, ANOTHER_MEMBER);
    assert_happened(&s, "SheetReopened");
    story_as(&s, SECRETARY);
    reopen(&s, ENTRY, MEMBER);
    assert_happened(&s, "SheetReopened");
    story_as(&s, CHAIR); /* of an entry with which there is none */
    reopen(&s, ENTRY + 1, MEMBER);
    assert_happened(&s, "SheetReopened");
    story_end(&s);
}

static void
the_chairs_own_sheet_falls_to_the_vice_chair_first(void **unused __attribute__((unused)))
{
    struct story s;

    begin_scoring_in(&s, seats_with_vice);
    lock_all(&s, ENTRY, 5000);
    story_as(&s, SECRETARY);
    reopen(&s, ENTRY, CHAIR);
    assert_refused(&s, "NOT_THE_CHAIR");
    story_as(&s, CHAIR);
    reopen(&s, ENTRY, CHAIR);
    assert_refused(&s, "SAME_PERSON");
    declare_of(&s, MEMBER, ENTRY);
    story_as(&s, MEMBER);
    reopen(&s, ENTRY, CHAIR);
    assert_refused(&s, "IN_CONFLICT");
    declare_of(&s, SECRETARY, ENTRY);
    story_as(&s, SECRETARY);
    reopen(&s, ENTRY, CHAIR); /* and then there is nobody left */
    assert_refused(&s, "IN_CONFLICT");
    story_end(&s);
}

static void
a_secretary_in_conflict_excuses_nobody(void **unused __attribute__((unused)))
{
    struct story s;

    begin_scoring_in(&s, seats_with_vice);
    story_as(&s, MEMBER); /* the vice-chair, while nothing keeps the secretary from it */
    excuse(&s, ENTRY, ANOTHER_MEMBER);
    assert_refused(&s, "NOT_YOUR_SHEET");
    declare_of(&s, SECRETARY, ENTRY);
    story_as(&s, SECRETARY);
    excuse(&s, ENTRY, ANOTHER_MEMBER);
    assert_refused(&s, "IN_CONFLICT");
    story_as(&s, CHAIR);
    excuse(&s, ENTRY, ANOTHER_MEMBER);
    assert_refused(&s, "NOT_YOUR_SHEET");
    story_as(&s, MEMBER);
    excuse(&s, ENTRY, ANOTHER_MEMBER);
    assert_happened(&s, "SheetExcused");
    excuse(&s, ENTRY, MEMBER); /* nothing keeps anybody from the own one */
    assert_happened(&s, "SheetExcused");
    story_end(&s);

    begin_scoring(&s); /* without vice-chair */
    declare_of(&s, SECRETARY, ENTRY);
    story_as(&s, CHAIR);
    excuse(&s, ENTRY, MEMBER);
    assert_happened(&s, "SheetExcused");
    story_end(&s);
}

/* ------------------------------------------------------------------ conflicts that arise later */

static void
a_judge_who_moved_to_the_entrant_gives_no_points(void **unused __attribute__((unused)))
{
    struct story s;

    begin_scoring(&s);
    move_person(&s, MEMBER, ENTRANT);
    story_as(&s, MEMBER);
    save_scores(&s, ENTRY, MEMBER, scores(&s, 500, 25));
    assert_refused(&s, "IN_CONFLICT");
    lock_scores(&s, ENTRY, MEMBER, scores(&s, 500, 25));
    assert_refused(&s, "IN_CONFLICT");
    assert_int_equal(s.last.violations.count, 0);
    excuse(&s, ENTRY, MEMBER);
    assert_happened(&s, "SheetExcused");
    story_end(&s);
}

static void
a_judge_who_declared_a_conflict_gives_no_points(void **unused __attribute__((unused)))
{
    struct story s;

    begin_scoring(&s);
    declare_of(&s, MEMBER, ENTRY);
    story_as(&s, MEMBER);
    lock_scores(&s, ENTRY, MEMBER, scores(&s, 500, 25));
    assert_refused(&s, "IN_CONFLICT");
    lock(&s, ENTRY + 1, MEMBER, 500);
    story_end(&s);
}

static void
who_came_to_run_the_system_gives_no_points(void **unused __attribute__((unused)))
{
    struct story s;

    begin_scoring(&s);
    story_bind(&s, DIRECTORY__ROLE__ROLE_OPERATOR, FINANCE, MEMBER, DIRECTORY_PROGRAMME);
    story_as(&s, MEMBER);
    lock_scores(&s, ENTRY, MEMBER, scores(&s, 500, 25));
    assert_refused(&s, "OPERATOR_ON_COUNCIL");
    story_end(&s);
}

static void
a_sheet_does_not_count_whose_judge_moved_to_the_entrant(void **unused __attribute__((unused)))
{
    struct story s;

    begin_proposed(&s);
    move_person(&s, MEMBER, PROVINCE); /* above the entrant */
    confirm_as(&s, CHAIR);
    assert_refused(&s, "CONFLICT_DECLARED");
    propose_as(&s, SECRETARY, ROUND);
    assert_refused(&s, "CONFLICT_DECLARED");
    assert_int_equal(s.last.violations.count, 2);
    for (unsigned i = 0; i < 2; i++) {
        story_as(&s, CHAIR);
        reopen(&s, ENTRY + i, MEMBER);
        story_as(&s, SECRETARY);
        excuse(&s, ENTRY + i, MEMBER);
        assert_happened(&s, "SheetExcused");
    }
    propose_as(&s, SECRETARY, ROUND);
    confirm_as(&s, CHAIR);
    assert_int_equal(the_round(&s)->self.state, ROUND(CONFIRMED));
    story_end(&s);
}

static void
a_ranking_that_is_set_back_tells_by_which_sheet_and_why(void **unused __attribute__((unused)))
{
    struct story s;
    struct uuid sheet = sheet_of(ROUND, ENTRY, MEMBER);

    begin_proposed(&s);
    story_as(&s, CHAIR);
    reopen(&s, ENTRY, MEMBER);
    const Appraisal__RankingVoided *e = story_event(&s, 1);

    assert_string_equal(e->sheet_id, uuid_text(s.arena, &sheet));
    assert_string_equal(e->reason, "a slip of the pen");
    story_end(&s);
}

/* ------------------------------------------------------------------ who is shown what */

static bool
sees_sheet(struct story *s, unsigned person)
{
    struct keys keys = { .arena = s->arena };
    const struct score_sheet *sheet = the_sheet(s, ENTRY, MEMBER);
    struct given given = asked_with(s, person, sheet, judging_need_round_of_sheet, &keys);

    return judging_may_see_sheet(&given) && !judging_hides_sheet(&given);
}

static void
an_auditor_reads_sheets_when_the_round_is_over(void **unused __attribute__((unused)))
{
    struct story s;

    begin_proposed(&s);
    assert_true(sees_sheet(&s, MEMBER));
    assert_false(sees_sheet(&s, AUDITOR));
    assert_false(sees_sheet(&s, OWNER));
    story_end(&s);

    begin_confirmed(&s);
    assert_true(sees_sheet(&s, AUDITOR));
    assert_false(sees_sheet(&s, OWNER));
    story_bind(&s, DIRECTORY__ROLE__ROLE_AUDITOR, EDUCATION, ANOTHER_MEMBER, "khanh-hoa");
    assert_false(sees_sheet(&s, ANOTHER_MEMBER)); /* who judged beside */
    story_end(&s);

    begin_scoring(&s);
    annul(&s, ROUND);
    assert_true(sees_sheet(&s, AUDITOR));
    story_end(&s);
}

static size_t
conflicts_seen(struct story *s, unsigned person)
{
    struct council shown = *(const struct council *) story_state(s, &council_kind, COUNCIL);
    struct keys keys = { .arena = s->arena };
    struct given given = asked_with(s, person, &shown, NULL, &keys);

    shown.conflicts.items =
        memcpy(arena_zero(s->arena, (shown.conflicts.count + 1) * sizeof(struct conflict)),
               shown.conflicts.items, shown.conflicts.count * sizeof(struct conflict));
    assert_true(judging_may_see_council(&given));
    judging_show_council(&given, &shown);
    LIST_EACH (const struct conflict, c, &shown.conflicts) {
        struct uuid entry = ID(ENTRY + 1);

        assert_true(shown.conflicts.count > 1 || uuid_equal(&c->entry_id, &entry));
    }
    return shown.conflicts.count;
}

static void
a_member_is_shown_the_own_conflicts_alone(void **unused __attribute__((unused)))
{
    struct story s;

    begin_scoring(&s);
    declare_of(&s, CHAIR, ENTRY);
    declare_of(&s, MEMBER, ENTRY + 1);
    assert_int_equal(conflicts_seen(&s, MEMBER), 1);
    assert_int_equal(conflicts_seen(&s, ANOTHER_MEMBER), 0);
    assert_int_equal(conflicts_seen(&s, HEAD), 2);
    assert_int_equal(conflicts_seen(&s, AUDITOR), 0);
    story_bind(&s, DIRECTORY__ROLE__ROLE_TREASURY, EDUCATION, ANOTHER_MEMBER, "khanh-hoa");
    assert_int_equal(conflicts_seen(&s, ANOTHER_MEMBER), 0);
    annul(&s, ROUND);
    assert_int_equal(conflicts_seen(&s, AUDITOR), 2);
    assert_int_equal(conflicts_seen(&s, ANOTHER_MEMBER), 0);
    story_end(&s);
}

static const Appraisal__JudgedEntry *
judged_entry(struct story *s, unsigned person)
{
    Appraisal__GetJudgedEntryResponse *answer =
        proto_new(s->arena, &appraisal__get_judged_entry_response__descriptor);
    struct keys keys = { .arena = s->arena };
    const struct score_sheet *sheet = the_sheet(s, ENTRY, MEMBER);
    struct given given = asked_with(s, person, sheet, judging_need_judged_entry, &keys);

    if (!judging_may_see_entry(&given))
        return NULL;
    judging_show_entry(&given, NULL, s->arena, answer);
    return answer->judged_entry;
}

static void
a_judge_is_shown_what_there_is_to_judge(void **unused __attribute__((unused)))
{
    static const unsigned others[] = { CHAIR, SECRETARY, ANOTHER_MEMBER, HEAD, AUDITOR, COLLEAGUE };
    const Appraisal__JudgedEntry *shown;
    struct story s;

    begin_scoring(&s);
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        assert_null(judged_entry(&s, others[i]));
    shown = judged_entry(&s, MEMBER);
    assert_string_equal(shown->entry_code, "KH-100");
    assert_string_equal(shown->title, "Một cửa điện tử");
    assert_string_equal(shown->summary, "Trả kết quả trong ngày");
    assert_int_equal(shown->n_evidence, 1);
    assert_string_equal(shown->evidence[0]->uri, "https://khanhhoa.example/phim");
    assert_int_equal(shown->evidence[0]->sha256.len, 32);
    assert_int_equal(shown->evidence[0]->sha256.data[0], 7);
    story_as(&s, MEMBER);
    excuse(&s, ENTRY, MEMBER);
    assert_null(judged_entry(&s, MEMBER));
    story_end(&s);
}

static void
a_blind_round_never_shows_whose_an_entry_is(void **unused __attribute__((unused)))
{
    const Appraisal__JudgedEntry *shown;
    struct story s;

    begin_proposed(&s);
    shown = judged_entry(&s, MEMBER);
    assert_string_equal(shown->entrant_agency_id, "");
    assert_string_equal(shown->team, "");
    assert_int_equal(shown->n_co_entrants, 0);
    confirm_as(&s, CHAIR);
    shown = judged_entry(&s, MEMBER);
    assert_string_equal(shown->entry_code, "KH-100");
    assert_string_equal(shown->entrant_agency_id, "");
    annul(&s, ROUND); /* and it is held again */
    shown = judged_entry(&s, MEMBER);
    assert_string_equal(shown->entrant_agency_id, "");
    assert_string_equal(shown->team, "");
    assert_int_equal(shown->n_co_entrants, 0);
    story_end(&s);
}

static Submissions__EditionRules *
rules_of_sight(struct story *s)
{
    Submissions__EditionRules *rules = usual_rules(s);

    rules->rounds[0]->is_blind = false;
    return rules;
}

static void
a_round_that_is_not_blind_shows_whose_an_entry_is(void **unused __attribute__((unused)))
{
    const Appraisal__JudgedEntry *shown;
    struct story s;

    begin_with(&s, rules_of_sight, 0);
    go_on_closed(&s);
    plan(&s, ROUND, "so-khao", "");
    assign_to(&s, ROUND, ENTRY, 2);
    start(&s, ROUND, 20);
    assert_false(((const Appraisal__RoundStarted *) story_event(&s, 0))->is_blind);
    shown = judged_entry(&s, MEMBER);
    assert_string_equal(shown->entrant_agency_id, story_id(&s, ENTRANT));
    assert_string_equal(shown->team, "Đội 1");
    assert_int_equal(shown->n_co_entrants, 1);
    assert_string_equal(shown->co_entrants[0]->agency_id, story_id(&s, PARTNER));
    story_end(&s);
}

static void
a_vice_chair_may_look_at_what_may_have_to_be_decided(void **unused __attribute__((unused)))
{
    struct story s;

    begin_tied_in(&s, seats_with_vice);
    assert_true(may(&s, judging_may_recompute, MEMBER, the_round(&s)));
    assert_false(may(&s, judging_may_recompute, ANOTHER_MEMBER, the_round(&s)));
    story_end(&s);
}

static void
who_has_seen_the_ranking_gives_no_points_anew(void **unused __attribute__((unused)))
{
    struct story s;

    begin_tied_in(&s, seats_with_vice); /* MEMBER is the vice-chair */
    story_as(&s, MEMBER);
    reopen(&s, ENTRY, CHAIR);
    assert_refused(&s, "RANKING_SEEN");
    story_as(&s, CHAIR);
    reopen(&s, ENTRY, MEMBER);
    assert_refused(&s, "RANKING_SEEN");
    reopen(&s, ENTRY, ANOTHER_MEMBER); /* who was shown nothing */
    assert_happened(&s, "SheetReopened, RankingVoided");
    story_as(&s, MEMBER);
    reopen(&s, ENTRY, CHAIR); /* the ranking is void, and known */
    assert_refused(&s, "RANKING_SEEN");
    story_end(&s);
}

/* Otherwise nobody could end the round but by annulling it. */
static void
a_chairs_sheet_that_should_not_be_is_taken_out_after_the_ranking(void **unused
                                                                 __attribute__((unused)))
{
    struct story s;

    begin_tied_in(&s, seats_with_vice);
    move_person(&s, CHAIR, BUREAU); /* under the entrant */
    story_as(&s, MEMBER);
    reopen(&s, ENTRY, CHAIR);
    assert_happened(&s, "SheetReopened, RankingVoided");
    story_as(&s, CHAIR);
    lock_scores(&s, ENTRY, CHAIR, scores(&s, 9000, 1000));
    assert_refused(&s, "IN_CONFLICT");
    story_as(&s, SECRETARY);
    excuse(&s, ENTRY, CHAIR);
    assert_happened(&s, "SheetExcused");
    story_end(&s);
}

/* Whoever knows the ranking could take out the own sheet by a word, and so change it. */
static void
a_chair_takes_no_own_sheet_out_by_declaring_a_conflict_after_the_ranking(void **unused
                                                                         __attribute__((unused)))
{
    struct story s;

    begin_tied_in(&s, seats_with_vice);
    declare_of(&s, CHAIR, ENTRY);
    story_as(&s, MEMBER);
    reopen(&s, ENTRY, CHAIR);
    assert_refused(&s, "RANKING_SEEN");
    propose_as(&s, SECRETARY, ROUND);
    assert_refused(&s, "CONFLICT_DECLARED"); /* so it can only be annulled */
    annul(&s, ROUND);
    assert_int_equal(the_round(&s)->self.state, ROUND(ANNULLED));
    story_end(&s);
}

/* They may be equal again, by other points: what was decided was decided of the former ones. */
static void
what_was_decided_between_equals_is_void_when_a_sheet_is_reopened(void **unused
                                                                 __attribute__((unused)))
{
    static const unsigned order[] = { ENTRY + 1, ENTRY };
    struct story s;

    begin_tied_in(&s, seats_with_vice);
    decide_tie_as(&s, CHAIR, order, 2, 9);
    assert_happened(&s, "TieDecided");
    for (unsigned i = 0; i < 2; i++) {
        story_as(&s, CHAIR);
        reopen(&s, ENTRY + i, ANOTHER_MEMBER);
        assert_happened(&s, i == 0 ? "SheetReopened, RankingVoided" : "SheetReopened");
        lock(&s, ENTRY + i, ANOTHER_MEMBER, 1000);
    }
    propose_as(&s, SECRETARY, ROUND);
    assert_happened(&s, "RankingProposed");
    confirm_as(&s, CHAIR);
    assert_refused(&s, "TIE_UNDECIDED");
    decide_tie_as(&s, CHAIR, order, 2, 9);
    assert_happened(&s, "TieDecided");
    propose_as(&s, SECRETARY, ROUND);
    confirm_as(&s, CHAIR);
    assert_int_equal(the_round(&s)->self.state, ROUND(CONFIRMED));
    story_end(&s);
}

static void
nobody_takes_another_judges_sheet_out_at_will_after_the_ranking(void **unused
                                                                __attribute__((unused)))
{
    struct story s;

    begin_tied_in(&s, seats_with_vice);
    story_as(&s, CHAIR);
    reopen(&s, ENTRY, ANOTHER_MEMBER);
    assert_happened(&s, "SheetReopened, RankingVoided");
    story_as(&s, SECRETARY);
    excuse(&s, ENTRY, ANOTHER_MEMBER);
    assert_refused(&s, "RANKING_SEEN");
    story_as(&s, ANOTHER_MEMBER);
    excuse(&s, ENTRY, ANOTHER_MEMBER);
    assert_happened(&s, "SheetExcused");
    story_end(&s);
}

static void
points_are_given_anew_before_a_ranking_was_proposed(void **unused __attribute__((unused)))
{
    struct story s;

    begin_scoring_in(&s, seats_with_vice);
    lock_all(&s, ENTRY, 5000);
    story_as(&s, MEMBER);
    reopen(&s, ENTRY, CHAIR);
    assert_happened(&s, "SheetReopened");
    story_end(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chair_with_a_conflict_leaves_a_tie_to_the_vice_chair),
        cmocka_unit_test(a_conflict_with_another_entry_leaves_the_tie_to_the_chair),
        cmocka_unit_test(without_a_vice_chair_nobody_decides_for_a_chair_in_conflict),
        cmocka_unit_test(a_chair_who_moved_to_the_entrant_decides_no_tie),
        cmocka_unit_test(a_sheet_is_reopened_by_the_first_whom_nothing_keeps_from_it),
        cmocka_unit_test(the_chairs_own_sheet_falls_to_the_vice_chair_first),
        cmocka_unit_test(a_secretary_in_conflict_excuses_nobody),
        cmocka_unit_test(a_judge_who_moved_to_the_entrant_gives_no_points),
        cmocka_unit_test(a_judge_who_declared_a_conflict_gives_no_points),
        cmocka_unit_test(who_came_to_run_the_system_gives_no_points),
        cmocka_unit_test(a_sheet_does_not_count_whose_judge_moved_to_the_entrant),
        cmocka_unit_test(a_ranking_that_is_set_back_tells_by_which_sheet_and_why),
        cmocka_unit_test(an_auditor_reads_sheets_when_the_round_is_over),
        cmocka_unit_test(a_member_is_shown_the_own_conflicts_alone),
        cmocka_unit_test(a_judge_is_shown_what_there_is_to_judge),
        cmocka_unit_test(a_blind_round_never_shows_whose_an_entry_is),
        cmocka_unit_test(a_round_that_is_not_blind_shows_whose_an_entry_is),
        cmocka_unit_test(a_vice_chair_may_look_at_what_may_have_to_be_decided),
        cmocka_unit_test(who_has_seen_the_ranking_gives_no_points_anew),
        cmocka_unit_test(a_chairs_sheet_that_should_not_be_is_taken_out_after_the_ranking),
        cmocka_unit_test(a_chair_takes_no_own_sheet_out_by_declaring_a_conflict_after_the_ranking),
        cmocka_unit_test(what_was_decided_between_equals_is_void_when_a_sheet_is_reopened),
        cmocka_unit_test(nobody_takes_another_judges_sheet_out_at_will_after_the_ranking),
        cmocka_unit_test(points_are_given_anew_before_a_ranking_was_proposed),
    };

    return cmocka_run_group_tests_name("impartial", tests, NULL, NULL);
}

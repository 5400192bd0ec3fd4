/* tests/unit/deliberation.c - how a ranking is proposed, decided where it is even, confirmed by two
 * persons, and annulled; and who may ask about all that. */
#include "tests/unit/judging_story.h"

/* ------------------------------------------------------------------ proposing */

static void
chair_or_secretary_proposes_when_every_sheet_is_done(void **unused __attribute__((unused)))
{
    struct story s;

    begin_scoring(&s);
    lock_all(&s, ENTRY, 5000);
    lock(&s, ENTRY + 1, CHAIR, 4000);
    lock(&s, ENTRY + 1, MEMBER, 4000);
    propose_as(&s, MEMBER, ROUND);
    assert_refused(&s, "NOT_THE_CHAIR");
    propose_as(&s, CHAIR, ROUND);
    assert_refused(&s, "SHEETS_OUTSTANDING");
    assert_string_equal(((const struct violation *) list_at(&s.last.violations, 0))->description,
                        "1 are neither locked nor excused");
    story_as(&s, SECRETARY);
    excuse(&s, ENTRY + 1, ANOTHER_MEMBER);
    propose_as(&s, CHAIR, ROUND);
    assert_happened(&s, "RankingProposed");
    propose_as(&s, SECRETARY, ROUND);
    assert_happened(&s, "RankingProposed");
    assert_string_equal(((const Appraisal__RankingProposed *) story_event(&s, 0))->proposed_by,
                        story_id(&s, SECRETARY));
    story_end(&s);
}

static void
a_proposal_tells_no_points(void **unused __attribute__((unused)))
{
    struct story s;

    begin_proposed(&s);
    const Appraisal__RankingProposed *e = story_event(&s, 0);

    assert_int_equal(e->ranking_digest.len, 32);
    assert_int_equal(e->n_undecided_entry_ids, 0);
    assert_null(the_round(&s)->ranking);
    story_end(&s);
}

static void
a_draft_and_a_reopened_sheet_are_outstanding(void **unused __attribute__((unused)))
{
    struct story s;

    begin_proposed(&s);
    story_as(&s, CHAIR);
    reopen(&s, ENTRY, MEMBER);
    propose_as(&s, CHAIR, ROUND);
    assert_refused(&s, "SHEETS_OUTSTANDING");
    story_as(&s, MEMBER);
    save_scores(&s, ENTRY, MEMBER, scores(&s, 500, 25));
    propose_as(&s, CHAIR, ROUND);
    assert_refused(&s, "SHEETS_OUTSTANDING");
    story_end(&s);
}

static void
every_entry_has_as_many_locked_sheets_as_the_rules_say(void **unused __attribute__((unused)))
{
    struct story s;

    begin_scoring(&s);
    lock_all(&s, ENTRY, 5000);
    lock(&s, ENTRY + 1, CHAIR, 4000);
    story_as(&s, SECRETARY);
    excuse(&s, ENTRY + 1, MEMBER);
    excuse(&s, ENTRY + 1, ANOTHER_MEMBER);
    propose_as(&s, CHAIR, ROUND);
    assert_refused(&s, "TOO_FEW_JUDGES");
    const struct violation *v = list_at(&s.last.violations, 0);

    assert_string_equal(v->field, "entries[1]");
    assert_string_equal(v->description, "KH-101 has 1 of 2 locked sheets");
    story_end(&s);
}

static void
who_went_away_is_left_out(void **unused __attribute__((unused)))
{
    struct story s;

    begin_scoring(&s);
    lock_all(&s, ENTRY, 5000);
    withdraw_entry(&s, ENTRY + 1);
    propose_as(&s, SECRETARY, ROUND);
    assert_happened(&s, "RankingProposed, SheetVoided, SheetVoided, SheetVoided");
    assert_int_equal(the_sheet(&s, ENTRY + 1, MEMBER)->self.state, SHEET(VOIDED));
    confirm_as(&s, CHAIR);
    assert_happened(&s, "RoundConfirmed, ContestRoundNoted, CouncilRoundNoted, ContenderPassed,"
                        " ContendersAwaited");
    assert_int_equal(((const Appraisal__RoundConfirmed *) story_event(&s, 0))->ranking->n_lines, 1);
    story_end(&s);

    begin_scoring(&s);
    withdraw_entry(&s, ENTRY);
    withdraw_entry(&s, ENTRY + 1);
    propose_as(&s, SECRETARY, ROUND);
    assert_refused(&s, "NO_ENTRIES");
    story_end(&s);
}

static void
nothing_is_proposed_before_the_start_or_after_the_end(void **unused __attribute__((unused)))
{
    struct story s;

    begin_assigned(&s);
    propose_as(&s, CHAIR, ROUND);
    assert_refused(&s, "NOT_SCORING");
    story_end(&s);

    begin_confirmed(&s);
    propose_as(&s, CHAIR, ROUND);
    assert_refused(&s, "NOT_SCORING");
    story_end(&s);

    begin_proposed(&s);
    cancel_edition(&s);
    propose_as(&s, CHAIR, ROUND);
    assert_refused(&s, "NOT_SCORING");
    confirm_as(&s, CHAIR);
    assert_refused(&s, "UNKNOWN_CONTEST");
    story_end(&s);
}

static void
a_sheet_does_not_count_whose_judge_declares_a_conflict_later(void **unused __attribute__((unused)))
{
    struct story s;

    begin_proposed(&s);
    declare_of(&s, MEMBER, ENTRY + 2); /* is not in the round */
    declare_of(&s, MEMBER, ENTRY);
    confirm_as(&s, CHAIR);
    assert_refused(&s, "CONFLICT_DECLARED");
    propose_as(&s, SECRETARY, ROUND);
    assert_refused(&s, "CONFLICT_DECLARED");
    assert_int_equal(s.last.violations.count, 1);
    assert_string_equal(((const struct violation *) list_at(&s.last.violations, 0))->field,
                        "entries[0]");
    story_as(&s, CHAIR);
    reopen(&s, ENTRY, MEMBER);
    story_as(&s, MEMBER);
    excuse(&s, ENTRY, MEMBER);
    propose_as(&s, SECRETARY, ROUND);
    assert_happened(&s, "RankingProposed");
    confirm_as(&s, CHAIR);
    assert_int_equal(the_round(&s)->self.state, ROUND(CONFIRMED));
    story_end(&s);
}

static Submissions__EditionRules *
rules_of_sums(struct story *s)
{
    Submissions__EditionRules *rules = usual_rules(s);

    rules->rounds[0]->aggregation = SUBMISSIONS__AGGREGATION__AGGREGATION_SUM;
    return rules;
}

static void
sums_are_compared_of_as_many_sheets(void **unused __attribute__((unused)))
{
    struct story s;

    begin_with(&s, rules_of_sums, 0);
    go_on_closed(&s);
    plan(&s, ROUND, "so-khao", "");
    assign_to(&s, ROUND, ENTRY, 2);
    start(&s, ROUND, 20);
    lock_all(&s, ENTRY, 5000);
    lock(&s, ENTRY + 1, CHAIR, 4000);
    lock(&s, ENTRY + 1, MEMBER, 4000);
    story_as(&s, SECRETARY);
    excuse(&s, ENTRY + 1, ANOTHER_MEMBER);
    propose_as(&s, CHAIR, ROUND);
    assert_refused(&s, "UNEQUAL_SHEETS");
    story_end(&s);
}

/* ------------------------------------------------------------------ ties */

static const unsigned both[] = { ENTRY + 1, ENTRY };

static void
a_tie_that_matters_is_decided_before_the_round_is_confirmed(void **unused __attribute__((unused)))
{
    struct story s;

    begin_tied(&s);
    assert_int_equal(
        ((const Appraisal__RankingProposed *) story_event(&s, 0))->n_undecided_entry_ids, 2);
    confirm_as(&s, CHAIR);
    assert_refused(&s, "TIE_UNDECIDED");
    decide_tie_as(&s, CHAIR, both, 2, 8);
    assert_happened(&s, "TieDecided");
    assert_int_equal(the_round(&s)->self.state, ROUND(SCORING));
    confirm_as(&s, CHAIR);
    assert_refused(&s, "OTHER_RANKING");
    propose_as(&s, SECRETARY, ROUND);
    confirm_as(&s, CHAIR);
    assert_happened(&s, "RoundConfirmed, ContestRoundNoted, CouncilRoundNoted, ContenderPassed,"
                        " ContenderOut, ContendersAwaited");
    const Appraisal__RoundConfirmed *e = story_event(&s, 0);

    assert_string_equal(e->ranking->lines[0]->entry_id, story_id(&s, ENTRY + 1));
    assert_string_equal(e->ranking->lines[0]->tie_rule, "decision");
    story_end(&s);
}

static void
only_the_chair_decides_between_exactly_those_that_are_equal(void **unused __attribute__((unused)))
{
    static const unsigned one_twice[] = { ENTRY, ENTRY }, with_another[] = { ENTRY, ENTRY + 2 },
                          three[] = { ENTRY, ENTRY + 1, ENTRY + 2 };
    struct story s;

    begin_tied(&s);
    decide_tie_as(&s, SECRETARY, both, 2, 8);
    assert_refused(&s, "NOT_THE_CHAIR");
    decide_tie_as(&s, CHAIR, both, 1, 8);
    assert_refused(&s, "NOT_TIED");
    decide_tie_as(&s, CHAIR, one_twice, 2, 8);
    assert_refused(&s, "NOT_TIED");
    decide_tie_as(&s, CHAIR, with_another, 2, 8);
    assert_refused(&s, "NOT_TIED");
    decide_tie_as(&s, CHAIR, three, 3, 8);
    assert_refused(&s, "NOT_TIED");
    decide_tie_as(&s, CHAIR, both, 2, 31);
    assert_refused(&s, "BAD_DATE");
    decide_tie_as(&s, CHAIR, both, 2, 8);
    assert_happened(&s, "TieDecided");
    decide_tie_as(&s, CHAIR, both, 2, 8); /* nothing is proposed any more */
    assert_refused(&s, "NOT_TIED");
    propose_as(&s, SECRETARY, ROUND);
    decide_tie_as(&s, CHAIR, both, 2, 8); /* and then they are not equal */
    assert_refused(&s, "NOT_TIED");
    story_end(&s);

    begin_proposed(&s);
    decide_tie_as(&s, CHAIR, both, 2, 8);
    assert_refused(&s, "NOT_TIED");
    story_end(&s);
}

static void
all_that_share_a_place_are_put_in_order_together(void **unused __attribute__((unused)))
{
    static const unsigned three[] = { ENTRY + 2, ENTRY, ENTRY + 1 };
    struct story s;

    begin_planned(&s);
    register_entry(&s, ENTRY + 2);
    story_as(&s, HEAD);
    assign_to(&s, ROUND, ENTRY, 3);
    start(&s, ROUND, 20);
    for (unsigned i = 0; i < 3; i++)
        lock_all(&s, ENTRY + i, 5000);
    propose_as(&s, SECRETARY, ROUND);
    decide_tie_as(&s, CHAIR, three, 2, 8);
    assert_refused(&s, "NOT_TIED");
    decide_tie_as(&s, CHAIR, three, 3, 8);
    assert_happened(&s, "TieDecided");
    story_end(&s);
}

/* ------------------------------------------------------------------ confirming */

static void
two_persons_stand_behind_a_ranking(void **unused __attribute__((unused)))
{
    struct story s;

    begin_proposed(&s);
    confirm_as(&s, SECRETARY);
    assert_refused(&s, "SAME_PERSON");
    confirm_as(&s, MEMBER);
    assert_refused(&s, "NOT_THE_CHAIR");
    confirm_as(&s, HEAD);
    assert_refused(&s, "NOT_THE_CHAIR");
    confirm_as(&s, CHAIR);
    assert_happened(&s, "RoundConfirmed, ContestRoundNoted, CouncilRoundNoted, ContenderPassed,"
                        " ContenderOut, ContendersAwaited");
    confirm_as(&s, CHAIR);
    assert_refused(&s, "OTHER_RANKING");
    story_end(&s);

    begin_scoring(&s);
    lock_all(&s, ENTRY, 5000);
    lock_all(&s, ENTRY + 1, 4000);
    propose_as(&s, CHAIR, ROUND);
    confirm_as(&s, CHAIR);
    assert_refused(&s, "SAME_PERSON");
    confirm_as(&s, SECRETARY);
    assert_int_equal(the_round(&s)->self.state, ROUND(CONFIRMED));
    story_end(&s);
}

static void
what_is_confirmed_is_the_ranking_that_was_seen(void **unused __attribute__((unused)))
{
    Appraisal__ConfirmRound m = APPRAISAL__CONFIRM_ROUND__INIT;
    uint8_t other[32] = { 1 };
    struct story s;

    begin_proposed(&s);
    m.ranking_digest = (ProtobufCBinaryData){ sizeof(other), other };
    story_as(&s, CHAIR);
    story_say(&s, ROUND, &m);
    assert_refused(&s, "OTHER_RANKING");
    withdraw_entry(&s, ENTRY + 1); /* what was proposed is not what the sheets give now */
    confirm_as(&s, CHAIR);
    assert_refused(&s, "OTHER_RANKING");
    propose_as(&s, SECRETARY, ROUND);
    confirm_as(&s, CHAIR);
    assert_int_equal(the_round(&s)->self.state, ROUND(CONFIRMED));
    story_end(&s);
}

static void
the_best_go_on_and_the_others_are_out(void **unused __attribute__((unused)))
{
    struct story s;

    begin_confirmed(&s);
    const struct round *r = the_round(&s);

    assert_string_equal(the_contender(&s, ENTRY)->next_round_code, "chung-khao");
    assert_int_equal(the_contender(&s, ENTRY)->self.state, CONTENDER(READY));
    assert_int_equal(the_contender(&s, ENTRY + 1)->self.state, CONTENDER(OUT));
    assert_int_equal(r->ranking->lines[0]->score_centi, 6000);
    assert_true(uuid_equal(&r->confirmed_by, &(struct uuid[]){ ID(CHAIR) }[0]));
    assert_true(uuid_equal(&r->proposed_by, &(struct uuid[]){ ID(SECRETARY) }[0]));
    story_end(&s);
}

static void
a_confirmed_round_tells_what_comes_next(void **unused __attribute__((unused)))
{
    struct story s;

    begin_proposed(&s);
    confirm_as(&s, CHAIR);
    const Appraisal__RoundConfirmed *e = story_event(&s, 0);

    assert_false(e->is_last);
    assert_true(e->leads_to_final);
    assert_int_equal(e->stage, STAGE(PRELIMINARY));
    assert_string_equal(e->proposed_by, story_id(&s, SECRETARY));
    assert_string_equal(e->confirmed_by, story_id(&s, CHAIR));
    story_end(&s);
}

/* The points of one judge for ENTRY in the final. */
static void
lock_in_final(struct story *s, unsigned person)
{
    Appraisal__LockSheet m = APPRAISAL__LOCK_SHEET__INIT;

    m.round_id = story_id(s, FINAL);
    m.scores = scores(s, 5000, 1000);
    story_as(s, person);
    story_send(s, sheet_of(FINAL, ENTRY, person), &m);
    assert_happened(s, "SheetLocked");
}

static void
confirm_final(struct story *s)
{
    Appraisal__ConfirmRound m = APPRAISAL__CONFIRM_ROUND__INIT;
    struct digest digest;

    plan(s, FINAL, "chung-khao", "");
    assign_to(s, FINAL, ENTRY, 1);
    start(s, FINAL, 20);
    lock_in_final(s, CHAIR);
    lock_in_final(s, MEMBER);
    lock_in_final(s, ANOTHER_MEMBER);
    propose_as(s, SECRETARY, FINAL);
    digest = ((const struct round *) story_state(s, &round_kind, FINAL))->ranking_digest;
    m.ranking_digest = (ProtobufCBinaryData){ sizeof(digest.bytes), digest.bytes };
    story_as(s, CHAIR);
    story_say(s, FINAL, &m);
    assert_happened(s, "RoundConfirmed, ContestRoundNoted, CouncilRoundNoted, ContenderOut");
    story_as(s, HEAD);
}

static void
after_the_final_nobody_goes_on(void **unused __attribute__((unused)))
{
    struct story s;

    begin_confirmed(&s);
    confirm_final(&s);
    assert_int_equal(the_contender(&s, ENTRY)->self.state, CONTENDER(OUT));
    story_end(&s);
}

/* ------------------------------------------------------------------ annulling */

static void
only_the_owner_annuls_with_a_document(void **unused __attribute__((unused)))
{
    Appraisal__AnnulRound m = APPRAISAL__ANNUL_ROUND__INIT;
    struct story s;

    begin_scoring(&s);
    m.reason = "the papers were exchanged";
    m.document = document(&s, 31);
    story_as(&s, HEAD);
    story_say(&s, ROUND, &m);
    assert_refused(&s, "NOT_ALLOWED");
    story_as(&s, OWNER);
    story_say(&s, ROUND, &m);
    assert_refused(&s, "BAD_DATE");
    lock(&s, ENTRY, MEMBER, 500);
    annul(&s, ROUND);
    assert_happened(&s, "RoundAnnulled, ContestRoundNoted, CouncilRoundNoted, ContenderPassed,"
                        " ContenderPassed, ContendersAwaited, SheetVoided, SheetVoided,"
                        " SheetVoided, SheetVoided, SheetVoided");
    assert_int_equal(the_sheet(&s, ENTRY, MEMBER)->self.state, SHEET(LOCKED));
    annul(&s, ROUND);
    assert_refused(&s, "NOT_NOW");
    story_end(&s);
}

static void
entries_of_an_annulled_round_may_be_in_it_again(void **unused __attribute__((unused)))
{
    static void (*const begins[])(struct story *) = { begin_assigned, begin_scoring, begin_proposed,
                                                      begin_confirmed };

    for (size_t i = 0; i < sizeof(begins) / sizeof(*begins); i++) {
        struct story s;

        begins[i](&s);
        annul(&s, ROUND);
        assert_int_equal(the_round(&s)->self.state, ROUND(ANNULLED));
        plan(&s, ROUND + 10, "so-khao", "");
        assert_int_equal(judging_awaited_in(the_contest(&s), "so-khao", ""), 2);
        assert_int_equal(judging_awaited(the_contest(&s)), 2);
        assign_to(&s, ROUND + 10, ENTRY, 2);
        assert_happened(&s, "EntriesAssigned, ContenderAssigned, ContenderAssigned,"
                            " ContendersAwaited");
        start(&s, ROUND + 10, 20);
        assert_int_equal(s.last.happened.count, 1 + 2 * 3);
        story_end(&s);
    }
}

static void
who_went_away_does_not_come_back(void **unused __attribute__((unused)))
{
    struct story s;

    begin_proposed(&s);
    withdraw_entry(&s, ENTRY);
    annul(&s, ROUND);
    assert_happened(&s, "RoundAnnulled, ContestRoundNoted, CouncilRoundNoted, ContenderPassed,"
                        " ContendersAwaited");
    assert_int_equal(the_contender(&s, ENTRY)->self.state, CONTENDER(GONE));
    story_end(&s);
}

static void
two_rounds_are_annulled_one_after_the_other(void **unused __attribute__((unused)))
{
    struct story s;

    begin_confirmed(&s);
    confirm_final(&s);
    annul(&s, FINAL);
    annul(&s, ROUND);
    assert_happened(&s, "RoundAnnulled, ContestRoundNoted, ContenderPassed, ContenderPassed,"
                        " ContendersAwaited");
    assert_string_equal(the_contender(&s, ENTRY)->next_round_code, "so-khao");
    assert_int_equal(the_contender(&s, ENTRY)->self.state, CONTENDER(READY));
    story_end(&s);
}

static void
a_round_is_not_annulled_behind_a_later_one(void **unused __attribute__((unused)))
{
    struct story s;

    begin_confirmed(&s);
    plan(&s, FINAL, "chung-khao", "");
    annul(&s, ROUND);
    assert_refused(&s, "LATER_ROUND_BEGAN");
    annul(&s, FINAL);
    assert_happened(&s, "RoundAnnulled, ContestRoundNoted, CouncilRoundNoted");
    annul(&s, ROUND);
    assert_happened(&s, "RoundAnnulled, ContestRoundNoted, ContenderPassed, ContenderPassed,"
                        " ContendersAwaited");
    story_end(&s);

    begin_confirmed(&s);
    confirm_final(&s);
    annul(&s, ROUND);
    assert_refused(&s, "LATER_ROUND_BEGAN");
    annul(&s, FINAL);
    assert_happened(&s, "RoundAnnulled, ContestRoundNoted, ContenderPassed, ContendersAwaited");
    assert_string_equal(the_contender(&s, ENTRY)->next_round_code, "chung-khao");
    story_end(&s);
}

static void
nothing_is_annulled_when_the_contest_is_over(void **unused __attribute__((unused)))
{
    Submissions__ResultsConfirmed results = SUBMISSIONS__RESULTS_CONFIRMED__INIT;
    struct story s;

    begin_confirmed(&s);
    results.edition_id = story_id(&s, EDITION);
    hear_as(&s, &contest_kind, EDITION, &results);
    annul(&s, ROUND);
    assert_refused(&s, "UNKNOWN_CONTEST");
    story_end(&s);
}

/* ------------------------------------------------------------------ who may ask */

static void
a_sheet_is_shown_to_its_judge_alone(void **unused __attribute__((unused)))
{
    static const unsigned others[] = { CHAIR, SECRETARY, ANOTHER_MEMBER, HEAD, OWNER, COLLEAGUE };
    struct story s;

    begin_confirmed(&s);
    const struct score_sheet *sheet = the_sheet(&s, ENTRY, MEMBER);

    assert_true(may(&s, judging_may_see_sheet, MEMBER, sheet));
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        assert_false(may(&s, judging_may_see_sheet, others[i], sheet));
    story_end(&s);
}

static void
a_round_and_its_council_are_shown_to_members_too(void **unused __attribute__((unused)))
{
    struct story s;

    begin_scoring(&s);
    const void *council = story_state(&s, &council_kind, COUNCIL);

    assert_true(may(&s, judging_may_see_round, HEAD, the_round(&s)));
    assert_true(may(&s, judging_may_see_round, MEMBER, the_round(&s)));
    assert_false(may(&s, judging_may_see_round, COLLEAGUE, the_round(&s)));
    assert_true(may(&s, judging_may_see_council, HEAD, council));
    assert_true(may(&s, judging_may_see_council, MEMBER, council));
    assert_false(may(&s, judging_may_see_council, COLLEAGUE, council));
    story_end(&s);

    begin_with(&s, usual_rules, ENTRANT);
    story_as(&s, CLERK);
    constitute_with(&s, MEMBER, ANOTHER_MEMBER);
    assert_true(
        may(&s, judging_may_see_council, COLLEAGUE, story_state(&s, &council_kind, COUNCIL)));
    story_end(&s);
}

static void
a_ranking_is_shown_to_chair_and_secretary_until_it_is_confirmed(void **unused
                                                                __attribute__((unused)))
{
    struct story s;

    begin_scoring(&s);
    assert_false(may(&s, judging_may_recompute, CHAIR, the_round(&s)));
    assert_false(may(&s, judging_may_recompute, HEAD, the_round(&s)));
    story_end(&s);

    begin_proposed(&s);
    assert_true(may(&s, judging_may_recompute, CHAIR, the_round(&s)));
    assert_true(may(&s, judging_may_recompute, SECRETARY, the_round(&s)));
    assert_false(may(&s, judging_may_recompute, MEMBER, the_round(&s)));
    assert_false(may(&s, judging_may_recompute, HEAD, the_round(&s)));
    story_end(&s);

    begin_confirmed(&s);
    assert_true(may(&s, judging_may_recompute, HEAD, the_round(&s)));
    assert_false(may(&s, judging_may_recompute, COLLEAGUE, the_round(&s)));
    story_end(&s);
}

static Appraisal__RecomputeRankingResponse
recomputed(struct story *s, unsigned person)
{
    Appraisal__RecomputeRankingResponse answer = APPRAISAL__RECOMPUTE_RANKING_RESPONSE__INIT;
    struct keys keys = { .arena = s->arena };
    struct given given = asked_by(s, person, the_round(s), &keys);

    judging_recompute(&given, NULL, s->arena, &answer);
    return answer;
}

static void
a_confirmed_ranking_can_be_made_anew_for_ever(void **unused __attribute__((unused)))
{
    struct story s;

    begin_confirmed(&s);
    withdraw_entry(&s, ENTRY); /* was ranked, and stays so */
    const Appraisal__RecomputeRankingResponse answer = recomputed(&s, HEAD);

    assert_true(answer.is_same);
    assert_int_equal(answer.ranking->n_lines, 2);
    assert_memory_equal(answer.ranking_digest.data, the_round(&s)->ranking_digest.bytes, 32);
    story_end(&s);
}

static void
what_the_chair_sees_before_confirming_tells_if_it_is_still_the_same(void **unused
                                                                    __attribute__((unused)))
{
    struct story s;

    begin_proposed(&s);
    assert_true(recomputed(&s, CHAIR).is_same);
    withdraw_entry(&s, ENTRY + 1);
    assert_false(recomputed(&s, CHAIR).is_same);
    story_end(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chair_or_secretary_proposes_when_every_sheet_is_done),
        cmocka_unit_test(a_proposal_tells_no_points),
        cmocka_unit_test(a_draft_and_a_reopened_sheet_are_outstanding),
        cmocka_unit_test(every_entry_has_as_many_locked_sheets_as_the_rules_say),
        cmocka_unit_test(who_went_away_is_left_out),
        cmocka_unit_test(nothing_is_proposed_before_the_start_or_after_the_end),
        cmocka_unit_test(a_sheet_does_not_count_whose_judge_declares_a_conflict_later),
        cmocka_unit_test(sums_are_compared_of_as_many_sheets),
        cmocka_unit_test(a_tie_that_matters_is_decided_before_the_round_is_confirmed),
        cmocka_unit_test(only_the_chair_decides_between_exactly_those_that_are_equal),
        cmocka_unit_test(all_that_share_a_place_are_put_in_order_together),
        cmocka_unit_test(two_persons_stand_behind_a_ranking),
        cmocka_unit_test(what_is_confirmed_is_the_ranking_that_was_seen),
        cmocka_unit_test(the_best_go_on_and_the_others_are_out),
        cmocka_unit_test(a_confirmed_round_tells_what_comes_next),
        cmocka_unit_test(after_the_final_nobody_goes_on),
        cmocka_unit_test(only_the_owner_annuls_with_a_document),
        cmocka_unit_test(entries_of_an_annulled_round_may_be_in_it_again),
        cmocka_unit_test(who_went_away_does_not_come_back),
        cmocka_unit_test(two_rounds_are_annulled_one_after_the_other),
        cmocka_unit_test(a_round_is_not_annulled_behind_a_later_one),
        cmocka_unit_test(nothing_is_annulled_when_the_contest_is_over),
        cmocka_unit_test(a_sheet_is_shown_to_its_judge_alone),
        cmocka_unit_test(a_round_and_its_council_are_shown_to_members_too),
        cmocka_unit_test(a_ranking_is_shown_to_chair_and_secretary_until_it_is_confirmed),
        cmocka_unit_test(a_confirmed_ranking_can_be_made_anew_for_ever),
        cmocka_unit_test(what_the_chair_sees_before_confirming_tells_if_it_is_still_the_same),
    };

    return cmocka_run_group_tests_name("deliberation", tests, NULL, NULL);
}

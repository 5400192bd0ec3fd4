/* tests/unit/contest_end.c - that nobody is forgotten in a contest: who waits for which round, what does not begin
 * meanwhile, and how judging is closed. */
#include "tests/unit/judging_story.h"

static void
assert_awaited(struct story *s, const char *round_code, const char *cluster_code, int32_t count)
{
    assert_int_equal(judging_awaited_in(the_contest(s), round_code, cluster_code), count);
}

/* Of ENTRY alone, unless others are in the round. */
static void
judge_round(struct story *s, unsigned round, const char *code, const char *cluster, unsigned first,
            size_t count)
{
    Appraisal__ConfirmRound m = APPRAISAL__CONFIRM_ROUND__INIT;
    static const unsigned judges[] = { CHAIR, MEMBER, ANOTHER_MEMBER };
    struct digest digest;

    story_as(s, HEAD);
    plan(s, round, code, cluster);
    assign_to(s, round, first, count);
    start(s, round, 20);
    for (unsigned i = 0; i < count * 3; i++) {
        Appraisal__LockSheet lock_it = APPRAISAL__LOCK_SHEET__INIT;
        unsigned entry = first + i / 3;

        lock_it.round_id = story_id(s, round);
        lock_it.scores = scores(s, 5000 - 500 * (int32_t) (i / 3), 1000);
        story_as(s, judges[i % 3]);
        story_send(s, sheet_of(round, entry, judges[i % 3]), &lock_it);
    }
    propose_as(s, SECRETARY, round);
    digest = ((const struct round *) story_state(s, &round_kind, round))->ranking_digest;
    m.ranking_digest = (ProtobufCBinaryData){ sizeof(digest.bytes), digest.bytes };
    story_as(s, CHAIR);
    story_say(s, round, &m);
    assert_int_equal(((const struct round *) story_state(s, &round_kind, round))->self.state,
                     ROUND(CONFIRMED));
    story_as(s, HEAD);
}

static void
judge_final(struct story *s)
{
    judge_round(s, FINAL, "chung-khao", "", ENTRY, 1);
}

/* ------------------------------------------------------------------ who waits */

static void
whoever_is_registered_waits_until_it_is_assigned_or_goes_away(void **unused __attribute__((unused)))
{
    struct story s;

    begin(&s);
    register_entry(&s, ENTRY);
    register_entry(&s, ENTRY + 1);
    register_entry(&s, ENTRY + 2);
    assert_awaited(&s, "so-khao", "", 3);
    register_entry(&s, ENTRY + 2); /* heard twice */
    assert_awaited(&s, "so-khao", "", 3);
    withdraw_entry(&s, ENTRY + 2);
    assert_awaited(&s, "so-khao", "", 2);
    withdraw_entry(&s, ENTRY + 2);
    assert_awaited(&s, "so-khao", "", 2);
    story_end(&s);

    begin_planned(&s);
    assign_to(&s, ROUND, ENTRY, 1);
    assert_awaited(&s, "so-khao", "", 1);
    withdraw_entry(&s, ENTRY); /* waited for nothing any more */
    assert_happened(&s, "DossierWithdrawalNoted, ContenderGone");
    assert_awaited(&s, "so-khao", "", 1);
    story_end(&s);
}

static void
whoever_advances_waits_for_the_next_round(void **unused __attribute__((unused)))
{
    struct story s;

    begin_confirmed(&s);
    assert_awaited(&s, "so-khao", "", 0);
    assert_awaited(&s, "chung-khao", "", 1);
    withdraw_entry(&s, ENTRY);
    assert_int_equal(judging_awaited(the_contest(&s)), 0);
    assert_int_equal(the_contest(&s)->awaited->n_rounds, 0);
    story_end(&s);
}

static void
an_annulled_round_is_awaited_again_and_nothing_else(void **unused __attribute__((unused)))
{
    struct story s;

    begin_confirmed(&s);
    judge_final(&s);
    assert_int_equal(judging_awaited(the_contest(&s)), 0);
    annul(&s, FINAL);
    assert_awaited(&s, "chung-khao", "", 1);
    annul(&s, ROUND);
    assert_awaited(&s, "chung-khao", "", 0);
    assert_awaited(&s, "so-khao", "", 2);
    story_end(&s);

    begin_assigned(&s); /* planned, and not begun */
    withdraw_entry(&s, ENTRY);
    annul(&s, ROUND);
    assert_awaited(&s, "so-khao", "", 1);
    story_end(&s);
}

static void
clusters_are_counted_each_for_itself(void **unused __attribute__((unused)))
{
    struct story s;

    begin_with(&s, cluster_rules, 0);
    register_entry_of(&s, ENTRY + 5, EDUCATION, AUTHOR);
    go_on_closed(&s);
    assert_awaited(&s, "cum", "1", 2);
    assert_awaited(&s, "cum", "2", 1);
    judge_round(&s, ROUND, "cum", "1", ENTRY, 2);
    assert_awaited(&s, "cum", "1", 0);
    assert_awaited(&s, "chung-khao", "", 1);
    annul(&s, ROUND);
    assert_awaited(&s, "cum", "1", 2);
    assert_awaited(&s, "chung-khao", "", 0);
    story_end(&s);
}

/* ------------------------------------------------------------------ what does not begin */

static void
no_round_begins_before_the_entrants_are_confirmed(void **unused __attribute__((unused)))
{
    struct story s;

    begin(&s);
    constitute_with(&s, MEMBER, ANOTHER_MEMBER);
    for (size_t i = 0; i < 4; i++)
        declare_of(&s, usual_members[i], 0);
    register_entry(&s, ENTRY);
    confirm_entrants(&s); /* of a contest that is not closed nothing is heard */
    assert_happened(&s, "");
    close_registration(&s);
    story_as(&s, HEAD);
    plan(&s, ROUND, "so-khao", "");
    assert_happened(&s, "RoundPlanned, ContestRoundNoted, CouncilRoundNoted");
    assign_to(&s, ROUND, ENTRY, 1);
    start(&s, ROUND, 20);
    assert_refused(&s, "ENTRANTS_NOT_CONFIRMED");
    confirm_entrants(&s);
    assert_happened(&s, "ContestEntrantsConfirmed");
    confirm_entrants(&s);
    assert_happened(&s, "");
    story_as(&s, HEAD);
    start(&s, ROUND, 20);
    assert_int_equal(the_round(&s)->self.state, ROUND(SCORING));
    story_end(&s);
}

static void
no_round_begins_without_somebody_who_waits_for_it(void **unused __attribute__((unused)))
{
    struct story s;

    begin_planned(&s);
    assign_to(&s, ROUND, ENTRY, 1);
    start(&s, ROUND, 20);
    assert_refused(&s, "CONTENDERS_UNASSIGNED");
    assert_string_equal(((const struct violation *) list_at(&s.last.violations, 0))->description,
                        "leave out 1 that wait for this round");
    withdraw_entry(&s, ENTRY + 1);
    story_as(&s, HEAD);
    start(&s, ROUND, 20);
    assert_int_equal(the_round(&s)->self.state, ROUND(SCORING));
    story_end(&s);
}

/* A cluster's round waits for its own entries alone. */
static void
others_of_another_cluster_are_not_waited_for(void **unused __attribute__((unused)))
{
    struct story s;

    begin_with(&s, cluster_rules, 0);
    register_entry_of(&s, ENTRY + 5, EDUCATION, AUTHOR);
    go_on_closed(&s);
    judge_round(&s, ROUND, "cum", "1", ENTRY, 2);
    plan(&s, FINAL, "chung-khao", "");
    assert_refused(&s, "NOT_THE_NEXT_ROUND");
    plan(&s, ROUND + 10, "cum", "2");
    assign_to(&s, ROUND + 10, ENTRY + 5, 1);
    plan(&s, FINAL, "chung-khao", ""); /* nobody waits, and the round is under way */
    assert_refused(&s, "NOT_THE_NEXT_ROUND");
    story_end(&s);
}

static void
a_cluster_whose_only_entry_went_away_blocks_nothing(void **unused __attribute__((unused)))
{
    struct story s;

    begin_with(&s, cluster_rules, 0);
    register_entry_of(&s, ENTRY + 5, EDUCATION, AUTHOR);
    go_on_closed(&s);
    judge_round(&s, ROUND, "cum", "1", ENTRY, 2);
    withdraw_entry(&s, ENTRY + 5);
    story_as(&s, HEAD);
    plan(&s, FINAL, "chung-khao", "");
    assert_happened(&s, "RoundPlanned, ContestRoundNoted, CouncilRoundNoted");
    story_end(&s);
}

/* Where it was planned already, its round is annulled first. */
static void
a_round_from_which_all_went_away_is_annulled(void **unused __attribute__((unused)))
{
    struct story s;

    begin_with(&s, cluster_rules, 0);
    register_entry_of(&s, ENTRY + 5, EDUCATION, AUTHOR);
    go_on_closed(&s);
    judge_round(&s, ROUND, "cum", "1", ENTRY, 2);
    plan(&s, ROUND + 10, "cum", "2");
    assign_to(&s, ROUND + 10, ENTRY + 5, 1);
    withdraw_entry(&s, ENTRY + 5);
    story_as(&s, HEAD);
    plan(&s, FINAL, "chung-khao", "");
    assert_refused(&s, "NOT_THE_NEXT_ROUND");
    annul(&s, ROUND + 10);
    assert_happened(&s, "RoundAnnulled, ContestRoundNoted, CouncilRoundNoted");
    plan(&s, FINAL, "chung-khao", "");
    assert_happened(&s, "RoundPlanned, ContestRoundNoted, CouncilRoundNoted");
    story_end(&s);
}

/* Nobody has been registered yet: that all clusters are empty means nothing. */
static void
no_later_round_is_planned_before_the_entrants_are_confirmed(void **unused __attribute__((unused)))
{
    struct story s;

    begin_with(&s, cluster_rules, 0);
    constitute_with(&s, MEMBER, ANOTHER_MEMBER);
    for (size_t i = 0; i < 4; i++)
        declare_of(&s, usual_members[i], 0);
    close_registration(&s);
    story_as(&s, HEAD);
    plan(&s, FINAL, "chung-khao", "");
    assert_refused(&s, "NOT_THE_NEXT_ROUND");
    story_end(&s);
}

/* What was parked may be heard late: it is judged, or withdrawn, before anything ends. */
static void
an_entry_that_is_heard_of_late_is_not_passed_over(void **unused __attribute__((unused)))
{
    struct story s;

    begin_confirmed(&s);
    register_entry(&s, ENTRY + 7);
    story_as(&s, HEAD);
    plan(&s, FINAL, "chung-khao", "");
    assert_refused(&s, "NOT_THE_NEXT_ROUND");
    withdraw_entry(&s, ENTRY + 7);
    story_as(&s, HEAD);
    plan(&s, FINAL, "chung-khao", "");
    assert_happened(&s, "RoundPlanned, ContestRoundNoted, CouncilRoundNoted");
    story_end(&s);
}

/* ------------------------------------------------------------------ the end */

static void
judging_is_closed_with_the_ranking_of_the_final(void **unused __attribute__((unused)))
{
    struct story s;

    begin_confirmed(&s);
    close_judging(&s);
    assert_refused(&s, "CONTENDERS_UNASSIGNED");
    plan(&s, FINAL, "chung-khao", "");
    close_judging(&s);
    assert_refused(&s, "ROUND_UNDER_WAY");
    annul(&s, FINAL);
    judge_round(&s, FINAL + 10, "chung-khao", "", ENTRY, 1);
    close_judging(&s);
    assert_happened(&s, "JudgingClosed");
    const Appraisal__JudgingClosed *e = story_event(&s, 0);
    const struct round *final = story_state(&s, &round_kind, FINAL + 10);

    assert_string_equal(e->edition_id, story_id(&s, EDITION));
    assert_string_equal(e->round_id, story_id(&s, FINAL + 10));
    assert_memory_equal(e->ranking_digest.data, final->ranking_digest.bytes, 32);
    assert_int_equal(the_contest(&s)->self.state, CONTEST(JUDGED));
    story_end(&s);
}

static void
only_the_organiser_closes_judging(void **unused __attribute__((unused)))
{
    struct story s;

    begin_confirmed(&s);
    judge_final(&s);
    story_as(&s, CHAIR);
    close_judging(&s);
    assert_refused(&s, "NOT_ALLOWED");
    story_as(&s, CLERK);
    close_judging(&s);
    assert_refused(&s, "NOT_YOUR_CONTEST");
    story_as(&s, HEAD);
    close_judging(&s);
    assert_happened(&s, "JudgingClosed");
    close_judging(&s);
    assert_refused(&s, "UNKNOWN_CONTEST");
    story_end(&s);

    begin(&s);
    close_judging(&s);
    assert_refused(&s, "ENTRANTS_NOT_CONFIRMED");
    story_end(&s);
}

static void
nothing_is_planned_or_annulled_when_judging_is_closed(void **unused __attribute__((unused)))
{
    struct story s;

    begin_confirmed(&s);
    judge_final(&s);
    close_judging(&s);
    annul(&s, FINAL);
    assert_refused(&s, "UNKNOWN_CONTEST");
    annul(&s, ROUND);
    assert_refused(&s, "UNKNOWN_CONTEST");
    plan(&s, ROUND + 10, "so-khao", "");
    assert_refused(&s, "UNKNOWN_CONTEST");
    constitute_of(&s, COUNCIL + 5, usual_members, usual_seats, 4);
    assert_refused(&s, "UNKNOWN_CONTEST");
    register_entry(&s, ENTRY + 7); /* heard of late, and waited for if judging is opened again */
    assert_happened(&s, "ContenderNoted, ContendersAwaited");
    withdraw_entry(&s, ENTRY + 7);
    assert_happened(&s, "DossierWithdrawalNoted, ContenderGone, ContendersAwaited");
    cancel_edition(&s);
    assert_happened(&s, "ContestEnded");
    story_end(&s);
}

static void
rounds_are_held_again_when_judging_is_opened_again(void **unused __attribute__((unused)))
{
    struct story s;

    begin_confirmed(&s);
    judge_final(&s);
    reopen_judging(&s); /* of what is open nothing is heard */
    assert_happened(&s, "");
    close_judging(&s);
    assert_happened(&s, "JudgingClosed");
    reopen_judging(&s);
    assert_happened(&s, "ContestReopened");
    register_entry(&s, ENTRY + 7); /* heard of late */
    close_judging(&s);
    assert_refused(&s, "CONTENDERS_UNASSIGNED");
    withdraw_entry(&s, ENTRY + 7);
    annul(&s, FINAL);
    assert_int_equal(s.last.refusal, ACCEPTED);
    close_judging(&s);
    assert_refused(&s, "CONTENDERS_UNASSIGNED");
    judge_round(&s, FINAL + 10, "chung-khao", "", ENTRY, 1);
    close_judging(&s);
    assert_happened(&s, "JudgingClosed");
    cancel_edition(&s);
    reopen_judging(&s); /* heard too late */
    assert_happened(&s, "");
    story_end(&s);
}

static void
judging_is_closed_by_neither_of_those_who_stand_behind_its_ranking(void **unused
                                                                   __attribute__((unused)))
{
    static const unsigned behind[] = { SECRETARY, CHAIR };
    Appraisal__CloseJudging m = APPRAISAL__CLOSE_JUDGING__INIT;
    struct story s;

    begin_confirmed(&s);
    judge_final(&s);
    for (size_t i = 0; i < 2; i++) {
        story_bind(&s, DIRECTORY__ROLE__ROLE_STANDING, HOME_AFFAIRS, behind[i], "khanh-hoa");
        story_as(&s, behind[i]);
        close_judging(&s);
        assert_refused(&s, "SAME_PERSON");
    }
    annul(&s, FINAL); /* so the owner has had the time to */
    withdraw_entry(&s, ENTRY);
    story_as(&s, SECRETARY);
    close_judging(&s);
    assert_refused(&s, "SAME_PERSON"); /* the round before has become the last one */
    story_as(&s, HEAD);
    m.document = document(&s, 31);
    story_say(&s, EDITION, &m);
    assert_refused(&s, "BAD_DATE");
    close_judging(&s);
    assert_happened(&s, "JudgingClosed");
    assert_string_equal(
        ((const Appraisal__JudgingClosed *) story_event(&s, 0))->document->document_symbol,
        document(&s, 9)->document_symbol);
    story_end(&s);
}

static void
a_round_of_a_contest_that_is_called_off_is_ended_by_annulling_it(void **unused
                                                                 __attribute__((unused)))
{
    static void (*const begins[])(struct story *) = { begin_assigned, begin_scoring,
                                                      begin_proposed };
    Appraisal__DissolveCouncil dissolve = APPRAISAL__DISSOLVE_COUNCIL__INIT;
    struct story s;

    dissolve.reason = "called off";
    for (size_t i = 0; i < sizeof(begins) / sizeof(*begins); i++) {
        begins[i](&s);
        cancel_edition(&s);
        assert_happened(&s, "ContestEnded, RoundCalledOff");
        assert_int_equal(the_round(&s)->self.state, ROUND(CALLED_OFF));
        if (begins[i] == begin_scoring) {
            story_as(&s, MEMBER);
            save_scores(&s, ENTRY, MEMBER, scores(&s, 5000, 1000));
            assert_refused(&s, "NOT_SCORING");
            lock_scores(&s, ENTRY, MEMBER, scores(&s, 5000, 1000));
            assert_refused(&s, "NOT_SCORING");
            excuse(&s, ENTRY, MEMBER);
            assert_refused(&s, "NOT_SCORING");
        }
        story_as(&s, HEAD);
        story_say(&s, COUNCIL, &dissolve);
        assert_refused(&s, "COUNCIL_AT_WORK");
        annul(&s, ROUND);
        assert_int_equal(s.last.refusal, ACCEPTED);
        assert_int_equal(the_round(&s)->self.state, ROUND(ANNULLED));
        assert_int_equal(the_contest(&s)->self.state, CONTEST(ENDED));
        plan(&s, ROUND + 10, "so-khao", "");
        assert_refused(&s, "UNKNOWN_CONTEST");
        annul(&s, ROUND);
        assert_refused(&s, "UNKNOWN_CONTEST");
        story_as(&s, HEAD);
        story_say(&s, COUNCIL, &dissolve);
        assert_happened(&s, "CouncilDissolved");
        story_end(&s);
    }
    begin_confirmed(&s); /* and its ranking stands */
    cancel_edition(&s);
    assert_happened(&s, "ContestEnded");
    annul(&s, ROUND);
    assert_refused(&s, "UNKNOWN_CONTEST");
    story_end(&s);
}

static void
annul_as(struct story *s, unsigned person, unsigned round)
{
    Appraisal__AnnulRound m = APPRAISAL__ANNUL_ROUND__INIT;

    m.reason = "called off";
    m.document = document(s, 9);
    story_as(s, person);
    story_say(s, round, &m);
}

/* But annuls nothing while it goes on. */
static void
whoever_called_a_local_contest_off_clears_its_rounds_up(void **unused __attribute__((unused)))
{
    struct story s;

    begin_with(&s, usual_rules, ENTRANT);
    story_bind(&s, DIRECTORY__ROLE__ROLE_ENTRANT_HEAD, ENTRANT, CLERK, "khanh-hoa");
    story_bind(&s, DIRECTORY__ROLE__ROLE_ENTRANT_HEAD, FINANCE, MEMBER, "khanh-hoa");
    story_as(&s, CLERK);
    constitute_of(&s, COUNCIL, usual_members, usual_seats, 4);
    for (size_t i = 0; i < 4; i++)
        declare_of(&s, usual_members[i], 0);
    close_registration(&s);
    story_as(&s, CLERK);
    plan(&s, ROUND, "so-khao", "");
    assert_happened(&s, "RoundPlanned, ContestRoundNoted, CouncilRoundNoted");
    annul_as(&s, CLERK, ROUND);
    assert_refused(&s, "NOT_YOUR_CONTEST");
    cancel_edition(&s);
    assert_happened(&s, "ContestEnded, RoundCalledOff");
    annul_as(&s, MEMBER, ROUND);
    assert_refused(&s, "NOT_YOUR_CONTEST");
    annul_as(&s, CLERK, ROUND);
    assert_int_equal(the_round(&s)->self.state, ROUND(ANNULLED));
    story_end(&s);
}

static Submissions__EditionRules *
rules_that_nobody_reaches(struct story *s)
{
    Submissions__EditionRules *rules = usual_rules(s);

    rules->rounds[0]->top_entries = 0;
    rules->rounds[0]->threshold_centi = 10000;
    return rules;
}

static void
judging_is_closed_where_nobody_reached_the_threshold(void **unused __attribute__((unused)))
{
    struct story s;

    begin_with(&s, rules_that_nobody_reaches, 0);
    go_on_closed(&s);
    judge_round(&s, ROUND, "so-khao", "", ENTRY, 2);
    close_judging(&s);
    assert_happened(&s, "JudgingClosed");
    const Appraisal__JudgingClosed *e = story_event(&s, 0);

    assert_string_equal(e->round_id, "");
    assert_int_equal(e->ranking_digest.len, 0);
    story_end(&s);
}

static void
judging_is_closed_where_all_went_away(void **unused __attribute__((unused)))
{
    struct story s;

    begin_confirmed(&s);
    withdraw_entry(&s, ENTRY); /* the only finalist */
    story_as(&s, HEAD);
    close_judging(&s);
    assert_happened(&s, "JudgingClosed");
    story_end(&s);

    begin_scoring(&s);
    withdraw_entry(&s, ENTRY);
    withdraw_entry(&s, ENTRY + 1);
    story_as(&s, HEAD);
    close_judging(&s);
    assert_refused(&s, "ROUND_UNDER_WAY");
    annul(&s, ROUND);
    close_judging(&s);
    assert_happened(&s, "JudgingClosed");
    story_end(&s);

    begin(&s);
    close_registration(&s);
    confirm_entrants(&s);
    story_as(&s, HEAD);
    close_judging(&s);
    assert_happened(&s, "JudgingClosed");
    story_end(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_is_registered_waits_until_it_is_assigned_or_goes_away),
        cmocka_unit_test(whoever_advances_waits_for_the_next_round),
        cmocka_unit_test(an_annulled_round_is_awaited_again_and_nothing_else),
        cmocka_unit_test(clusters_are_counted_each_for_itself),
        cmocka_unit_test(no_round_begins_before_the_entrants_are_confirmed),
        cmocka_unit_test(no_round_begins_without_somebody_who_waits_for_it),
        cmocka_unit_test(others_of_another_cluster_are_not_waited_for),
        cmocka_unit_test(a_cluster_whose_only_entry_went_away_blocks_nothing),
        cmocka_unit_test(a_round_from_which_all_went_away_is_annulled),
        cmocka_unit_test(no_later_round_is_planned_before_the_entrants_are_confirmed),
        cmocka_unit_test(an_entry_that_is_heard_of_late_is_not_passed_over),
        cmocka_unit_test(judging_is_closed_with_the_ranking_of_the_final),
        cmocka_unit_test(only_the_organiser_closes_judging),
        cmocka_unit_test(rounds_are_held_again_when_judging_is_opened_again),
        cmocka_unit_test(judging_is_closed_by_neither_of_those_who_stand_behind_its_ranking),
        cmocka_unit_test(a_round_of_a_contest_that_is_called_off_is_ended_by_annulling_it),
        cmocka_unit_test(whoever_called_a_local_contest_off_clears_its_rounds_up),
        cmocka_unit_test(nothing_is_planned_or_annulled_when_judging_is_closed),
        cmocka_unit_test(judging_is_closed_where_nobody_reached_the_threshold),
        cmocka_unit_test(judging_is_closed_where_all_went_away),
    };

    return cmocka_run_group_tests_name("contest_end", tests, NULL, NULL);
}

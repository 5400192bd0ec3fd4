/* tests/unit/contest.c - what is known of a contest and its entries, and the moves that there are. */
#include "tests/unit/judging_story.h"

static void
a_contest_brings_the_rules_that_were_published(void **unused __attribute__((unused)))
{
    struct story s;

    begin(&s);
    const struct contest *c = story_state(&s, &contest_kind, EDITION);

    assert_int_equal(c->self.state, CONTEST(PUBLISHED));
    assert_memory_equal(c->rules_digest.bytes, rules_digest_bytes, 32);
    assert_string_equal(c->rules->rounds[1]->code, "chung-khao");
    assert_false(c->jury_may_enter);
    publish(&s, cluster_rules(&s), ENTRANT);
    assert_happened(&s, "");
    assert_int_equal(c->rules->n_clusters, 0);
    story_end(&s);
}

static void
an_edition_that_is_judged_elsewhere_is_passed_over(void **unused __attribute__((unused)))
{
    struct story s;

    story_begin(&s, &appraisal_service, "khanh-hoa");
    introduce(&s);
    publish(&s, NULL, 0);
    assert_happened(&s, "");
    close_registration(&s);
    assert_happened(&s, "");
    register_entry(&s, ENTRY);
    assert_happened(&s, "");
    withdraw_entry(&s, ENTRY);
    assert_happened(&s, "DossierWithdrawalNoted");
    cancel_edition(&s);
    assert_happened(&s, "");
    story_end(&s);
}

static void
a_contest_ends_with_its_results_or_when_it_is_cancelled(void **unused __attribute__((unused)))
{
    Submissions__ResultsConfirmed results = SUBMISSIONS__RESULTS_CONFIRMED__INIT;
    struct story s;

    begin_closed(&s);
    close_registration(&s);
    assert_happened(&s, "");
    results.edition_id = story_id(&s, EDITION);
    hear_as(&s, &contest_kind, EDITION, &results);
    assert_happened(&s, "ContestEnded");
    cancel_edition(&s);
    assert_happened(&s, "");
    close_registration(&s);
    assert_happened(&s, "");
    story_end(&s);

    begin(&s);
    cancel_edition(&s);
    assert_happened(&s, "ContestEnded");
    story_end(&s);
}

static void
a_registered_entry_becomes_a_contender(void **unused __attribute__((unused)))
{
    struct story s;

    begin(&s);
    register_entry(&s, ENTRY);
    assert_happened(&s, "ContenderNoted, ContendersAwaited");
    assert_true(story_is_party(&s, 0, ENTRANT));
    assert_false(story_is_party(&s, 0, FINANCE));
    register_entry(&s, ENTRY);
    assert_happened(&s, "");
    const struct contender *c = the_contender(&s, ENTRY);

    assert_int_equal(c->self.state, CONTENDER(READY));
    assert_string_equal(c->entry_code, "KH-100");
    assert_int_equal(c->submitted_at_us, STORY_BEGINS_US + ENTRY);
    assert_int_equal(c->authors.count, 1);
    assert_int_equal(c->co_entrants.count, 1);
    assert_string_equal(c->next_round_code, "");
    story_end(&s);
}

static void
an_entry_that_went_away_is_gone_for_good(void **unused __attribute__((unused)))
{
    Submissions__EntryDisqualified disqualified = SUBMISSIONS__ENTRY_DISQUALIFIED__INIT;
    struct story s;

    begin(&s);
    register_entry(&s, ENTRY);
    withdraw_entry(&s, ENTRY);
    assert_happened(&s, "DossierWithdrawalNoted, ContenderGone, ContendersAwaited");
    disqualified.edition_id = story_id(&s, EDITION);
    disqualified.entry_id = story_id(&s, ENTRY);
    hear_as(&s, &dossier_intake_kind, ENTRY, &disqualified);
    assert_happened(&s, "");
    register_entry(&s, ENTRY);
    assert_happened(&s, "");
    register_entry(&s, ENTRY + 1);
    disqualified.entry_id = story_id(&s, ENTRY + 1);
    hear_as(&s, &dossier_intake_kind, ENTRY + 1, &disqualified);
    assert_happened(&s, "DossierWithdrawalNoted, ContenderGone, ContendersAwaited");
    story_end(&s);
}

/* ------------------------------------------------------------------ every move there is */

/* clang-format off */
static const struct legal_move contest_moves[] = {
    { NOTHING,            ON(contest_noted),       CONTEST(PUBLISHED) },
    { CONTEST(PUBLISHED), ON(contest_closed),      CONTEST(CLOSED) },
    { CONTEST(CLOSED),    ON(contest_round_noted), CONTEST(CLOSED) },
    { CONTEST(PUBLISHED), ON(contenders_awaited),  CONTEST(PUBLISHED) },
    { CONTEST(CLOSED),    ON(contenders_awaited),  CONTEST(CLOSED) },
    { CONTEST(CLOSED),    ON(contest_entrants_confirmed), CONTEST(ENTRANTS_CONFIRMED) },
    { CONTEST(ENTRANTS_CONFIRMED), ON(contest_round_noted), CONTEST(ENTRANTS_CONFIRMED) },
    { CONTEST(ENTRANTS_CONFIRMED), ON(contenders_awaited),  CONTEST(ENTRANTS_CONFIRMED) },
    { CONTEST(JUDGED),    ON(contenders_awaited),  CONTEST(JUDGED) },
    { CONTEST(ENTRANTS_CONFIRMED), ON(judging_closed),      CONTEST(JUDGED) },
    { CONTEST(PUBLISHED), ON(contest_ended),       CONTEST(ENDED) },
    { CONTEST(CLOSED),    ON(contest_ended),       CONTEST(ENDED) },
    { CONTEST(ENTRANTS_CONFIRMED), ON(contest_ended), CONTEST(ENDED) },
    { CONTEST(JUDGED),    ON(contest_ended),       CONTEST(ENDED) },
    { CONTEST(JUDGED),    ON(contest_reopened),    CONTEST(ENTRANTS_CONFIRMED) },
    { CONTEST(ENDED),     ON(contest_round_noted), CONTEST(ENDED) },
    { 0 },
};

static const struct legal_move contender_moves[] = {
    { NOTHING,             ON(contender_noted),    CONTENDER(READY) },
    { CONTENDER(READY),    ON(contender_assigned), CONTENDER(IN_ROUND) },
    { CONTENDER(IN_ROUND), ON(contender_passed),   CONTENDER(READY) },
    { CONTENDER(READY),    ON(contender_passed),   CONTENDER(READY) },
    { CONTENDER(OUT),      ON(contender_passed),   CONTENDER(READY) },
    { CONTENDER(IN_ROUND), ON(contender_out),      CONTENDER(OUT) },
    { CONTENDER(READY),    ON(contender_gone),     CONTENDER(GONE) },
    { CONTENDER(IN_ROUND), ON(contender_gone),     CONTENDER(GONE) },
    { CONTENDER(OUT),      ON(contender_gone),     CONTENDER(GONE) },
    { 0 },
};

static const struct legal_move council_moves[] = {
    { NOTHING,              ON(council_constituted), COUNCIL(CONSTITUTED) },
    { COUNCIL(CONSTITUTED), ON(conflicts_declared),  COUNCIL(CONSTITUTED) },
    { COUNCIL(CONSTITUTED), ON(council_round_noted), COUNCIL(CONSTITUTED) },
    { COUNCIL(CONSTITUTED), ON(council_dissolved),   COUNCIL(DISSOLVED) },
    { 0 },
};

static const struct legal_move round_moves[] = {
    { NOTHING,             ON(round_planned),    ROUND(PLANNED) },
    { ROUND(PLANNED),      ON(entries_assigned), ROUND(PLANNED) },
    { ROUND(PLANNED),      ON(conflicts_noted),  ROUND(PLANNED) },
    { ROUND(PLANNED),      ON(round_started),    ROUND(SCORING) },
    { ROUND(SCORING),      ON(ranking_proposed), ROUND(DELIBERATION) },
    { ROUND(DELIBERATION), ON(ranking_proposed), ROUND(DELIBERATION) },
    { ROUND(DELIBERATION), ON(ranking_voided),   ROUND(SCORING) },
    { ROUND(SCORING),      ON(ranking_voided),   ROUND(SCORING) },
    { ROUND(DELIBERATION), ON(tie_decided),      ROUND(SCORING) },
    { ROUND(DELIBERATION), ON(round_confirmed),  ROUND(CONFIRMED) },
    { ROUND(PLANNED),      ON(round_annulled),   ROUND(ANNULLED) },
    { ROUND(SCORING),      ON(round_annulled),   ROUND(ANNULLED) },
    { ROUND(DELIBERATION), ON(round_annulled),   ROUND(ANNULLED) },
    { ROUND(CONFIRMED),    ON(round_annulled),   ROUND(ANNULLED) },
    { ROUND(PLANNED),      ON(round_called_off), ROUND(CALLED_OFF) },
    { ROUND(SCORING),      ON(round_called_off), ROUND(CALLED_OFF) },
    { ROUND(DELIBERATION), ON(round_called_off), ROUND(CALLED_OFF) },
    { ROUND(CALLED_OFF),   ON(round_annulled),   ROUND(ANNULLED) },
    { 0 },
};

static const struct legal_move sheet_moves[] = {
    { NOTHING,         ON(sheet_assigned), SHEET(ASSIGNED) },
    { SHEET(ASSIGNED), ON(sheet_saved),    SHEET(DRAFT) },
    { SHEET(DRAFT),    ON(sheet_saved),    SHEET(DRAFT) },
    { SHEET(REOPENED), ON(sheet_saved),    SHEET(DRAFT) },
    { SHEET(ASSIGNED), ON(sheet_locked),   SHEET(LOCKED) },
    { SHEET(DRAFT),    ON(sheet_locked),   SHEET(LOCKED) },
    { SHEET(REOPENED), ON(sheet_locked),   SHEET(LOCKED) },
    { SHEET(LOCKED),   ON(sheet_reopened), SHEET(REOPENED) },
    { SHEET(ASSIGNED), ON(sheet_excused),  SHEET(EXCUSED) },
    { SHEET(DRAFT),    ON(sheet_excused),  SHEET(EXCUSED) },
    { SHEET(REOPENED), ON(sheet_excused),  SHEET(EXCUSED) },
    { SHEET(ASSIGNED), ON(sheet_voided),   SHEET(VOIDED) },
    { SHEET(DRAFT),    ON(sheet_voided),   SHEET(VOIDED) },
    { SHEET(REOPENED), ON(sheet_voided),   SHEET(VOIDED) },
    { 0 },
};
/* clang-format on */

static void
nothing_else_can_happen(void **unused __attribute__((unused)))
{
    assert_only_these_moves(&appraisal_service, &contest_kind, contest_moves);
    assert_only_these_moves(&appraisal_service, &contender_kind, contender_moves);
    assert_only_these_moves(&appraisal_service, &council_kind, council_moves);
    assert_only_these_moves(&appraisal_service, &round_kind, round_moves);
    assert_only_these_moves(&appraisal_service, &score_sheet_kind, sheet_moves);
}

/* As the verifier does it, with whatever stands in a journal. */
static void
what_a_row_leaves_out_is_read_as_nothing(void **unused __attribute__((unused)))
{
    Appraisal__ContestNoted noted = APPRAISAL__CONTEST_NOTED__INIT;
    Appraisal__RoundStarted started = APPRAISAL__ROUND_STARTED__INIT;
    struct contest contest = { 0 };
    struct round round = { .self.state = ROUND(PLANNED) };
    const char *because;

    assert_int_equal(world_apply(&contest_kind, &contest.self, &noted.base, 0, &because), 0);
    assert_int_equal(world_apply(&round_kind, &round.self, &started.base, 0, &because), 0);
    assert_null(contest.rules);
    assert_int_equal(round.due_at_us, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_contest_brings_the_rules_that_were_published),
        cmocka_unit_test(an_edition_that_is_judged_elsewhere_is_passed_over),
        cmocka_unit_test(a_contest_ends_with_its_results_or_when_it_is_cancelled),
        cmocka_unit_test(a_registered_entry_becomes_a_contender),
        cmocka_unit_test(an_entry_that_went_away_is_gone_for_good),
        cmocka_unit_test(what_a_row_leaves_out_is_read_as_nothing),
        cmocka_unit_test(nothing_else_can_happen),
    };

    return cmocka_run_group_tests_name("contest", tests, NULL, NULL);
}

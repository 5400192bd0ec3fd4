/* tests/unit/edition_results.c - what the rounds of an edition make of its entries, and which prizes may follow.
 *
 * Entries 200, 201 ... are of agency 3. Round 300 is that of the clusters, round 301 the final.
 */
#include "sangkien/appraisal/v1/events.pb-c.h"
#include "tests/unit/edition_story.h"

#define STAGE(name) SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_##name
#define AWARD(name) SUBMISSIONS__AWARD__AWARD_##name

enum { MOST = 5 };

static uint8_t final_digest[32] = { 4, 2 };

/* A place in a ranking, closed by a zero entry. */
struct line {
    unsigned entry;
    int32_t rank;
    bool advances;
};

static const struct entry *
entry_of(struct story *s, unsigned entry)
{
    return story_state(s, &entry_kind, entry);
}

static void
entries_are_registered(struct story *s, unsigned count)
{
    Submissions__SubmitEntry submit = SUBMISSIONS__SUBMIT_ENTRY__INIT;
    Submissions__RegisterEntry registered = SUBMISSIONS__REGISTER_ENTRY__INIT;

    judged_edition_is_published(s);
    story_later(s, OPENS_US);
    for (unsigned i = 0; i < count; i++) {
        Submissions__CreateEntry *ask = new_entry(s);

        ask->title = arena_format(s->arena, "Mô hình %u", i);
        say_as(s, 31, 200 + i, ask);
        assert_happened(s, "EntryDrafted");
        join_as(s, 41, 200 + i, 1);
        say_as(s, 32, 200 + i, &submit);
        registered.entry_code = arena_format(s->arena, "KH-%02u", i);
        say_as(s, 21, 200 + i, &registered);
        assert_happened(s, "EntryRegistered, RollCounted");
    }
    story_later(s, CLOSES_US);
    confirm_entrants_as(s, 21, 100);
    assert_happened(s, "EntrantsConfirmed");
}

static void
round_starts(struct story *s, unsigned round, Submissions__RoundStage stage, unsigned count)
{
    Appraisal__RoundStarted heard = APPRAISAL__ROUND_STARTED__INIT;
    const char *ids[MOST];

    heard.round_id = story_id(s, round);
    heard.edition_id = story_id(s, 100);
    heard.round_code = stage == STAGE(FINAL) ? "final" : "clusters";
    heard.stage = stage;
    heard.n_entry_ids = count;
    heard.entry_ids = ids;
    for (unsigned i = 0; i < count; i++)
        ids[i] = story_id(s, 200 + i);
    story_hear(s, round, &heard);
}

static void
round_is_confirmed(struct story *s, unsigned round, const struct line *lines)
{
    Appraisal__RoundConfirmed heard = APPRAISAL__ROUND_CONFIRMED__INIT;
    Appraisal__Ranking ranking = APPRAISAL__RANKING__INIT;
    Appraisal__RankingLine *there[MOST];

    heard.round_id = story_id(s, round);
    heard.edition_id = story_id(s, 100);
    heard.stage = round == 301 ? STAGE(FINAL) : STAGE(CLUSTER);
    heard.round_code = round == 301 ? "final" : "clusters";
    heard.is_last = round == 301;
    heard.leads_to_final = !heard.is_last;
    heard.ranking = &ranking;
    ranking.lines = there;
    for (; lines->entry; lines++) {
        Appraisal__RankingLine *line = proto_new(s->arena, &appraisal__ranking_line__descriptor);

        line->entry_id = story_id(s, lines->entry);
        line->rank = lines->rank;
        line->score_centi = 9000 - 100 * lines->rank;
        line->advances = lines->advances;
        there[ranking.n_lines++] = line;
    }
    story_hear(s, round, &heard);
}

static void
round_is_annulled(struct story *s, unsigned round, unsigned count)
{
    Appraisal__RoundAnnulled heard = APPRAISAL__ROUND_ANNULLED__INIT;
    const char *ids[MOST];

    heard.round_id = story_id(s, round);
    heard.edition_id = story_id(s, 100);
    heard.round_code = round == 301 ? "final" : "clusters";
    heard.had_begun = true;
    heard.is_first = round != 301;
    heard.stage = round == 301 ? SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_FINAL
                               : SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_CLUSTER;
    heard.n_entry_ids = count;
    heard.entry_ids = ids;
    for (unsigned i = 0; i < count; i++)
        ids[i] = story_id(s, 200 + i);
    story_hear(s, round, &heard);
}

static void
withdraw(struct story *s, unsigned entry)
{
    Submissions__WithdrawEntry ask = SUBMISSIONS__WITHDRAW_ENTRY__INIT;

    ask.reason = "Không tiếp tục";
    say_as(s, 32, entry, &ask);
}

/* Everybody goes on to the final, which ranks them. */
static void
final_is_confirmed(struct story *s, const struct line *lines)
{
    struct line all[MOST + 1] = { { 0 } };
    unsigned count = 0;

    for (; lines[count].entry; count++)
        all[count] = (struct line){ 200 + count, (int32_t) count + 1, true };
    entries_are_registered(s, count);
    round_starts(s, 300, STAGE(CLUSTER), count);
    round_is_confirmed(s, 300, all);
    round_starts(s, 301, STAGE(FINAL), count);
    round_is_confirmed(s, 301, lines);
}

/* With the ranking of the final; 0: nobody came that far. */
static void
judging_is_closed(struct story *s, unsigned round)
{
    Appraisal__JudgingClosed heard = APPRAISAL__JUDGING_CLOSED__INIT;

    heard.edition_id = story_id(s, 100);
    heard.round_id = story_id(s, round);
    if (round)
        heard.ranking_digest = (ProtobufCBinaryData){ sizeof(final_digest), final_digest };
    story_hear(s, 100, &heard);
}

static void
contest_is_judged(struct story *s, const struct line *lines)
{
    final_is_confirmed(s, lines);
    judging_is_closed(s, 301);
    assert_happened(s, "JudgingEnded");
}

static Submissions__ConfirmResults *
results(struct story *s, const Submissions__Award *awards, unsigned count)
{
    Submissions__ConfirmResults *ask = proto_new(s->arena, ON(confirm_results));

    ask->document = &report;
    ask->ranking_digest = (ProtobufCBinaryData){ sizeof(final_digest), final_digest };
    for (unsigned i = 0; i < count; i++) {
        Submissions__Prizewinner *winner = ADD(s, ask, prizewinners, prizewinner);

        winner->entry_id = story_id(s, 200 + i);
        winner->award = awards[i];
    }
    return ask;
}

/* ------------------------------------------------------------------ rounds */

static void
judging_begins_with_the_first_round(void **state)
{
    struct story *s = *state;

    entries_are_registered(s, 2);
    round_starts(s, 300, STAGE(CLUSTER), 2);
    assert_happened(s, "JudgingStarted, EntryAssigned, EntryAssigned");
    assert_int_equal(entry_of(s, 201)->self.state, SUBMISSIONS__ENTRY_STATE__ENTRY_STATE_IN_ROUND);
    round_starts(s, 302, STAGE(CLUSTER), 0);
    assert_happened(s, "JudgingStarted");
}

static void
a_final_without_rounds_before_it_makes_finalists_of_all(void **state)
{
    struct story *s = *state;

    entries_are_registered(s, 1);
    round_starts(s, 301, STAGE(FINAL), 1);
    assert_happened(s, "JudgingStarted, EntryAssigned, EntryReachedFinal");
    assert_true(entry_of(s, 200)->reached_final);
}

static void
a_round_sends_entries_to_the_final_or_ends_their_way(void **state)
{
    struct story *s = *state;
    static const struct line lines[] = { { 200, 1, true }, { 201, 2, false }, { 0 } };

    entries_are_registered(s, 2);
    round_starts(s, 300, STAGE(CLUSTER), 2);
    round_is_confirmed(s, 300, lines);
    assert_happened(s, "RoundOutcomeNoted, EntryReachedFinal, EntryEliminated");
    assert_int_equal(entry_of(s, 200)->score_centi, 8900);
    assert_null(the_edition(s, 100)->places);
    round_starts(s, 301, STAGE(FINAL), 1);
    assert_happened(s, "JudgingStarted, EntryAssigned");
}

static void
a_round_that_does_not_lead_to_the_final_lets_entries_go_on(void **state)
{
    struct story *s = *state;
    Appraisal__RoundConfirmed heard = APPRAISAL__ROUND_CONFIRMED__INIT;
    Appraisal__Ranking ranking = APPRAISAL__RANKING__INIT;
    Appraisal__RankingLine line = APPRAISAL__RANKING_LINE__INIT, *lines = &line;

    entries_are_registered(s, 1);
    round_starts(s, 300, STAGE(CLUSTER), 1);
    heard.round_id = story_id(s, 300);
    heard.edition_id = story_id(s, 100);
    heard.ranking = &ranking;
    ranking.n_lines = 1;
    ranking.lines = &lines;
    line.entry_id = story_id(s, 200);
    line.advances = true;
    story_hear(s, 300, &heard);
    assert_happened(s, "RoundOutcomeNoted, EntryAdvanced");
}

static void
the_last_round_gives_everyone_a_place(void **state)
{
    struct story *s = *state;
    static const struct line lines[] = { { 201, 1, true }, { 200, 0, false }, { 0 } };
    const Submissions__FinalPlaces *places;

    final_is_confirmed(s, lines);
    assert_happened(s, "RoundOutcomeNoted, EntryPlaced, EntryPlaced");
    assert_true(((const Submissions__EntryPlaced *) story_event(s, 1))->may_have_prize);
    assert_false(((const Submissions__EntryPlaced *) story_event(s, 2))->may_have_prize);
    places = the_edition(s, 100)->places;
    assert_int_equal(the_edition(s, 100)->finalists, 2);
    assert_string_equal(places->places[0]->entry_id, story_id(s, 201));
    assert_int_equal(places->places[0]->rank, 1);
}

static void
an_entry_that_was_withdrawn_meanwhile_takes_no_part(void **state)
{
    struct story *s = *state;
    static const struct line lines[] = { { 200, 1, true }, { 201, 2, true }, { 0 } };

    entries_are_registered(s, 2);
    round_starts(s, 301, STAGE(FINAL), 2);
    withdraw(s, 200);
    round_is_confirmed(s, 301, lines);
    assert_happened(s, "RoundOutcomeNoted, EntryPlaced");
    assert_int_equal(the_edition(s, 100)->finalists, 1);
}

static void
an_entry_of_another_edition_takes_no_part(void **state)
{
    struct story *s = *state;
    Submissions__EditionCreated created = SUBMISSIONS__EDITION_CREATED__INIT;
    Appraisal__RoundStarted heard = APPRAISAL__ROUND_STARTED__INIT;
    struct edition *other;
    const char *ids[1];

    entries_are_registered(s, 1);
    other = (void *) (uintptr_t) the_edition(s, 101);
    transition_find(&edition_kind, NOTHING, ON(edition_created))->remember(other, &created);
    other->self.version = 1;
    other->self.state = SUBMISSIONS__EDITION_STATE__EDITION_STATE_CLOSED;
    ids[0] = story_id(s, 200);
    heard.edition_id = story_id(s, 101);
    heard.n_entry_ids = 1;
    heard.entry_ids = ids;
    story_hear(s, 300, &heard);
    assert_happened(s, "JudgingStarted");
}

static void
a_round_cannot_begin_while_entries_come_in(void **state)
{
    struct story *s = *state;

    judged_edition_is_published(s);
    story_later(s, OPENS_US);
    round_starts(s, 300, STAGE(CLUSTER), 0);
    assert_refused(s, "NOT_NOW");
}

static void
an_annulled_final_takes_its_places_with_it(void **state)
{
    struct story *s = *state;
    static const struct line lines[] = { { 200, 1, true }, { 0 } };
    static const Submissions__Award first[] = { AWARD(FIRST) };

    final_is_confirmed(s, lines);
    assert_int_equal(the_edition(s, 100)->finalists, 1);
    round_is_annulled(s, 301, 1);
    assert_string_equal(((const ProtobufCMessage *) story_event(s, 0))->descriptor->short_name,
                        "RoundOutcomeNoted");
    assert_int_equal(s->last.happened.count, 2); /* and the entry is as before */
    assert_null(the_edition(s, 100)->places);
    say_as(s, 11, 100, results(s, first, 1));
    assert_refused(s, "NO_RESULTS_YET");
    round_starts(s, 301, STAGE(FINAL), 1);
    round_is_confirmed(s, 301, lines);
    judging_is_closed(s, 301);
    say_as(s, 11, 100, results(s, first, 1));
    assert_happened(s, "ResultsConfirmed, EntryAwarded");
}

static void
a_round_that_is_annulled_before_any_began_changes_nothing(void **state)
{
    struct story *s = *state;

    entries_are_registered(s, 1);
    round_is_annulled(s, 300, 1);
    assert_happened(s, "");
}

static void
nothing_is_judged_any_more_in_an_edition_that_was_cancelled(void **state)
{
    struct story *s = *state;
    Submissions__CancelEdition cancel = SUBMISSIONS__CANCEL_EDITION__INIT;
    static const struct line lines[] = { { 200, 1, true }, { 0 } };

    entries_are_registered(s, 1);
    round_starts(s, 301, STAGE(FINAL), 1);
    say_as(s, 11, 100, &cancel);
    assert_happened(s, "EditionCancelled");
    round_is_confirmed(s, 301, lines);
    assert_happened(s, "");
    round_is_annulled(s, 301, 1);
    assert_happened(s, "");
    round_starts(s, 301, STAGE(FINAL), 1);
    assert_happened(s, "");
    judging_is_closed(s, 301);
    assert_happened(s, "");
}

static void
nothing_is_judged_here_of_an_edition_that_is_judged_elsewhere(void **state)
{
    struct story *s = *state;
    Submissions__CloseRegistration close = SUBMISSIONS__CLOSE_REGISTRATION__INIT;

    edition_is_open(s);
    say_as(s, 21, 100, &close);
    round_starts(s, 300, STAGE(CLUSTER), 0);
    assert_happened(s, "");
}

/* ------------------------------------------------------------------ prizes */

static const struct line four[] = {
    { 200, 1, true }, { 201, 2, true }, { 202, 3, true }, { 203, 4, false }, { 0 }
};

static void
there_are_no_results_before_the_last_round_is_confirmed(void **state)
{
    struct story *s = *state;
    static const Submissions__Award first[] = { AWARD(FIRST) };

    entries_are_registered(s, 1);
    say_as(s, 11, 100, results(s, first, 1));
    assert_refused(s, "NOT_NOW");
    round_starts(s, 301, STAGE(FINAL), 1);
    say_as(s, 11, 100, results(s, first, 1));
    assert_refused(s, "NO_RESULTS_YET");
    round_is_confirmed(s, 301, four);
    say_as(s, 11, 100, results(s, first, 1)); /* it may still be annulled */
    assert_refused(s, "NO_RESULTS_YET");
}

static void
results_name_the_ranking_with_which_judging_was_closed(void **state)
{
    struct story *s = *state;
    static const Submissions__Award none[] = { AWARD(NONE), AWARD(NONE), AWARD(NONE), AWARD(NONE) };
    uint8_t other[32] = { 4, 3 };
    Submissions__ConfirmResults *ask = results(s, none, 4);

    contest_is_judged(s, four);
    ask->ranking_digest.data = other;
    say_as(s, 11, 100, ask);
    assert_refused(s, "OTHER_RANKING");
    ask->ranking_digest = (ProtobufCBinaryData){ 0, NULL };
    say_as(s, 11, 100, ask);
    assert_refused(s, "OTHER_RANKING");
    say_as(s, 11, 100, results(s, none, 4));
    const Submissions__ResultsConfirmed *said = story_event(s, 0);

    assert_memory_equal(said->ranking_digest.data, final_digest, sizeof(final_digest));
}

/* Its event was parked: that nobody has a place means nothing. */
static void
there_are_no_results_of_a_final_that_was_not_heard_of(void **state)
{
    struct story *s = *state;
    static const struct line lines[] = { { 200, 1, true }, { 0 } };
    static const Submissions__Award first[] = { AWARD(FIRST) };

    entries_are_registered(s, 1);
    round_starts(s, 300, STAGE(CLUSTER), 1);
    round_starts(s, 301, STAGE(FINAL), 1);
    judging_is_closed(s, 301);
    assert_happened(s, "JudgingEnded");
    say_as(s, 11, 100, results(s, first, 0));
    assert_refused(s, "NO_RESULTS_YET");
    round_is_confirmed(s, 301, lines);
    round_is_confirmed(s, 300, lines); /* last of all */
    assert_int_equal(the_edition(s, 100)->finalists, 1);
    say_as(s, 11, 100, results(s, first, 0));
    assert_refused(s, "NOT_ALL_FINALISTS");
    say_as(s, 11, 100, results(s, first, 1));
    assert_happened(s, "ResultsConfirmed, EntryAwarded");
}

/* Who had no part in organising when the entry was registered may have by now. */
static void
nobody_confirms_a_prize_of_the_own_entry(void **state)
{
    struct story *s = *state;
    static const struct line lines[] = { { 200, 1, true }, { 0 } };
    static const Submissions__Award first[] = { AWARD(FIRST) };
    struct entry *entry;
    struct author *author;

    contest_is_judged(s, lines);
    entry = (void *) (uintptr_t) entry_of(s, 200);
    author = list_add(&entry->authors);
    *author = (struct author){ ID(11), 1, 0, entry->draft };
    say_as(s, 11, 100, results(s, first, 1));
    assert_refused(s, "OWN_SUBMISSION");
    ((struct edition *) (uintptr_t) the_edition(s, 100))->rules->eligibility->organisers_may_enter =
        true;
    say_as(s, 11, 100, results(s, first, 1));
    assert_happened(s, "ResultsConfirmed, EntryAwarded");
}

/* Its annulment was parked: the entries are elsewhere by then. */
static void
what_is_heard_late_of_an_earlier_round_changes_nothing(void **state)
{
    struct story *s = *state;
    static const struct line lines[] = { { 200, 1, true }, { 201, 2, true }, { 0 } };
    static const struct line others[] = { { 200, 2, false }, { 201, 1, false }, { 0 } };
    static const Submissions__Award awards[] = { AWARD(FIRST), AWARD(NONE) };
    const struct entry *first;

    entries_are_registered(s, 2);
    round_starts(s, 310, STAGE(CLUSTER), 2);
    round_starts(s, 300, STAGE(CLUSTER), 2); /* held again */
    round_is_confirmed(s, 310, others);
    round_is_confirmed(s, 300, lines);
    round_starts(s, 301, STAGE(FINAL), 2);
    round_is_confirmed(s, 301, lines);
    judging_is_closed(s, 301);
    round_is_annulled(s, 310, 2);
    assert_happened(s, "RoundOutcomeNoted");
    first = story_state(s, &entry_kind, 200);
    assert_int_equal(first->self.state, SUBMISSIONS__ENTRY_STATE__ENTRY_STATE_FINALIST);
    assert_int_equal(first->rank, 1);
    say_as(s, 11, 100, results(s, awards, 2));
    assert_happened(s, "ResultsConfirmed, EntryAwarded, EntryNotAwarded");
}

static Submissions__ReopenJudging *
reopening(struct story *s)
{
    Submissions__ReopenJudging *ask = proto_new(s->arena, ON(reopen_judging));

    ask->reason = "A sheet was added up wrongly.";
    ask->document = &report;
    return ask;
}

/* Whatever is annulled then, nothing is confirmed on it. */
static void
the_owner_opens_judging_again_as_long_as_there_are_no_results(void **state)
{
    struct story *s = *state;
    static const struct line lines[] = { { 200, 1, true }, { 0 } };
    static const Submissions__Award first[] = { AWARD(FIRST) };

    final_is_confirmed(s, lines);
    say_as(s, 11, 100, reopening(s));
    assert_refused(s, "JUDGING_OPEN");
    judging_is_closed(s, 301);
    say_as(s, 22, 100, reopening(s));
    assert_refused(s, "NOT_ALLOWED");
    say_as(s, 11, 100, reopening(s));
    assert_happened(s, "JudgingReopened");
    say_as(s, 11, 100, results(s, first, 1));
    assert_refused(s, "NO_RESULTS_YET");
    round_is_annulled(s, 301, 1);
    round_starts(s, 301, STAGE(FINAL), 1);
    round_is_confirmed(s, 301, lines);
    judging_is_closed(s, 301);
    assert_happened(s, "JudgingEnded");
    say_as(s, 11, 100, results(s, first, 1));
    assert_happened(s, "ResultsConfirmed, EntryAwarded");
    say_as(s, 11, 100, reopening(s));
    assert_refused(s, "NOT_NOW");
}

static void
judging_is_opened_again_by_a_document_of_a_day_that_there_is(void **state)
{
    struct story *s = *state;
    static const struct line lines[] = { { 200, 1, true }, { 0 } };
    Submissions__ReopenJudging *ask = reopening(s);
    Types__OfficialDocument undated = report;

    contest_is_judged(s, lines);
    undated.issued_on = until(s, 2019, 2, 29, false)->date;
    ask->document = &undated;
    say_as(s, 11, 100, ask);
    assert_refused(s, "BAD_DATE");
}

/* Nobody reached what the clusters ask for; or nobody was registered, and no round began. */
static void
where_nobody_has_a_place_nobody_is_named(void **state)
{
    struct story *s = *state;
    static const struct line lines[] = { { 200, 1, false }, { 0 } };
    static const Submissions__Award first[] = { AWARD(FIRST) };
    Submissions__ConfirmResults *ask = results(s, first, 0);

    entries_are_registered(s, 1);
    round_starts(s, 300, STAGE(CLUSTER), 1);
    round_is_confirmed(s, 300, lines);
    judging_is_closed(s, 0);
    assert_happened(s, "JudgingEnded");
    judging_is_closed(s, 0);
    assert_happened(s, "");
    say_as(s, 11, 100, ask);
    assert_refused(s, "OTHER_RANKING");
    ask = results(s, first, 1);
    ask->ranking_digest = (ProtobufCBinaryData){ 0, NULL };
    say_as(s, 11, 100, ask);
    assert_refused(s, "NOT_ALL_FINALISTS");
    ask->n_prizewinners = 0;
    say_as(s, 11, 100, ask);
    assert_happened(s, "ResultsConfirmed");
}

static void
an_edition_that_nobody_entered_has_results_too(void **state)
{
    struct story *s = *state;
    Submissions__ConfirmResults *ask = results(s, NULL, 0);

    entries_are_registered(s, 0);
    judging_is_closed(s, 0);
    assert_happened(s, "JudgingEnded");
    assert_int_equal(the_edition(s, 100)->self.state,
                     SUBMISSIONS__EDITION_STATE__EDITION_STATE_JUDGING);
    ask->ranking_digest = (ProtobufCBinaryData){ 0, NULL };
    say_as(s, 11, 100, ask);
    assert_happened(s, "ResultsConfirmed");
}

static void
results_are_confirmed_once_and_reach_every_entry(void **state)
{
    struct story *s = *state;
    static const Submissions__Award awards[] = { AWARD(FIRST), AWARD(SECOND), AWARD(SECOND),
                                                 AWARD(NONE) };

    contest_is_judged(s, four);
    say_as(s, 32, 100, results(s, awards, 4));
    assert_refused(s, "NOT_YOUR_EDITION");
    say_as(s, 22, 100, results(s, awards, 4));
    assert_refused(s, "NOT_ALLOWED");
    say_as(s, 11, 100, results(s, awards, 4));
    assert_happened(s,
                    "ResultsConfirmed, EntryAwarded, EntryAwarded, EntryAwarded, EntryNotAwarded");
    assert_int_equal(entry_of(s, 202)->award, AWARD(SECOND));
    assert_int_equal(entry_of(s, 203)->award, AWARD(NONE));
    say_as(s, 11, 100, results(s, awards, 4));
    assert_refused(s, "NOT_NOW");
}

static void
everyone_with_a_place_is_named_once_and_nobody_else(void **state)
{
    struct story *s = *state;
    static const Submissions__Award awards[] = { AWARD(FIRST), AWARD(NONE), AWARD(NONE),
                                                 AWARD(NONE) };
    Submissions__ConfirmResults *ask;

    contest_is_judged(s, four);
    say_as(s, 11, 100, results(s, awards, 3));
    assert_refused(s, "NOT_ALL_FINALISTS");
    assert_string_equal(field_named(s), "prizewinners");
    ask = results(s, awards, 4);
    ask->prizewinners[3]->entry_id = story_id(s, 202);
    say_as(s, 11, 100, ask);
    assert_refused(s, "NOT_ALL_FINALISTS");
    assert_string_equal(field_named(s), "prizewinners[3].entry_id");
    ask->prizewinners[3]->entry_id = story_id(s, 299);
    say_as(s, 11, 100, ask);
    assert_refused(s, "NOT_ALL_FINALISTS");
}

static void
a_finalist_who_withdrew_since_is_named_without_a_prize(void **state)
{
    struct story *s = *state;
    static const Submissions__Award awards[] = { AWARD(FIRST), AWARD(NONE), AWARD(NONE),
                                                 AWARD(NONE) };
    Submissions__ConfirmResults *ask = results(s, awards, 4);

    contest_is_judged(s, four);
    withdraw(s, 200);
    say_as(s, 11, 100, ask);
    assert_refused(s, "ENTRY_WITHDRAWN");
    assert_string_equal(field_named(s), "prizewinners[0].award");
    ask->prizewinners[0]->award = AWARD(NONE);
    ask->prizewinners[1]->award = AWARD(FIRST);
    say_as(s, 11, 100, ask);
    assert_happened(s, "ResultsConfirmed, EntryAwarded, EntryNotAwarded, EntryNotAwarded");
}

static void
assert_not_given(struct story *s, const Submissions__Award *awards, unsigned count, const char *why,
                 const char *field)
{
    say_as(s, 11, 100, results(s, awards, count));
    assert_refused(s, why);
    assert_string_equal(field_named(s), field);
}

static void
prizes_are_those_of_the_rules_and_not_more(void **state)
{
    struct story *s = *state;
    static const Submissions__Award third[] = { AWARD(FIRST), AWARD(SECOND), AWARD(THIRD),
                                                AWARD(NONE) };
    static const Submissions__Award firsts[] = { AWARD(FIRST), AWARD(FIRST), AWARD(NONE),
                                                 AWARD(NONE) };

    contest_is_judged(s, four);
    assert_not_given(s, third, 4, "PRIZE_QUOTA", "prizewinners[2].award");
    assert_not_given(s, firsts, 4, "PRIZE_QUOTA", "prizewinners[0].award");
}

static void
prizes_follow_places(void **state)
{
    struct story *s = *state;
    static const Submissions__Award upside_down[] = { AWARD(SECOND), AWARD(FIRST), AWARD(NONE),
                                                      AWARD(NONE) };
    static const Submissions__Award with_a_gap[] = { AWARD(FIRST), AWARD(NONE), AWARD(SECOND),
                                                     AWARD(NONE) };
    static const Submissions__Award to_the_last[] = { AWARD(FIRST), AWARD(SECOND), AWARD(NONE),
                                                      AWARD(SECOND) };
    static const Submissions__Award none[] = { AWARD(NONE), AWARD(NONE), AWARD(NONE), AWARD(NONE) };

    contest_is_judged(s, four);
    assert_not_given(s, upside_down, 4, "PRIZES_NOT_BY_RANK", "prizewinners[0].award");
    assert_not_given(s, with_a_gap, 4, "PRIZES_NOT_BY_RANK", "prizewinners[1].award");
    assert_not_given(s, to_the_last, 4, "PRIZES_NOT_BY_RANK", "prizewinners[3].award");
    say_as(s, 11, 100, results(s, none, 4));
    assert_happened(
        s, "ResultsConfirmed, EntryNotAwarded, EntryNotAwarded, EntryNotAwarded, EntryNotAwarded");
}

static void
who_missed_a_minimum_is_passed_by_those_behind(void **state)
{
    struct story *s = *state;
    static const struct line lines[] = { { 200, 1, false }, { 201, 2, true }, { 0 } };
    static const Submissions__Award awards[] = { AWARD(NONE), AWARD(FIRST) };

    contest_is_judged(s, lines);
    say_as(s, 11, 100, results(s, awards, 2));
    assert_happened(s, "ResultsConfirmed, EntryNotAwarded, EntryAwarded");
}

static void
equals_have_equal_prizes_unless_there_are_no_more(void **state)
{
    struct story *s = *state;
    static const struct line lines[] = {
        { 200, 1, true }, { 201, 2, true }, { 202, 2, true }, { 203, 2, true }, { 0 }
    };
    static const Submissions__Award one_of_two[] = { AWARD(FIRST), AWARD(SECOND), AWARD(NONE),
                                                     AWARD(NONE) };
    static const Submissions__Award all_there_are[] = { AWARD(FIRST), AWARD(SECOND), AWARD(NONE),
                                                        AWARD(SECOND) };

    contest_is_judged(s, lines);
    assert_not_given(s, one_of_two, 4, "PRIZES_NOT_BY_RANK", "prizewinners[2].award");
    say_as(s, 11, 100, results(s, all_there_are, 4));
    assert_happened(s,
                    "ResultsConfirmed, EntryAwarded, EntryAwarded, EntryNotAwarded, EntryAwarded");
}

static void
a_finalist_owes_no_dossier_before_the_results(void **state)
{
    struct story *s = *state;
    Submissions__RequireDossier ask = SUBMISSIONS__REQUIRE_DOSSIER__INIT;
    static const struct line lines[] = { { 200, 1, true }, { 0 } };
    static const Submissions__Award first[] = { AWARD(FIRST) };

    contest_is_judged(s, lines);
    require_until(s, until(s, 2020, 1, 31, false));
    assert_refused(s, "NO_RESULTS_YET");
    say_as(s, 11, 100, results(s, first, 1));
    assert_happened(s, "ResultsConfirmed, EntryAwarded");
    ask.due = until(s, 2020, 1, 31, false);
    say_as(s, 21, 200, &ask);
    assert_happened(s, "DossierRequired");
}

static void
the_result_report_is_of_a_day_that_there_is(void **state)
{
    struct story *s = *state;
    static const Submissions__Award none[] = { AWARD(NONE), AWARD(NONE), AWARD(NONE), AWARD(NONE) };
    Submissions__ConfirmResults *ask = results(s, none, 4);
    Types__OfficialDocument undated = report;

    contest_is_judged(s, four);
    undated.issued_on = until(s, 2019, 2, 29, false)->date;
    ask->document = &undated;
    say_as(s, 11, 100, ask);
    assert_refused(s, "BAD_DATE");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD(judging_begins_with_the_first_round),
        TOLD(a_final_without_rounds_before_it_makes_finalists_of_all),
        TOLD(a_round_sends_entries_to_the_final_or_ends_their_way),
        TOLD(a_round_that_does_not_lead_to_the_final_lets_entries_go_on),
        TOLD(the_last_round_gives_everyone_a_place),
        TOLD(an_entry_that_was_withdrawn_meanwhile_takes_no_part),
        TOLD(an_entry_of_another_edition_takes_no_part),
        TOLD(a_round_cannot_begin_while_entries_come_in),
        TOLD(an_annulled_final_takes_its_places_with_it),
        TOLD(a_round_that_is_annulled_before_any_began_changes_nothing),
        TOLD(nothing_is_judged_any_more_in_an_edition_that_was_cancelled),
        TOLD(nothing_is_judged_here_of_an_edition_that_is_judged_elsewhere),
        TOLD(there_are_no_results_before_the_last_round_is_confirmed),
        TOLD(results_name_the_ranking_with_which_judging_was_closed),
        TOLD(there_are_no_results_of_a_final_that_was_not_heard_of),
        TOLD(nobody_confirms_a_prize_of_the_own_entry),
        TOLD(what_is_heard_late_of_an_earlier_round_changes_nothing),
        TOLD(the_owner_opens_judging_again_as_long_as_there_are_no_results),
        TOLD(judging_is_opened_again_by_a_document_of_a_day_that_there_is),
        TOLD(where_nobody_has_a_place_nobody_is_named),
        TOLD(an_edition_that_nobody_entered_has_results_too),
        TOLD(results_are_confirmed_once_and_reach_every_entry),
        TOLD(everyone_with_a_place_is_named_once_and_nobody_else),
        TOLD(a_finalist_who_withdrew_since_is_named_without_a_prize),
        TOLD(prizes_are_those_of_the_rules_and_not_more),
        TOLD(prizes_follow_places),
        TOLD(who_missed_a_minimum_is_passed_by_those_behind),
        TOLD(equals_have_equal_prizes_unless_there_are_no_more),
        TOLD(a_finalist_owes_no_dossier_before_the_results),
        TOLD(the_result_report_is_of_a_day_that_there_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

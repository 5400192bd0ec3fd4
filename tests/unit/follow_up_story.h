/* tests/unit/follow_up_story.h - an edition that was judged here, from its final on.
 *
 * Shapes     entries 200, 201, 202 of agency 3 are in the final of edition 100, or of the local contest 110, and win the
 *            first prize, the second one, and none. Follow-ups are due before 31 January 2020.
 */
#ifndef SANGKIEN_TESTS_UNIT_FOLLOW_UP_STORY_H
#define SANGKIEN_TESTS_UNIT_FOLLOW_UP_STORY_H

#include "sangkien/funding/v1/events.pb-c.h"
#include "tests/unit/edition_story.h"

#define AWARD(name) SUBMISSIONS__AWARD__AWARD_##name
#define DOSSIER_IN(s, entry) (((const struct dossier *) story_state(s, &dossier_kind, entry)))
#define CASES(name) FUNDING__##name##__INIT

enum { ENTRIES = 3 };

static uint8_t digest_of_final[32] = { 3 };

/* ------------------------------------------------------------------ up to the results */

static inline void
entries_come_in(struct story *s, unsigned edition)
{
    Submissions__SubmitEntry submit = SUBMISSIONS__SUBMIT_ENTRY__INIT;
    Submissions__RegisterEntry registered = SUBMISSIONS__REGISTER_ENTRY__INIT;

    for (unsigned person = 33; person < 35; person++) /* the others organise the local contest */
        story_person(s, 3, person);
    for (unsigned i = 0; i < ENTRIES; i++) {
        Submissions__CreateEntry *ask = new_entry(s);

        ask->edition_id = story_id(s, edition);
        ask->title = arena_format(s->arena, "Mô hình %u", i);
        for (unsigned a = 0; a < 2 && edition != 100; a++)
            ask->authors[a]->person_id = story_id(s, 33 + a);
        say_as(s, 31, 200 + i, ask);
        join_as(s, 41, 200 + i, 1);
        say_as(s, edition == 100 ? 32 : 31, 200 + i, &submit);
        registered.entry_code = arena_format(s->arena, "KH-%02u", i);
        say_as(s, edition == 100 ? 21 : 32, 200 + i, &registered);
        assert_happened(s, "EntryRegistered, RollCounted");
    }
}

static inline void
final_is_held(struct story *s, unsigned edition)
{
    Appraisal__RoundStarted started = APPRAISAL__ROUND_STARTED__INIT;
    Appraisal__RoundConfirmed confirmed = APPRAISAL__ROUND_CONFIRMED__INIT;
    Appraisal__JudgingClosed closed = APPRAISAL__JUDGING_CLOSED__INIT;
    Appraisal__Ranking ranking = APPRAISAL__RANKING__INIT;
    Appraisal__RankingLine *lines[ENTRIES];
    const char *ids[ENTRIES];

    started.round_id = confirmed.round_id = story_id(s, 300);
    started.edition_id = confirmed.edition_id = story_id(s, edition);
    started.round_code = confirmed.round_code = "final";
    started.stage = confirmed.stage = SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_FINAL;
    started.n_entry_ids = ranking.n_lines = ENTRIES;
    started.entry_ids = ids;
    confirmed.is_last = true;
    confirmed.ranking = &ranking;
    ranking.lines = lines;
    for (unsigned i = 0; i < ENTRIES; i++) {
        ids[i] = story_id(s, 200 + i);
        lines[i] = proto_new(s->arena, &appraisal__ranking_line__descriptor);
        lines[i]->entry_id = ids[i];
        lines[i]->rank = (int32_t) i + 1;
        lines[i]->advances = true;
    }
    story_hear(s, 300, &started);
    story_hear(s, 300, &confirmed);
    assert_happened(s, "RoundOutcomeNoted, EntryPlaced, EntryPlaced, EntryPlaced");
    closed.edition_id = started.edition_id;
    closed.round_id = started.round_id;
    closed.ranking_digest = (ProtobufCBinaryData){ sizeof(digest_of_final), digest_of_final };
    story_hear(s, edition, &closed);
    assert_happened(s, "JudgingEnded");
}

static inline void
results_are_confirmed_by(struct story *s, unsigned person, unsigned edition)
{
    static const Submissions__Award awards[ENTRIES] = { AWARD(FIRST), AWARD(SECOND), AWARD(NONE) };
    Submissions__ConfirmResults *ask = proto_new(s->arena, ON(confirm_results));

    ask->document = &report;
    ask->ranking_digest = (ProtobufCBinaryData){ sizeof(digest_of_final), digest_of_final };
    for (unsigned i = 0; i < ENTRIES; i++) {
        Submissions__Prizewinner *winner = ADD(s, ask, prizewinners, prizewinner);

        winner->entry_id = story_id(s, 200 + i);
        winner->award = awards[i];
    }
    say_as(s, person, edition, ask);
    assert_happened(s, "ResultsConfirmed, EntryAwarded, EntryAwarded, EntryNotAwarded");
}

static inline void
results_are_confirmed(struct story *s)
{
    judged_edition_is_published(s);
    story_later(s, OPENS_US);
    entries_come_in(s, 100);
    story_later(s, CLOSES_US);
    confirm_entrants_as(s, 21, 100);
    final_is_held(s, 100);
    results_are_confirmed_by(s, 11, 100);
}

static inline void
local_results_are_confirmed(struct story *s)
{
    Submissions__EditionRules *rules = local_rules(s);

    rules->eligibility->organisers_may_enter = true; /* as both authors do */
    local_edition_is_drafted(s);
    set_rules_as(s, 32, 110, rules);
    publish_as(s, 32, 110);
    story_later(s, OPENS_US);
    entries_come_in(s, 110);
    story_later(s, CLOSES_US);
    confirm_entrants_as(s, 32, 110);
    final_is_held(s, 110);
    results_are_confirmed_by(s, 32, 110);
}

/* ------------------------------------------------------------------ what is said */

/* Before 31 January 2020, as the report says. */
static inline Types__Deadline *
due(struct story *s)
{
    Types__Deadline *deadline = until(s, 2020, 1, 31, false);

    deadline->document = &report;
    return deadline;
}

static inline void
follow_up_as(struct story *s, unsigned person, unsigned edition, Types__Deadline *deadline)
{
    Submissions__StartFollowUp ask = SUBMISSIONS__START_FOLLOW_UP__INIT;

    ask.due = deadline;
    say_as(s, person, edition, &ask);
}

static inline void
follow_up_is_started(struct story *s)
{
    results_are_confirmed(s);
    follow_up_as(s, 21, 100, due(s));
    assert_happened(s, "FollowUpStarted, DossierRequired, DossierRequired, DossierRequired");
}

/* Handed in, taken, and reported on. */
static inline void
dossier_is_appraised(struct story *s, unsigned entry)
{
    Submissions__AcceptDossier accept = SUBMISSIONS__ACCEPT_DOSSIER__INIT;
    Appraisal__AppraisalOpened opened = APPRAISAL__APPRAISAL_OPENED__INIT;
    Appraisal__AppraisalReported reported = APPRAISAL__APPRAISAL_REPORTED__INIT;

    accept.dossier_version = 1;
    opened.dossier_id = reported.dossier_id = story_id(s, entry);
    say_as(s, 32, entry, new_dossier(s));
    say_as(s, 21, entry, &accept);
    story_hear(s, 600 + entry, &opened);
    story_hear(s, 600 + entry, &reported);
    assert_happened(s, "DossierAppraised");
}

static inline void
case_is_opened(struct story *s, unsigned entry, unsigned number)
{
    Funding__FundingCaseOpened heard = CASES(FUNDING_CASE_OPENED);

    heard.dossier_id = story_id(s, entry);
    story_hear(s, number, &heard);
    assert_happened(s, "DossierFundingNoted");
}

static inline void
case_is_approved(struct story *s, unsigned entry, unsigned number)
{
    Funding__FundingApproved heard = CASES(FUNDING_APPROVED);

    heard.dossier_id = story_id(s, entry);
    story_hear(s, number, &heard);
    assert_happened(s, "DossierFundingNoted");
}

static inline void
case_is_rejected(struct story *s, unsigned entry, unsigned number)
{
    Funding__FundingRejected heard = CASES(FUNDING_REJECTED);

    heard.dossier_id = story_id(s, entry);
    story_hear(s, number, &heard);
    assert_happened(s, "DossierFundingNoted");
}

static inline void
case_is_withdrawn(struct story *s, unsigned entry, unsigned number)
{
    Funding__FundingWithdrawn heard = CASES(FUNDING_WITHDRAWN);

    heard.dossier_id = story_id(s, entry);
    story_hear(s, number, &heard);
    assert_happened(s, "DossierFundingNoted");
}

/* Every dossier was appraised, and nothing came of it. */
static inline void
follow_up_is_over(struct story *s)
{
    follow_up_is_started(s);
    for (unsigned i = 0; i < ENTRIES; i++)
        dossier_is_appraised(s, 200 + i);
}

static inline void
money_is_committed(struct story *s)
{
    follow_up_is_over(s);
    case_is_opened(s, 200, 901);
    case_is_approved(s, 200, 901);
}

#endif

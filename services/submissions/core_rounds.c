/* services/submissions/core_rounds.c - what the rounds of an edition, as heard from appraisal, make of it and its entries.
 * Pure.
 *
 * An entry that was withdrawn or disqualified meanwhile takes no part: its table has no row for what is heard. */
#include "common/proto.h"
#include "sangkien/appraisal/v1/events.pb-c.h"
#include "services/submissions/core_edition.h"

#define IS(state) EDITION_IS(state)

/* What comes too late, since its results are confirmed, or it was cancelled; or is none of its business. */
static bool
is_not_judged(const struct edition *edition)
{
    return edition->judged_elsewhere || edition->self.state >= IS(RESULTS_CONFIRMED);
}

static void
need_entries(struct keys *keys, const char *const *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        need(keys, &entry_kind, uuid_of(ids[i]));
}

/* The nth entry that the message names, if it is one of this edition to which that may happen. */
static const struct entry *
entry_open_to(const struct given *given, size_t nth, const ProtobufCMessageDescriptor *event)
{
    const struct entry *entry = also(given, nth);

    return uuid_equal(&entry->edition_id, &given->subject) &&
                   transition_find(&entry_kind, entry->self.state, event)
               ? entry
               : NULL;
}

/* ------------------------------------------------------------------ begun */

struct uuid
submissions_edition_started(const struct given *given, const void *event)
{
    const Appraisal__RoundStarted *heard = event;

    (void) given;
    return uuid_of(heard->edition_id);
}

void
submissions_entries_started(const struct given *given, const void *event, struct keys *keys)
{
    const Appraisal__RoundStarted *heard = event;

    (void) given;
    need_entries(keys, heard->entry_ids, heard->n_entry_ids);
    need(keys, &jury_kind, uuid_of(heard->edition_id));
}

/* Whoever is in the final has reached it, also where no round led there. */
static void
say_reached(const struct entry *entry, struct events *out)
{
    Submissions__EntryReachedFinal *said =
        new_event_on(out, &entry_kind, entry->self.id, ON(entry_reached_final));

    said->entry_id = id_text(out, &entry->self.id);
    said->entry_code = entry->entry_code;
    said->title = entry->title;
}

static void
say_assigned(const struct entry *entry, const Appraisal__RoundStarted *heard, struct events *out)
{
    Submissions__EntryAssigned *said =
        new_event_on(out, &entry_kind, entry->self.id, ON(entry_assigned));

    said->entry_id = id_text(out, &entry->self.id);
    said->round_id = heard->round_id;
    said->round_code = heard->round_code;
    if (heard->stage == SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_FINAL && !entry->reached_final)
        say_reached(entry, out);
}

int
submissions_round_started(const struct given *given, const void *event, struct events *out)
{
    const struct edition *edition = given->state;
    const Appraisal__RoundStarted *heard = event;
    Submissions__JudgingStarted *said;

    if (is_not_judged(edition))
        return ACCEPTED;
    said = new_event(out, ON(judging_started));
    said->edition_id = id_text(out, &given->subject);
    said->round_id = heard->round_id;
    if (!edition->judging_ended)
        submissions_blind(given, heard, out);
    for (size_t i = 0; i < heard->n_entry_ids; i++) {
        const struct entry *entry = entry_open_to(given, i, ON(entry_assigned));

        if (entry)
            say_assigned(entry, heard, out);
    }
    return ACCEPTED;
}

/* ------------------------------------------------------------------ confirmed */

struct uuid
submissions_edition_ranked(const struct given *given, const void *event)
{
    const Appraisal__RoundConfirmed *heard = event;

    (void) given;
    return uuid_of(heard->edition_id);
}

void
submissions_entries_ranked(const struct given *given, const void *event, struct keys *keys)
{
    const Appraisal__RoundConfirmed *heard = event;

    (void) given;
    for (size_t i = 0; heard->ranking && i < heard->ranking->n_lines; i++)
        need(keys, &entry_kind, uuid_of(heard->ranking->lines[i]->entry_id));
}

static const ProtobufCMessageDescriptor *
fate_of(const Appraisal__RoundConfirmed *heard, const Appraisal__RankingLine *line)
{
    if (heard->is_last)
        return ON(entry_placed);
    if (!line->advances)
        return ON(entry_eliminated);
    return heard->leads_to_final ? ON(entry_reached_final) : ON(entry_advanced);
}

static void
put(void *message, const char *name, const char *text)
{
    const ProtobufCFieldDescriptor *field;

    *(const char **) proto_field(message, name, &field) = text;
}

static void
put_number(void *message, const char *name, int32_t number)
{
    const ProtobufCFieldDescriptor *field;

    *(int32_t *) proto_field(message, name, &field) = number;
}

/* Whatever it is, it is told alike. */
static void
say_fate(const struct entry *entry, const Appraisal__RankingLine *line,
         const ProtobufCMessageDescriptor *fate, struct events *out)
{
    void *said = new_event_on(out, &entry_kind, entry->self.id, fate);

    put(said, "entry_id", id_text(out, &entry->self.id));
    put(said, "entry_code", entry->entry_code);
    put(said, "title", entry->title);
    put_number(said, "score_centi", line->score_centi);
    put_number(said, "rank", line->rank);
    if (fate == ON(entry_placed))
        ((Submissions__EntryPlaced *) said)->may_have_prize = line->advances;
}

static void
add_place(Submissions__FinalPlaces *places, const struct entry *entry,
          const Appraisal__RankingLine *line, struct events *out)
{
    Submissions__FinalPlace *place = proto_new(out->arena, ON(final_place));

    place->entry_id = id_text(out, &entry->self.id);
    place->rank = line->rank;
    place->may_have_prize = line->advances;
    places->places[places->n_places++] = place;
}

int
submissions_round_confirmed(const struct given *given, const void *event, struct events *out)
{
    const Appraisal__RoundConfirmed *heard = event;
    size_t count = heard->ranking ? heard->ranking->n_lines : 0;
    Submissions__FinalPlaces *places = proto_new(out->arena, ON(final_places));
    struct uuid round = uuid_of(heard->round_id);
    Submissions__RoundOutcomeNoted *said;

    if (is_not_judged(given->state))
        return ACCEPTED;
    said = new_event(out, ON(round_outcome_noted));
    said->edition_id = id_text(out, &given->subject);
    said->round_id = heard->round_id;
    said->round_code = heard->round_code;
    said->stage = heard->stage;
    places->places = arena_zero(out->arena, (count + 1) * sizeof(*places->places));
    for (size_t i = 0; i < count; i++) {
        const Appraisal__RankingLine *line = heard->ranking->lines[i];
        const ProtobufCMessageDescriptor *fate = fate_of(heard, line);
        const struct entry *entry = entry_open_to(given, i, fate);

        if (!entry || !uuid_equal(&entry->round_id, &round))
            continue;
        say_fate(entry, line, fate, out);
        if (heard->is_last)
            add_place(places, entry, line, out);
    }
    if (places->n_places) {
        said->places = places;
        said->finalists = (int32_t) places->n_places;
    }
    return ACCEPTED;
}

/* Places are those of the final, until that very round is annulled. One that was parked may be heard behind others: what
 * comes of an earlier round changes nothing here, nor of entries that are in another one. */
void
submissions_outcome_noted(void *state, const void *event)
{
    struct edition *edition = state;
    const Submissions__RoundOutcomeNoted *e = event;
    struct uuid round = uuid_of(e->round_id);
    bool is_annulled = !e->round_code[0];

    if (is_annulled ? !uuid_equal(&round, &edition->places_round_id)
                    : e->stage != SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_FINAL)
        return;
    edition->finalists = e->finalists;
    edition->places = e->places;
    edition->places_round_id = round;
    if (is_annulled)
        edition->places_round_id = (struct uuid){ { 0 } };
}

/* ------------------------------------------------------------------ closed */

/* Also where no round began, since nobody was left to be judged. Rounds of before have been heard by then, unless one was
 * parked: results are not confirmed before that one is heard, too. */
int
submissions_judging_closed(const struct given *given, const void *event, struct events *out)
{
    const struct edition *edition = given->state;
    const Appraisal__JudgingClosed *heard = event;
    Submissions__JudgingEnded *said;

    if (is_not_judged(edition) || edition->judging_ended)
        return ACCEPTED;
    said = new_event(out, ON(judging_ended));
    said->edition_id = id_text(out, &given->subject);
    said->round_id = heard->round_id;
    said->ranking_digest = heard->ranking_digest;
    submissions_release(given, also(given, 0), out);
    return ACCEPTED;
}

void
submissions_judging_ended(void *state, const void *event)
{
    struct edition *edition = state;
    const Submissions__JudgingEnded *e = event;

    edition->judging_ended = true;
    edition->ranking_digest = proto_digest_of(e->ranking_digest);
    edition->final_round_id = uuid_of(e->round_id);
}

/* Decided where results are confirmed, not where rounds are: appraisal annuls again when it has heard of it, and by then
 * nothing can be confirmed on what is annulled. */
int
submissions_reopen_judging(const struct given *given, const void *command, struct events *out)
{
    const struct edition *edition = given->state;
    const Submissions__ReopenJudging *ask = command;
    int refusal = submissions_judge_organiser(given, edition, MAY(OWNER), MAY(ENTRANT_HEAD));

    if (!refusal && !edition->judging_ended)
        refusal = NO(JUDGING_OPEN);
    if (!refusal)
        refusal = submissions_judge_document(ask->document, out);
    if (refusal)
        return refusal;

    Submissions__JudgingReopened *said = new_event(out, ON(judging_reopened));
    said->edition_id = id_text(out, &given->subject);
    said->reason = ask->reason;
    said->document = ask->document;
    submissions_blind_again(given, also(given, 0), out);
    return ACCEPTED;
}

void
submissions_judging_reopened(void *state, const void *event)
{
    struct edition *edition = state;

    (void) event;
    edition->judging_ended = false;
    edition->ranking_digest = (struct digest){ { 0 } };
    edition->final_round_id = uuid_of(NULL);
}

/* ------------------------------------------------------------------ annulled */

struct uuid
submissions_edition_set_back(const struct given *given, const void *event)
{
    const Appraisal__RoundAnnulled *heard = event;

    (void) given;
    return uuid_of(heard->edition_id);
}

void
submissions_entries_set_back(const struct given *given, const void *event, struct keys *keys)
{
    const Appraisal__RoundAnnulled *heard = event;

    (void) given;
    need_entries(keys, heard->entry_ids, heard->n_entry_ids);
}

/* A round that was annulled before it began has changed nothing here. */
int
submissions_round_annulled(const struct given *given, const void *event, struct events *out)
{
    const struct edition *edition = given->state;
    const Appraisal__RoundAnnulled *heard = event;
    Submissions__RoundOutcomeNoted *noted;

    if (edition->self.state != IS(JUDGING))
        return ACCEPTED;
    noted = new_event(out, ON(round_outcome_noted));
    noted->edition_id = id_text(out, &given->subject);
    noted->round_id = heard->round_id;
    for (size_t i = 0; heard->had_begun && i < heard->n_entry_ids; i++)
        submissions_say_reinstated(out, also(given, i), heard);
    return ACCEPTED;
}

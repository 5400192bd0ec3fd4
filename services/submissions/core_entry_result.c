/* services/submissions/core_entry_result.c - how far an entry comes. Pure.
 *
 * What rounds say of entries is said by core_rounds.c; here it is remembered. */
#include "services/submissions/entry.h"

/* ------------------------------------------------------------------ results from elsewhere */

static int
judge_result(const Submissions__RecordFinalResult *ask, const struct edition *edition,
             struct events *out)
{
    bool is_final = ask->score_centi >= edition->threshold_centi;
    bool has_award = ask->award != SUBMISSIONS__AWARD__AWARD_UNSPECIFIED;

    if (edition->rules)
        return NO(JUDGED_HERE);
    if (ask->score_centi > edition->maximum_centi)
        return wrong(out, NO(SCORE_OUT_OF_RANGE), "score_centi",
                     "is above %d, the edition's maximum", edition->maximum_centi);
    if ((ask->reached_final != 0) != is_final)
        return wrong(out, NO(SCORE_OUT_OF_RANGE), "reached_final",
                     "does not go with the edition's threshold of %d", edition->threshold_centi);
    if (has_award != is_final)
        return wrong(out, NO(AWARD_WITHOUT_FINAL), "award",
                     "must be set for a finalist, and for nobody else");
    return submissions_judge_document(ask->document, out);
}

static void
say_finalist(const struct entry *entry, const Submissions__RecordFinalResult *ask,
             struct events *out)
{
    Submissions__EntryReachedFinal *reached = new_event(out, ON(entry_reached_final));

    reached->entry_id = id_text(out, &entry->self.id);
    reached->entry_code = entry->entry_code;
    reached->title = entry->title;
    reached->score_centi = ask->score_centi;
    reached->document = ask->document;
    if (ask->award == SUBMISSIONS__AWARD__AWARD_NONE) {
        Submissions__EntryNotAwarded *said = new_event(out, ON(entry_not_awarded));

        said->entry_id = reached->entry_id;
        said->entry_code = entry->entry_code;
        said->title = entry->title;
    } else {
        Submissions__EntryAwarded *said = new_event(out, ON(entry_awarded));

        said->entry_id = reached->entry_id;
        said->entry_code = entry->entry_code;
        said->title = entry->title;
        said->award = ask->award;
    }
}

int
entry_record_result(const struct given *given, const void *command, struct events *out)
{
    const struct entry *entry = given->state;
    const Submissions__RecordFinalResult *ask = command;
    int refusal = judge_result(ask, also(given, 0), out);

    if (refusal)
        return refusal;

    Submissions__EntryAssigned *assigned = new_event(out, ON(entry_assigned));
    assigned->entry_id = id_text(out, &given->subject);
    if (ask->reached_final) {
        say_finalist(entry, ask, out);
        return ACCEPTED;
    }

    Submissions__EntryEliminated *said = new_event(out, ON(entry_eliminated));
    said->entry_id = assigned->entry_id;
    said->entry_code = entry->entry_code;
    said->title = entry->title;
    said->score_centi = ask->score_centi;
    said->document = ask->document;
    return ACCEPTED;
}

/* ------------------------------------------------------------------ rounds */

void
entry_assigned(void *state, const void *event)
{
    struct entry *entry = state;
    const Submissions__EntryAssigned *e = event;

    entry->round_id = uuid_of(e->round_id);
    entry->round_code = e->round_code;
    entry->rank = 0;
    entry->may_have_prize = false;
}

void
entry_advanced(void *state, const void *event)
{
    struct entry *entry = state;
    const Submissions__EntryAdvanced *e = event;

    entry->score_centi = e->score_centi;
    entry->rank = e->rank;
}

void
entry_eliminated(void *state, const void *event)
{
    struct entry *entry = state;
    const Submissions__EntryEliminated *e = event;

    entry->score_centi = e->score_centi;
    entry->rank = e->rank;
}

void
entry_reached_final(void *state, const void *event)
{
    struct entry *entry = state;
    const Submissions__EntryReachedFinal *e = event;

    entry->score_centi = e->score_centi;
    entry->rank = e->rank;
    entry->reached_final = true;
}

void
entry_placed(void *state, const void *event)
{
    struct entry *entry = state;
    const Submissions__EntryPlaced *e = event;

    entry->score_centi = e->score_centi;
    entry->rank = e->rank;
    entry->may_have_prize = e->may_have_prize;
}

/* ------------------------------------------------------------------ rounds that do not count any more */

/* No later round stands, so that it is known from the round alone where its entries were before. */
static const ProtobufCMessageDescriptor *
way_back(const Appraisal__RoundAnnulled *annulled)
{
    if (annulled->is_first)
        return ON(entry_reinstated);
    return annulled->stage == SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_FINAL ? ON(entry_back_in_final)
                                                                          : ON(entry_back_in_round);
}

/* One that was parked may be heard when its entries are in another round, or had their outcome from it. */
static bool
is_in_another(const struct entry *entry, const char *round_id)
{
    struct uuid round = uuid_of(round_id);

    return !uuid_is_nil(&entry->round_id) && !uuid_equal(&entry->round_id, &round);
}

void
submissions_say_reinstated(struct events *out, const struct entry *entry,
                           const Appraisal__RoundAnnulled *annulled)
{
    const ProtobufCMessageDescriptor *event = way_back(annulled);
    Submissions__EntryReinstated *said; /* the three have the same fields */

    if (!transition_find(&entry_kind, entry->self.state, event) ||
        is_in_another(entry, annulled->round_id))
        return; /* it has left, or is elsewhere */
    said = new_event_on(out, &entry_kind, entry->self.id, event);
    said->entry_id = id_text(out, &entry->self.id);
    said->round_id = annulled->round_id;
}

/* What the round said of it does not hold. */
static void
forget_round(struct entry *entry)
{
    entry->round_id = (struct uuid){ { 0 } };
    entry->round_code = "";
    entry->score_centi = 0;
    entry->rank = 0;
    entry->may_have_prize = false;
}

void
entry_reinstated(void *state, const void *event)
{
    struct entry *entry = state;

    (void) event;
    forget_round(entry);
    entry->reached_final = false;
}

void
entry_back_in_final(void *state, const void *event)
{
    (void) event;
    forget_round(state);
}

/* ------------------------------------------------------------------ prizes */

void
entry_awarded(void *state, const void *event)
{
    struct entry *entry = state;
    const Submissions__EntryAwarded *e = event;

    entry->award = (int) e->award;
}

void
entry_not_awarded(void *state, const void *event)
{
    struct entry *entry = state;

    (void) event;
    entry->award = SUBMISSIONS__AWARD__AWARD_NONE;
}

/* services/submissions/core_entry_promotion.c - how the winner of a local contest goes on in the contest above. Pure. */
#include "services/submissions/entry.h"

static bool
is_promotion(const Submissions__CreateEntry *ask)
{
    return *ask->promoted_from_id || *ask->promoted_from_edition_id;
}

/* The entry as it won, and behind it the edition in which it did. */
void
submissions_needs_for_promotion(const Submissions__CreateEntry *ask, struct keys *keys)
{
    if (!*ask->promoted_from_id || !*ask->promoted_from_edition_id)
        return;
    need(keys, &entry_kind, uuid_of(ask->promoted_from_id));
    need(keys, &edition_kind, uuid_of(ask->promoted_from_edition_id));
}

static bool
has_won(const struct entry *entry)
{
    return entry->self.state == ENTRY_IS(AWARDED) || entry->self.state == ENTRY_IS(NOT_AWARDED);
}

static int
judge_winner(const struct given *given, const struct entry *winner, const struct edition *local,
             struct events *out)
{
    if (!has_won(winner))
        return wrong(out, NO(NOT_PROMOTABLE), "promoted_from_id", "has not won a local contest");
    if (!uuid_equal(&winner->edition_id, &local->self.id))
        return wrong(out, NO(NOT_PROMOTABLE), "promoted_from_edition_id",
                     "is not the edition of that entry");
    if (!uuid_equal(&winner->entrant_agency_id, &given->actor->agency))
        return wrong(out, NO(NOT_PROMOTABLE), "promoted_from_id", "is of another agency");
    if (!uuid_is_nil(&winner->promoted_to_id))
        return wrong(out, NO(NOT_PROMOTABLE), "promoted_from_id", "was promoted before");
    return ACCEPTED;
}

int
submissions_judge_promotion(const struct given *given, const Submissions__CreateEntry *ask,
                            size_t nth, struct events *out)
{
    const struct edition *parent = also(given, 0), *local;
    const Submissions__LocalTerms *terms = parent->rules ? parent->rules->local_terms : NULL;
    int refusal;

    if (!is_promotion(ask))
        return ACCEPTED;
    if (!*ask->promoted_from_id || !*ask->promoted_from_edition_id)
        return wrong(out, NO(NOT_PROMOTABLE), "promoted_from_edition_id",
                     "goes together with promoted_from_id");
    local = also(given, nth + 1);
    refusal = judge_winner(given, also(given, nth), local, out);
    if (refusal)
        return refusal;
    if (!terms || !uuid_equal(&local->parent_edition_id, &parent->self.id))
        return wrong(out, NO(NOT_PROMOTABLE), "promoted_from_edition_id",
                     "is no local contest under this edition");
    return local->promotions < terms->max_promotions ? ACCEPTED : NO(TOO_MANY_PROMOTIONS);
}

void
submissions_say_promoted(const struct given *given, const Submissions__CreateEntry *ask,
                         struct events *out)
{
    Submissions__EntryPromoted *promoted;
    Submissions__PromotionCounted *counted;

    if (!is_promotion(ask))
        return;
    promoted = new_event_on(out, &entry_kind, uuid_of(ask->promoted_from_id), ON(entry_promoted));
    promoted->entry_id = ask->promoted_from_id;
    promoted->promoted_to_id = id_text(out, &given->subject);
    counted = new_event_on(out, &edition_kind, uuid_of(ask->promoted_from_edition_id),
                           ON(promotion_counted));
    counted->edition_id = ask->promoted_from_edition_id;
    counted->entry_id = ask->promoted_from_id;
}

void
entry_promoted(void *state, const void *event)
{
    struct entry *entry = state;
    const Submissions__EntryPromoted *e = event;

    entry->promoted_to_id = uuid_of(e->promoted_to_id);
}

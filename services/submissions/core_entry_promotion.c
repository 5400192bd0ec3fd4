/* services/submissions/core_entry_promotion.c - how the winner of a local contest goes on in the contest above. Pure. */
#include <string.h>

#include "common/fold.h"
#include "services/submissions/entry.h"

static bool
is_promotion(const Submissions__CreateEntry *ask)
{
    return *ask->promoted_from_id || *ask->promoted_from_edition_id;
}

static struct uuid
organiser_below(const struct given *given, const Submissions__CreateEntry *ask)
{
    return *ask->promoted_from_agency_id ? uuid_of(ask->promoted_from_agency_id)
                                         : given->actor->agency;
}

/* The entry as it won, behind it the edition in which it did, and what its organiser has sent up so far. */
void
submissions_needs_for_promotion(const struct given *given, const Submissions__CreateEntry *ask,
                                struct keys *keys)
{
    struct uuid above, organiser;

    if (!*ask->promoted_from_id || !*ask->promoted_from_edition_id)
        return;
    above = uuid_of(ask->edition_id);
    organiser = organiser_below(given, ask);
    need(keys, &entry_kind, uuid_of(ask->promoted_from_id));
    need(keys, &edition_kind, uuid_of(ask->promoted_from_edition_id));
    need(keys, &entrant_kind, submissions_entrant_id(&above, &organiser));
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

/* All contests of an agency together may send up so many, lest it hold one for each entry. */
static int
judge_contest_below(const struct given *given, const Submissions__CreateEntry *ask, size_t nth,
                    struct events *out)
{
    const struct edition *parent = also(given, 0), *local = also(given, nth + 1);
    const struct entrant *sender = also(given, nth + 2);
    const Submissions__LocalTerms *terms = parent->rules ? parent->rules->local_terms : NULL;
    struct uuid organiser = organiser_below(given, ask);

    if (!terms || !uuid_equal(&local->parent_edition_id, &parent->self.id))
        return wrong(out, NO(NOT_PROMOTABLE), "promoted_from_edition_id",
                     "is no local contest under this edition");
    if (!uuid_equal(&local->organiser_agency_id, &organiser))
        return wrong(out, NO(NOT_PROMOTABLE), "promoted_from_agency_id",
                     "is not the agency whose contest it was");
    if (entry_judge_archive(local))
        return NO(EDITION_ARCHIVED);
    return sender->promotions < terms->max_promotions ? ACCEPTED : NO(TOO_MANY_PROMOTIONS);
}

int
submissions_judge_promotion(const struct given *given, const Submissions__CreateEntry *ask,
                            size_t nth, struct events *out)
{
    int refusal;

    if (!is_promotion(ask))
        return ACCEPTED;
    if (!*ask->promoted_from_id || !*ask->promoted_from_edition_id)
        return wrong(out, NO(NOT_PROMOTABLE), "promoted_from_edition_id",
                     "goes together with promoted_from_id");
    refusal = judge_winner(given, also(given, nth), also(given, nth + 1), out);
    if (!refusal)
        refusal = judge_contest_below(given, ask, nth, out);
    if (!refusal)
        refusal = submissions_judge_lineage(also(given, nth), ask->title, ask->authors,
                                            ask->n_authors, out);
    return refusal;
}

void
submissions_say_promoted(const struct given *given, const Submissions__CreateEntry *ask,
                         struct events *out)
{
    Submissions__EntryPromoted *promoted;
    struct uuid above, organiser;

    if (!is_promotion(ask))
        return;
    above = uuid_of(ask->edition_id);
    organiser = organiser_below(given, ask);
    promoted = new_event_on(out, &entry_kind, uuid_of(ask->promoted_from_id), ON(entry_promoted));
    promoted->entry_id = ask->promoted_from_id;
    promoted->promoted_to_id = id_text(out, &given->subject);
    submissions_count_promotion(out, &above, &organiser, ask->promoted_from_id);
}

void
entry_promoted(void *state, const void *event)
{
    struct entry *entry = state;
    const Submissions__EntryPromoted *e = event;

    entry->promoted_to_id = uuid_of(e->promoted_to_id);
}

/* ------------------------------------------------------------------ what goes on is what won */

static bool
is_author(const struct entry *entry, const char *person_id)
{
    struct uuid person = uuid_of(person_id);

    LIST_EACH (const struct author, author, &entry->authors)
        if (author->draft == entry->draft && uuid_equal(&author->person_id, &person))
            return true;
    return false;
}

static size_t
count_authors(const struct entry *entry)
{
    size_t count = 0;

    LIST_EACH (const struct author, author, &entry->authors)
        count += author->draft == entry->draft;
    return count;
}

/* Those who are named are all different. */
int
submissions_judge_lineage(const struct entry *before, const char *title,
                          Submissions__Author *const *authors, size_t count, struct events *out)
{
    if (strcmp(text_fold(out->arena, before->title), text_fold(out->arena, title)) != 0)
        return wrong(out, NO(PROMOTED_CONTENT), "title", "is not that of the entry which won");
    for (size_t i = 0; i < count; i++)
        if (!is_author(before, authors[i]->person_id))
            return wrong(out, NO(PROMOTED_CONTENT),
                         arena_format(out->arena, "authors[%zu].person_id", i),
                         "is no author of the entry which won");
    if (count != count_authors(before))
        return wrong(out, NO(PROMOTED_CONTENT), "authors",
                     "are not all those of the entry which won");
    return ACCEPTED;
}

/* ------------------------------------------------------------------ both of them, while they live */

/* Where an entry was promoted, the other one is named by its state. */
void
submissions_need_promoted(const struct given *given, struct keys *keys)
{
    const struct entry *entry = given->state;

    need_state(keys);
    if (entry && !uuid_is_nil(&entry->promoted_to_id))
        need(keys, &entry_kind, entry->promoted_to_id);
}

void
submissions_need_origin(const struct given *given, struct keys *keys)
{
    const struct entry *entry = given->state;

    need_state(keys);
    if (entry && !uuid_is_nil(&entry->promoted_from_id))
        need(keys, &entry_kind, entry->promoted_from_id);
}

/* The other entry that was asked for. */
static const struct entry *
beside(const struct given *given, const struct uuid *id)
{
    for (size_t i = 0; i < given->also_count; i++)
        if (given->also[i].kind == &entry_kind && uuid_equal(&given->also[i].id, id))
            return (const void *) given->also[i].state;
    return NULL;
}

/* A draft is not in the contest, and cannot come into it when its origin is out. */
static bool
is_in_contest(const struct entry *entry)
{
    switch (entry->self.state) {
    case ENTRY_IS(DRAFT):
    case ENTRY_IS(REFUSED):
    case ENTRY_IS(WITHDRAWN):
    case ENTRY_IS(DISQUALIFIED):
    case ENTRY_IS(ANNULLED):
        return false;
    default:
        return true;
    }
}

int
submissions_judge_leaving_origin(const struct given *given)
{
    const struct entry *entry = given->state;
    const struct entry *promoted = beside(given, &entry->promoted_to_id);

    return promoted && is_in_contest(promoted) ? NO(PROMOTED_ENTRY_LIVES) : ACCEPTED;
}

int
submissions_judge_origin(const struct given *given)
{
    const struct entry *entry = given->state;
    const struct entry *origin = beside(given, &entry->promoted_from_id);

    return !origin || has_won(origin) ? ACCEPTED : NO(NOT_PROMOTABLE);
}

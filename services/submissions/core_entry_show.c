/* services/submissions/core_entry_show.c - what is shown of an entry to whoever may see it. Pure. */
#include "services/submissions/entry.h"

enum { EDITION, JURY }; /* what showing needs, in this order */

/* Authors and evidence of the drafts before count for nothing any more, and all together may be more than an answer
 * holds. */
static void
show_latest_draft(struct entry *entry)
{
    size_t count = 0;

    LIST_EACH (struct author, author, &entry->authors)
        if (author->draft == entry->draft)
            *(struct author *) list_at(&entry->authors, count++) = *author;
    entry->authors.count = count;
    count = 0;
    LIST_EACH (struct evidence, evidence, &entry->evidence)
        if (evidence->draft == entry->draft)
            *(struct evidence *) list_at(&entry->evidence, count++) = *evidence;
    entry->evidence.count = count;
}

/* Those who are named and have not left, each with the latest draft to which it has agreed. Rows that name stand before all
 * others, so that none is written over before it was looked at. */
static void
show_co_entrants(struct entry *entry)
{
    struct list *rows = &entry->co_entrants;
    size_t count = 0;

    for (size_t i = 0; i < rows->count; i++) {
        struct co_entrant row = *(struct co_entrant *) list_at(rows, i);

        if (row.draft || !submissions_is_co_entrant(rows, &row.agency_id))
            continue;
        row.draft = submissions_draft_agreed(rows, &row.agency_id);
        *(struct co_entrant *) list_at(rows, count++) = row;
    }
    rows->count = count;
}

void
entry_needs_to_be_shown(const struct given *given, const void *ask, struct keys *keys)
{
    const struct entry *entry = given->state;

    (void) ask;
    need(keys, &edition_kind, entry->edition_id);
    need(keys, &jury_kind, entry->edition_id);
}

bool
entry_is_hidden(const struct given *given)
{
    return submissions_judges_blind(also(given, JURY), &given->actor->person);
}

/* A draft has lapsed when its edition is not open any more. Nothing is written for that, and lists say the same. */
void
entry_show(const struct given *given, void *state)
{
    struct entry *entry = state;
    const struct edition *edition = also(given, EDITION);

    show_latest_draft(entry);
    show_co_entrants(entry);
    if (entry->self.state == ENTRY_IS(DRAFT) && edition->self.state >= EDITION_IS(CLOSED))
        entry->self.state = ENTRY_IS(LAPSED);
}

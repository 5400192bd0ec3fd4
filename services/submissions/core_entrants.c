/* services/submissions/core_entrants.c - who enters: the authors and the agencies of a coalition.
 * Pure. */
#include "common/proto.h"
#include "services/submissions/submissions.h"

int
submissions_judge_authors(Submissions__Author *const *authors, size_t count, struct events *out)
{
    for (size_t i = 0; i < count; i++) {
        struct uuid person = uuid_of(authors[i]->person_id);

        if (authors[i]->share_bp > WHOLE_BP)
            return wrong(out, NO(SHARES_NOT_WHOLE),
                         arena_format(out->arena, "authors[%zu].share_bp", i), "is more than all");
        for (size_t j = 0; j < i; j++) {
            struct uuid other = uuid_of(authors[j]->person_id);

            if (uuid_equal(&person, &other))
                return wrong(out, NO(AUTHOR_TWICE),
                             arena_format(out->arena, "authors[%zu].person_id", i),
                             "is the same person as authors[%zu]", j);
        }
    }
    return ACCEPTED;
}

/* Why this agency cannot be the co-entrant at that place; NULL when it can. */
static const char *
objection_to(const struct given *given, const Submissions__CreateEntry *ask, size_t place)
{
    struct uuid agency = uuid_of(ask->co_entrants[place]->agency_id);

    if (!authority_agency(given->authority, &agency))
        return "is no registered agency";
    if (uuid_equal(&agency, &given->actor->agency))
        return "is the entrant agency itself";
    for (size_t i = 0; i < place; i++) {
        struct uuid other = uuid_of(ask->co_entrants[i]->agency_id);

        if (uuid_equal(&agency, &other))
            return "is named twice";
    }
    return NULL;
}

int
submissions_judge_co_entrants(const struct given *given, const Submissions__CreateEntry *ask,
                              struct events *out)
{
    for (size_t i = 0; i < ask->n_co_entrants; i++) {
        const char *objection = objection_to(given, ask, i);

        if (objection)
            return wrong(out, NO(UNKNOWN_AGENCY),
                         arena_format(out->arena, "co_entrants[%zu].agency_id", i), "%s",
                         objection);
    }
    return ACCEPTED;
}

const char **
submissions_author_ids_of(struct events *out, const struct entry *entry, size_t *ret_count)
{
    const char **ids = arena_zero(out->arena, (entry->authors.count + 1) * sizeof(const char *));
    size_t count = 0;

    LIST_EACH (const struct author, author, &entry->authors)
        if (author->draft == entry->draft)
            ids[count++] = id_text(out, &author->person_id);
    *ret_count = count;
    return ids;
}

Submissions__CoEntrant **
submissions_co_entrants_of(struct events *out, const struct list *co_entrants, size_t *ret_count)
{
    Submissions__CoEntrant **said =
        arena_zero(out->arena, (co_entrants->count + 1) * sizeof(Submissions__CoEntrant *));
    size_t count = 0;

    LIST_EACH (const struct co_entrant, c, co_entrants) {
        said[count] = proto_new(out->arena, ON(co_entrant));
        said[count++]->agency_id = id_text(out, &c->agency_id);
    }
    *ret_count = count;
    return said;
}

void
submissions_remember_co_entrants(struct list *co_entrants, Submissions__CoEntrant *const *said,
                                 size_t count)
{
    for (size_t i = 0; i < count; i++)
        *(struct co_entrant *) list_add(co_entrants) =
            (struct co_entrant){ uuid_of(said[i]->agency_id) };
}

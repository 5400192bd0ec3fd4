/* services/submissions/core_entrants.c - who enters: the authors and the agencies of a coalition.
 * Pure. */
#include "common/proto.h"
#include "services/submissions/submissions.h"

int
submissions_judge_authors(const struct given *given, Submissions__Author *const *authors,
                          size_t count, struct events *out)
{
    for (size_t i = 0; i < count; i++) {
        struct uuid person = uuid_of(authors[i]->person_id);

        if (!authority_agency_of(given->authority, &person))
            return wrong(out, NO(AUTHOR_UNKNOWN),
                         arena_format(out->arena, "authors[%zu].person_id", i),
                         "is no registered person");

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

/* ------------------------------------------------------------------ who agrees */

bool
submissions_is_co_entrant(const struct list *co_entrants, const struct uuid *agency)
{
    bool is_named = false;

    LIST_EACH (const struct co_entrant, c, co_entrants) {
        if (!uuid_equal(&c->agency_id, agency))
            continue;
        if (c->has_left)
            return false;
        is_named = true;
    }
    return is_named;
}

int32_t
submissions_draft_agreed(const struct list *co_entrants, const struct uuid *agency)
{
    int32_t draft = 0;

    LIST_EACH (const struct co_entrant, c, co_entrants)
        if (uuid_equal(&c->agency_id, agency) && !c->has_left && c->draft > draft)
            draft = c->draft;
    return draft;
}

bool
submissions_has_agreed(const struct list *co_entrants, const struct uuid *person)
{
    LIST_EACH (const struct co_entrant, c, co_entrants)
        if (c->draft && !c->has_left && uuid_equal(&c->said_by, person))
            return true;
    return false;
}

/* The row by which an agency that is still there was named. */
static bool
is_standing(const struct list *co_entrants, const struct co_entrant *row)
{
    return row->draft == 0 && submissions_is_co_entrant(co_entrants, &row->agency_id);
}

bool
submissions_all_agree(const struct list *co_entrants, int32_t draft)
{
    LIST_EACH (const struct co_entrant, c, co_entrants)
        if (is_standing(co_entrants, c) &&
            submissions_draft_agreed(co_entrants, &c->agency_id) != draft)
            return false;
    return true;
}

/* ------------------------------------------------------------------ as events carry them */

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
        if (!is_standing(co_entrants, c))
            continue;
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
            (struct co_entrant){ .agency_id = uuid_of(said[i]->agency_id) };
}

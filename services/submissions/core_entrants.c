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

/* How many of the first so many are this agency. */
static size_t
times_named(Submissions__CoEntrant *const *named, size_t count, const struct uuid *agency)
{
    size_t times = 0;

    for (size_t i = 0; i < count; i++) {
        struct uuid other = uuid_of(named[i]->agency_id);

        times += uuid_equal(&other, agency);
    }
    return times;
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
    return times_named(ask->co_entrants, place, &agency) ? "is named twice" : NULL;
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

int
submissions_judge_who_stays(const struct entry *entry, const Submissions__ReviseEntry *ask,
                            struct events *out)
{
    for (size_t i = 0; i < ask->n_co_entrants; i++) {
        struct uuid agency = uuid_of(ask->co_entrants[i]->agency_id);
        const char *field = arena_format(out->arena, "co_entrants[%zu].agency_id", i);

        if (!submissions_is_co_entrant(&entry->co_entrants, &agency))
            return wrong(out, NO(NOT_A_CO_ENTRANT), field, "is none of the entry's co-entrants");
        if (times_named(ask->co_entrants, i, &agency))
            return wrong(out, NO(UNKNOWN_AGENCY), field, "is named twice");
    }
    return ACCEPTED;
}

/* ------------------------------------------------------------------ who agrees */

/* By itself, or by being left out of a later draft. */
static bool
has_left(const struct list *co_entrants, const struct uuid *agency)
{
    LIST_EACH (const struct co_entrant, c, co_entrants)
        if (c->has_left && uuid_equal(&c->agency_id, agency))
            return true;
    return false;
}

bool
submissions_is_co_entrant(const struct list *co_entrants, const struct uuid *agency)
{
    LIST_EACH (const struct co_entrant, c, co_entrants)
        if (uuid_equal(&c->agency_id, agency))
            return !has_left(co_entrants, agency);
    return false;
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

void
submissions_remember_who_stays(struct list *co_entrants, const Submissions__EntryRevised *said,
                               int32_t draft)
{
    size_t count = co_entrants->count;

    for (size_t i = 0; i < count; i++) {
        struct co_entrant row = *(const struct co_entrant *) list_at(co_entrants, i);

        if (!is_standing(co_entrants, &row) ||
            times_named(said->co_entrants, said->n_co_entrants, &row.agency_id))
            continue;
        *(struct co_entrant *) list_add(co_entrants) =
            (struct co_entrant){ .agency_id = row.agency_id, .draft = draft, .has_left = true };
    }
}

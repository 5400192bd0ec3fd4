/* services/appraisal/core_conflict.c - what keeps a person from judging an entry, and from deciding about it.
 * Pure: no SQL, no sockets, no clock.
 *
 * Persons and agencies may stand elsewhere tomorrow: what follows from the directory is looked up whenever it
 * matters, and not only when entries are assigned. */
#include "services/appraisal/judging.h"

bool
judging_wrote(const struct contender *c, const struct uuid *person)
{
    LIST_EACH (const struct contender_author, author, &c->authors)
        if (uuid_equal(&author->person_id, person))
            return true;
    return false;
}

bool
judging_heads(const struct given *given, const struct uuid *person)
{
    unsigned roles = MAY(ENTRANT_HEAD) | MAY(OWNER) | MAY(ORGANISER) | MAY(STANDING);

    return authority_holds(given->authority, person, roles, given->programme, given->now_us);
}

static bool
stands_over(const struct given *given, const struct uuid *one, const struct uuid *other)
{
    return authority_is_above(given->authority, one, other) ||
           authority_is_above(given->authority, other, one);
}

static bool
entered_together(const struct given *given, const struct contender *c, const struct uuid *agency)
{
    LIST_EACH (const struct co_entrant, partner, &c->co_entrants)
        if (uuid_equal(&partner->agency_id, agency) ||
            stands_over(given, &partner->agency_id, agency))
            return true;
    return false;
}

static int
conflict_now(const struct given *given, const struct uuid *person, const struct contender *c)
{
    const struct uuid *agency = authority_agency_of(given->authority, person);

    if (judging_wrote(c, person))
        return CONFLICT(AUTHOR);
    if (!agency)
        return 0;
    if (uuid_equal(agency, &c->entrant_agency_id))
        return CONFLICT(SAME_AGENCY);
    if (stands_over(given, agency, &c->entrant_agency_id))
        return CONFLICT(SUBORDINATE_AGENCY);
    return entered_together(given, c, agency) ? CONFLICT(COALITION) : 0;
}

int
judging_conflict_of(const struct given *given, const struct council *council,
                    const struct uuid *person, const struct contender *c)
{
    return judging_conflict(&council->conflicts, person, &c->self.id)
               ? CONFLICT(DECLARED)
               : conflict_now(given, person, c);
}

bool
judging_is_known_conflict(const struct given *given, const struct uuid *person,
                          const struct contender *c)
{
    return conflict_now(given, person, c) != 0;
}

bool
judging_in_conflict(const struct given *given, const struct round *r, const struct council *council,
                    const struct uuid *person, const struct contender *c)
{
    return judging_conflict(&r->conflicts, person, &c->self.id) ||
           judging_conflict_of(given, council, person, c);
}

/* ------------------------------------------------------------------ whose turn it is */

static const struct council_member *
seated(const struct round *r, int seat)
{
    LIST_EACH (const struct council_member, m, &r->members)
        if (m->seat == seat)
            return m;
    return NULL;
}

static bool
is_partial(const struct given *given, const struct round *r, const struct matter *matter,
           const struct uuid *person)
{
    for (size_t i = 0; i < matter->count; i++)
        if (judging_in_conflict(given, r, matter->council, person, matter->entries[i]))
            return true;
    return false;
}

int
judging_judge_leader(const struct given *given, const struct round *r, const int *seats,
                     const struct matter *matter)
{
    for (; *seats; seats++) {
        const struct council_member *m = seated(r, *seats);
        bool asks = m && uuid_equal(&m->person_id, &given->actor->person);

        if (!m || authority_is_operator(given->authority, &m->person_id))
            continue;
        if (matter->judge && uuid_equal(&m->person_id, matter->judge)) {
            if (asks)
                return NO(SAME_PERSON);
            continue;
        }
        if (is_partial(given, r, matter, &m->person_id)) {
            if (asks)
                return NO(IN_CONFLICT);
            continue;
        }
        return asks ? ACCEPTED : NO(NOT_THE_CHAIR);
    }
    return NO(NOT_THE_CHAIR);
}

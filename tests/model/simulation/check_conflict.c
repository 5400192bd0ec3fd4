/* tests/model/simulation/check_conflict.c - who has a conflict with an entry, and so may neither judge it nor decide about
 * it: R-E3, R-E4, R-E6.
 *
 * No agency of the cast stands above another: what follows from that is left to tests/unit/round.c. */
#include "sangkien/directory/v1/types.pb-c.h"
#include "services/submissions/submissions.h"
#include "tests/model/simulation/commands.h"
#include "tests/model/simulation/rounds.h"

static bool
is_in(const struct list *ids, struct uuid id)
{
    LIST_EACH (const struct uuid, other, ids)
        if (uuid_equal(other, &id))
            return true;
    return false;
}

bool
has_conflict(const struct fact *fact, const struct round_note *r, struct uuid person,
             struct uuid entry)
{
    const struct contender_note *c = contender_note_of(fact->programme, entry);
    struct uuid agency = agency_of_person(person);

    return is_barred(&r->bars, person, entry) ||
           is_barred(&council_note_of(fact, r->council)->bars, person, entry) ||
           is_in(&c->authors, person) || is_in(&c->partners, agency) ||
           uuid_equal(&c->entrant, &agency);
}

/* ------------------------------------------------------------------ whose turn it is */

static bool
may_decide(const struct fact *fact, const struct round_note *r, const struct turn *turn,
           struct uuid person)
{
    if (uuid_is_nil(&person) || uuid_equal(&person, &turn->judge) || check_runs_system(person))
        return false;
    LIST_EACH (const struct uuid, entry, turn->entries)
        if (has_conflict(fact, r, person, *entry))
            return false;
    return true;
}

void
check_whose_turn(const struct fact *fact, const struct round_note *r, const struct turn *turn)
{
    const struct uuid *person = turn->persons;

    for (size_t i = 0; i < turn->count && !may_decide(fact, r, turn, *person); i++)
        person++;
    MUST("R-E4", person < turn->persons + turn->count && uuid_equal(person, &fact->row->actor),
         "%s decided in round %s, and had a conflict, or it was another's turn",
         id_of(fact->row->actor), id_of(r->id));
}

/* ------------------------------------------------------------------ authors who judge */

static bool
heads(const struct fact *fact, struct uuid person)
{
    static const int roles[] = {
        DIRECTORY__ROLE__ROLE_ENTRANT_HEAD,
        DIRECTORY__ROLE__ROLE_OWNER,
        DIRECTORY__ROLE__ROLE_ORGANISER,
        DIRECTORY__ROLE__ROLE_STANDING,
    };

    for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
        if (check_held_role(person, roles[i], fact->programme->name, fact->row->recorded_us))
            return true;
    return false;
}

void
check_no_author_sits(const struct fact *fact, const struct round_note *r, struct uuid entry)
{
    const Submissions__EditionRules *rules = contest_note_of(fact, r->edition)->rules;
    bool may_enter = rules && rules->eligibility && rules->eligibility->jury_may_enter;

    LIST_EACH (const struct uuid, member, &r->members)
        MUST("R-E3",
             !is_in(&contender_note_of(fact->programme, entry)->authors, *member) ||
                 (may_enter && !heads(fact, *member)),
             "%s sits on the council of round %s, and wrote %s", id_of(*member), id_of(r->id),
             id_of(entry));
}

/* ------------------------------------------------------------------ what nobody sees */

void
check_sealed(const struct fact *fact)
{
    MUST("R-E6", fact->row->party_count == 1 && uuid_is_nil(&fact->row->parties[0]),
         "what happened to sheet %s is told to others", id_of(fact->row->aggregate));
}

static bool
is_kept_blind(const struct tenant *programme, const struct uuid *edition, struct uuid person)
{
    const struct stored *row = stored_find(programme, &jury_kind, edition);
    const struct jury *jury = row ? (const void *) row->state : NULL;
    int begun = 0;

    if (!jury)
        return false;
    LIST_EACH (const struct jury_judge, judge, &jury->judges)
        if (uuid_equal(&judge->person_id, &person))
            begun += judge->is_over ? -1 : 1;
    return begun > 0;
}

void
check_jury(const struct tenant *programme, const struct round_note *r)
{
    const struct fact fact = { .programme = programme };

    if (!r->rules->is_blind || !r->is_begun || contest_note_of(&fact, r->edition)->is_judged ||
        edition_note_of(&fact, r->edition)->is_over)
        return;
    LIST_EACH (const struct uuid, member, &r->members)
        MUST("R-E6",
             uuid_equal(member, &r->secretary) || is_kept_blind(programme, &r->edition, *member),
             "%s judges round %s blind, and is shown its entries", id_of(*member), id_of(r->id));
}

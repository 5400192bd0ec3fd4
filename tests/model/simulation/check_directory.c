/* tests/model/simulation/check_directory.c - who holds which role, by the checker's own book: R-G5, R-F5. */
#include "sangkien/directory/v1/events.pb-c.h"
#include "sangkien/directory/v1/types.pb-c.h"
#include "tests/model/simulation/notes.h"

#define ON(event) &directory__##event##__descriptor

struct bound {
    struct bound *next;
    struct uuid id, agency, person; /* person nil: everybody of the agency */
    int role;
    const char *programme;
    int64_t from_us, until_us;
    bool is_ended;
};

struct person_note {
    struct uuid agency;
};

/* Who holds something hangs on the agency. */
struct agency_note {
    struct bound *first;
};

static const char person_what[] = "person", agency_what[] = "agency", binding_what[] = "binding";

static struct agency_note *
agency_note_of(struct uuid id)
{
    return note_of(agency_what, &sim.programmes[0], id, sizeof(struct agency_note));
}

static struct person_note *
person_note_of(struct uuid id)
{
    return note_of(person_what, &sim.programmes[0], id, sizeof(struct person_note));
}

static void
person_registered(const struct fact *fact, const void *event)
{
    const Directory__PersonRegistered *e = event;

    (void) fact;
    person_note_of(uuid_of(e->person_id))->agency = uuid_of(e->agency_id);
}

static bool
is_operators(const struct bound *b)
{
    return b->role == DIRECTORY__ROLE__ROLE_OPERATOR;
}

static bool
is_about(const struct bound *b, const struct uuid *person)
{
    return uuid_is_nil(&b->person) || uuid_equal(&b->person, person);
}

static void
role_bound(const struct fact *fact, const void *event)
{
    const Directory__RoleBound *e = event;
    struct uuid agency = uuid_of(e->agency_id), person = uuid_of(e->person_id);
    struct agency_note *note = agency_note_of(agency);
    struct bound *b = note_of(binding_what, fact->programme, fact->row->aggregate, sizeof(*b));

    *b = (struct bound){ note->first,
                         fact->row->aggregate,
                         agency,
                         person,
                         (int) e->role,
                         e->programme,
                         time_from(e->valid_from),
                         time_from(e->valid_until),
                         false };
    note->first = b;
    for (const struct bound *other = b->next; other; other = other->next)
        MUST("R-G5",
             other->is_ended || uuid_is_nil(&person) || !is_about(other, &person) ||
                 is_operators(other) == is_operators(b),
             "%s is an operator and holds a business role", e->person_id);
    MUST("R-G5", uuid_is_nil(&person) || !uuid_equal(&person, &fact->row->actor),
         "%s gave a role to themself", e->person_id);
    if (!uuid_is_nil(&person))
        MUST("R-G5", uuid_equal(&person_note_of(person)->agency, &agency),
             "%s got a role of another agency", e->person_id);
}

static void
role_ended(const struct fact *fact, const void *event)
{
    const Directory__RoleEnded *e = event;
    struct bound *b = note_of(binding_what, fact->programme, fact->row->aggregate, sizeof(*b));
    int64_t ended_us = time_from(e->ended_at);

    b->is_ended = true;
    if (!b->until_us || ended_us < b->until_us)
        b->until_us = ended_us;
}

bool
check_held_role(struct uuid person, int role, const char *programme, int64_t at_us)
{
    const struct person_note *p = person_note_of(person);

    for (const struct bound *b = agency_note_of(p->agency)->first; b; b = b->next)
        if (b->role == role && is_about(b, &person) && strcmp(b->programme, programme) == 0 &&
            at_us >= b->from_us && (!b->until_us || at_us < b->until_us))
            return true;
    return false;
}

bool
check_runs_system(struct uuid person)
{
    for (const struct bound *b = agency_note_of(person_note_of(person)->agency)->first; b;
         b = b->next)
        if (is_operators(b) && is_about(b, &person) && !b->is_ended)
            return true;
    return false;
}

/* clang-format off */
const struct facts_row directory_facts[] = {
    { ON(agency_registered), NULL },
    { ON(agency_renamed),    NULL },
    { ON(person_registered), person_registered },
    { ON(system_registered), NULL },
    { ON(system_revoked),    NULL },
    { ON(role_bound),        role_bound },
    { ON(role_ended),        role_ended },
    { 0 },
};
/* clang-format on */

/* common/authority.c - questions to the directory, answered from memory. */
#include "common/authority.h"

#include <stdlib.h>
#include <string.h>

#include "common/authority_state.h"
#include "common/decide.h"
#include "sangkien/directory/v1/types.pb-c.h"

#define OPERATOR MAY(OPERATOR)

struct authority *
authority_new(void)
{
    struct authority *a = calloc(1, sizeof(*a));

    if (!a)
        abort();
    a->arena = arena_new();
    a->scratch = arena_new();
    a->unit_end = &a->first_unit;
    a->system_end = &a->first_system;
    map_init(&a->units, offsetof(struct unit, agency.id), sizeof(struct uuid));
    map_init(&a->persons, offsetof(struct person, id), sizeof(struct uuid));
    map_init(&a->bindings, offsetof(struct binding, id), sizeof(struct uuid));
    map_init(&a->systems, offsetof(struct system, shown.id), sizeof(struct uuid));
    map_init(&a->keys, offsetof(struct system, shown.public_key),
             sizeof(a->first_system->shown.public_key));
    return a;
}

void
authority_free(struct authority **authority_p)
{
    struct authority *a = *authority_p;

    *authority_p = NULL;
    if (!a)
        return;
    map_done(&a->units);
    map_done(&a->persons);
    map_done(&a->bindings);
    map_done(&a->systems);
    map_done(&a->keys);
    arena_free(&a->scratch);
    arena_free(&a->arena);
    free(a);
}

int64_t
authority_position(const struct authority *authority)
{
    return authority->position;
}

/* ------------------------------------------------------------------ asking */

const struct agency *
authority_agency(const struct authority *authority, const struct uuid *agency)
{
    const struct unit *unit = map_get(&authority->units, agency);

    return unit ? &unit->agency : NULL;
}

/* An agency's parent is registered before it, so that there is no way round. */
bool
authority_is_above(const struct authority *authority, const struct uuid *upper,
                   const struct uuid *lower)
{
    const struct agency *agency = authority_agency(authority, lower);

    while (agency && !uuid_is_nil(&agency->parent)) {
        if (uuid_equal(&agency->parent, upper))
            return true;
        agency = authority_agency(authority, &agency->parent);
    }
    return false;
}

const struct peer_system *
authority_system(const struct authority *authority, const struct uuid *system)
{
    const struct system *found = map_get(&authority->systems, system);

    return found ? &found->shown : NULL;
}

const struct peer_system *
authority_system_by_key(const struct authority *authority, const char *public_key)
{
    struct peer_system wanted = { 0 };
    const struct system *found;

    if (strlen(public_key) != KEY_TEXT_SIZE - 1)
        return NULL;
    memcpy(wanted.public_key, public_key, KEY_TEXT_SIZE);
    found = map_get(&authority->keys, wanted.public_key);
    return found ? &found->shown : NULL;
}

const struct uuid *
authority_agency_of(const struct authority *authority, const struct uuid *person)
{
    const struct person *found = map_get(&authority->persons, person);

    return found ? &found->unit->agency.id : NULL;
}

static bool
gives(const struct binding *b, unsigned roles, const char *programme, int64_t at_us)
{
    return (b->role & roles) && at_us >= b->from_us && (!b->until_us || at_us < b->until_us) &&
           strcmp(b->programme, programme) == 0;
}

/* One who will be an operator later is already kept from business. */
static bool
is_operator(const struct person *person, int64_t at_us)
{
    for (const struct binding *b = person->bindings; b; b = b->next_of_person)
        if (b->role == OPERATOR && (!b->until_us || at_us < b->until_us))
            return true;
    return false;
}

static unsigned
open_to(const struct person *person, unsigned roles, int64_t at_us)
{
    return is_operator(person, at_us) ? roles & OPERATOR : roles;
}

bool
authority_holds(const struct authority *authority, const struct uuid *person, unsigned roles,
                const char *programme, int64_t at_us)
{
    const struct person *p = map_get(&authority->persons, person);

    if (!p)
        return false;
    roles = open_to(p, roles, at_us);
    for (const struct binding *b = p->bindings; b; b = b->next_of_person)
        if (gives(b, roles, programme, at_us))
            return true;
    if (roles & p->unit->roles & ~OPERATOR)
        for (const struct binding *b = p->unit->wide; b; b = b->next)
            if (gives(b, roles & ~OPERATOR, programme, at_us))
                return true;
    return false;
}

bool
authority_has_business(const struct authority *authority, const struct uuid *person)
{
    const struct person *p = map_get(&authority->persons, person);

    if (!p)
        return false;
    for (const struct binding *b = p->bindings; b; b = b->next_of_person)
        if (b->role != OPERATOR && !b->is_ended)
            return true;
    for (const struct binding *b = p->unit->wide; b; b = b->next)
        if (b->role != OPERATOR && !b->is_ended)
            return true;
    return false;
}

bool
authority_is_operator(const struct authority *authority, const struct uuid *person)
{
    const struct person *p = map_get(&authority->persons, person);

    if (p)
        for (const struct binding *b = p->bindings; b; b = b->next_of_person)
            if (b->role == OPERATOR && !b->is_ended)
                return true;
    return false;
}

bool
authority_has_other_operator(const struct authority *authority, const struct uuid *binding,
                             int64_t at_us)
{
    for (const struct binding *b = authority->operators; b; b = b->next_operator)
        if (!uuid_equal(&b->id, binding) && b->person && !b->until_us && at_us >= b->from_us)
            return true;
    return false;
}

/* An agency none of whose persons is registered may hold a role; one of operators only may not. */
static bool
has_hands(const struct unit *unit, int64_t at_us)
{
    for (const struct person *p = unit->persons; p; p = p->next)
        if (!is_operator(p, at_us))
            return true;
    return !unit->persons;
}

static bool
unit_holds(const struct unit *unit, unsigned roles, const char *programme, int64_t at_us)
{
    if (!(unit->roles & roles))
        return false;
    for (const struct binding *b = unit->wide; b; b = b->next)
        if (gives(b, roles & ~OPERATOR, programme, at_us) && has_hands(unit, at_us))
            return true;
    for (const struct binding *b = unit->named; b; b = b->next)
        if (gives(b, open_to(b->person, roles, at_us), programme, at_us))
            return true;
    return false;
}

bool
authority_agency_holds(const struct authority *authority, const struct uuid *agency, unsigned roles,
                       const char *programme, int64_t at_us)
{
    const struct unit *unit = map_get(&authority->units, agency);

    return unit && unit_holds(unit, roles, programme, at_us);
}

bool
authority_reads_all(const struct authority *authority, const struct uuid *agency,
                    const char *programme, int64_t at_us)
{
    unsigned roles = MAY(OWNER) | MAY(STANDING) | MAY(ORGANISER) | MAY(HOME_AFFAIRS_SIGNOFF) |
                     MAY(FINANCE_SIGNOFF) | MAY(AUTHORITY) | MAY(ACCOUNTANT) | MAY(TREASURY) |
                     MAY(AUDITOR);

    if (strcmp(programme, DIRECTORY_PROGRAMME) == 0)
        roles |= OPERATOR;
    return authority_agency_holds(authority, agency, roles, programme, at_us);
}

void
authority_each_agency(const struct authority *authority, unsigned roles, const char *programme,
                      int64_t at_us, void (*each)(void *context, const struct agency *agency),
                      void *context)
{
    for (const struct unit *unit = authority->first_unit; unit; unit = unit->next)
        if (!roles || unit_holds(unit, roles, programme, at_us))
            each(context, &unit->agency);
}

void
authority_each_system(const struct authority *authority,
                      void (*each)(void *context, const struct peer_system *system), void *context)
{
    for (const struct system *system = authority->first_system; system; system = system->next)
        if (!system->shown.is_revoked)
            each(context, &system->shown);
}

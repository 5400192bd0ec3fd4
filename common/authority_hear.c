/* common/authority_hear.c - the directory's journal, folded into memory event by event. */
#include <string.h>

#include "common/authority_state.h"
#include "common/decide.h"
#include "common/proto.h"
#include "common/proto_value.h"
#include "sangkien/directory/v1/events.pb-c.h"

#define OPERATOR MAY(OPERATOR)

static const char *
keep(struct authority *a, const char *text)
{
    return *text ? arena_text(a->arena, text) : "";
}

static int
agency_registered(struct authority *a, const void *event)
{
    const Directory__AgencyRegistered *e = event;
    struct uuid id = uuid_of(e->agency_id);
    struct unit *unit;

    if (uuid_is_nil(&id) || map_get(&a->units, &id))
        return err_set(ERR_POISON, "agency %s is registered twice or has no id", e->agency_id);
    unit = arena_zero(a->arena, sizeof(*unit));
    unit->agency = (struct agency){
        .id = id,
        .name = keep(a, e->name),
        .short_name = keep(a, e->short_name),
        .email = keep(a, e->email),
        .code = keep(a, e->agency_code),
        .agency_class = (int) e->agency_class,
        .parent = uuid_of(e->parent_agency_id),
    };
    map_put(&a->units, unit);
    *a->unit_end = unit;
    a->unit_end = &unit->next;
    return 0;
}

static struct unit *
unit_of(const struct authority *a, const char *text)
{
    struct uuid id = uuid_of(text);

    return map_get(&a->units, &id);
}

static int
unknown(const char *what, const char *id)
{
    return err_set(ERR_POISON, "%s %s is not known", what, id);
}

static int
agency_renamed(struct authority *a, const void *event)
{
    const Directory__AgencyRenamed *e = event;
    struct unit *unit = unit_of(a, e->agency_id);

    if (!unit)
        return unknown("agency", e->agency_id);
    unit->agency.name = keep(a, e->name);
    unit->agency.short_name = keep(a, e->short_name);
    return 0;
}

static int
person_registered(struct authority *a, const void *event)
{
    const Directory__PersonRegistered *e = event;
    struct uuid id = uuid_of(e->person_id);
    struct person *person;
    struct unit *unit = unit_of(a, e->agency_id);

    if (!unit)
        return unknown("agency", e->agency_id);
    if (uuid_is_nil(&id) || map_get(&a->persons, &id))
        return err_set(ERR_POISON, "person %s is registered twice or has no id", e->person_id);
    person = arena_zero(a->arena, sizeof(*person));
    person->id = id;
    person->unit = unit;
    person->next = unit->persons;
    unit->persons = person;
    map_put(&a->persons, person);
    return 0;
}

static int
system_registered(struct authority *a, const void *event)
{
    const Directory__SystemRegistered *e = event;
    struct uuid id = uuid_of(e->system_id);
    struct system *system;
    struct unit *unit = unit_of(a, e->agency_id);

    if (!unit)
        return unknown("agency", e->agency_id);
    if (uuid_is_nil(&id) || map_get(&a->systems, &id))
        return err_set(ERR_POISON, "system %s is registered twice or has no id", e->system_id);
    if (strlen(e->public_key) != KEY_TEXT_SIZE - 1)
        return err_set(ERR_POISON, "system %s has no key of 40 characters", e->system_id);
    system = arena_zero(a->arena, sizeof(*system));
    system->shown = (struct peer_system){ .id = id, .agency = unit->agency.id };
    system->shown.name = keep(a, e->name);
    memcpy(system->shown.public_key, e->public_key, KEY_TEXT_SIZE);
    if (map_get(&a->keys, system->shown.public_key))
        return err_set(ERR_POISON, "system %s has the key of another", e->system_id);
    map_put(&a->systems, system);
    map_put(&a->keys, system);
    *a->system_end = system;
    a->system_end = &system->next;
    return 0;
}

static int
system_revoked(struct authority *a, const void *event)
{
    const Directory__SystemRevoked *e = event;
    struct uuid id = uuid_of(e->system_id);
    struct system *system = map_get(&a->systems, &id);

    if (!system)
        return unknown("system", e->system_id);
    system->shown.is_revoked = true;
    return 0;
}

static void
hang(struct authority *a, struct binding *binding)
{
    struct binding **list = binding->person ? &binding->unit->named : &binding->unit->wide;

    binding->next = *list;
    *list = binding;
    binding->unit->roles |= binding->role;
    if (binding->person) {
        binding->next_of_person = binding->person->bindings;
        binding->person->bindings = binding;
    }
    if (binding->role == OPERATOR) {
        binding->next_operator = a->operators;
        a->operators = binding;
    }
    map_put(&a->bindings, binding);
}

static int
role_bound(struct authority *a, const void *event)
{
    const Directory__RoleBound *e = event;
    struct uuid id = uuid_of(e->binding_id), person_id = uuid_of(e->person_id);
    struct person *person = uuid_is_nil(&person_id) ? NULL : map_get(&a->persons, &person_id);
    struct binding *binding;
    struct unit *unit = unit_of(a, e->agency_id);

    if (!unit)
        return unknown("agency", e->agency_id);
    if (uuid_is_nil(&id) || map_get(&a->bindings, &id))
        return err_set(ERR_POISON, "binding %s is bound twice or has no id", e->binding_id);
    if (!person && !uuid_is_nil(&person_id))
        return unknown("person", e->person_id);
    if (!protobuf_c_enum_descriptor_get_value(&directory__role__descriptor, (int) e->role) ||
        !e->role)
        return err_set(ERR_POISON, "role %d is not known", (int) e->role);
    binding = arena_zero(a->arena, sizeof(*binding));
    binding->id = id;
    binding->role = 1U << e->role;
    binding->programme = keep(a, e->programme);
    binding->unit = unit;
    binding->person = person;
    binding->from_us = proto_time_us(e->valid_from);
    binding->until_us = proto_time_us(e->valid_until);
    hang(a, binding);
    return 0;
}

static int
role_ended(struct authority *a, const void *event)
{
    const Directory__RoleEnded *e = event;
    struct uuid id = uuid_of(e->binding_id);
    struct binding *binding = map_get(&a->bindings, &id);
    int64_t ended_us = proto_time_us(e->ended_at);

    if (!binding)
        return unknown("binding", e->binding_id);
    binding->is_ended = true;
    if (!binding->until_us || ended_us < binding->until_us)
        binding->until_us = ended_us ? ended_us : 1; /* 0 would leave it open */
    return 0;
}

struct hearing {
    const ProtobufCMessageDescriptor *event;
    int (*take)(struct authority *authority, const void *event);
};

/* clang-format off */
static const struct hearing hearings[] = {
    { &directory__agency_registered__descriptor, agency_registered },
    { &directory__agency_renamed__descriptor,    agency_renamed },
    { &directory__person_registered__descriptor, person_registered },
    { &directory__system_registered__descriptor, system_registered },
    { &directory__system_revoked__descriptor,    system_revoked },
    { &directory__role_bound__descriptor,        role_bound },
    { &directory__role_ended__descriptor,        role_ended },
    { 0 },
};
/* clang-format on */

int
authority_hear(struct authority *authority, int64_t position, const char *type, const void *body,
               size_t size)
{
    const struct hearing *h = hearings;
    void *event = NULL;
    int rc;

    if (position <= authority->position)
        return 0; /* heard before */
    while (h->event && strcmp(h->event->name, type) != 0)
        h++;
    if (h->event) {
        arena_reset(authority->scratch, 1 << 16);
        rc = proto_unpack(authority->scratch, h->event, body, size, &event);
        if (!rc)
            rc = h->take(authority, event);
        if (rc)
            return err_add(rc, "directory at %lld, %s", (long long) position, type);
    }
    authority->position = position;
    return 0;
}

/* tests/model/simulation/commands_directory.c - what operators do. */
#include <stdio.h>

#include "services/directory/directory.h"
#include "tests/model/simulation/commands.h"

static const char *
some_agency(const struct draft *d)
{
    const struct stored *row = any_stored(&sim.programmes[0], &agency_kind, 0);

    (void) d;
    return text_of(row && !often(30) ? row->key.id : dice_uuid(&sim.dice));
}

static bool
by_operator(struct draft *d)
{
    spoken_by(d, MAY(OPERATOR));
    return true;
}

/* An operator's subject: one there is, of that kind. */
static bool
about(struct draft *d, const struct kind *kind, unsigned states)
{
    const struct stored *row = any_stored(&sim.programmes[0], kind, states);

    if (!row)
        return false;
    d->subject = row->key.id;
    return by_operator(d);
}

static bool
register_agency(struct draft *d)
{
    Directory__RegisterAgency *m = (void *) (uintptr_t) d->message;

    m->name = word_for("agency", between(0, 1000));
    m->agency_code = word_for("code", between(0, 300));
    m->agency_class = DIRECTORY__AGENCY_CLASS__AGENCY_CLASS_DEPARTMENT;
    m->level = DIRECTORY__AGENCY_LEVEL__AGENCY_LEVEL_COMMUNE;
    m->email = often(100) ? "no mailbox" : "records@example.vn";
    if (often(500))
        m->parent_agency_id = some_agency(d);
    return by_operator(d);
}

static bool
rename_agency(struct draft *d)
{
    Directory__RenameAgency *m = (void *) (uintptr_t) d->message;

    m->name = word_for("renamed", between(0, 1000));
    m->document = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_DECISION);
    return about(d, &agency_kind, 0);
}

static bool
register_person(struct draft *d)
{
    Directory__RegisterPerson *m = (void *) (uintptr_t) d->message;

    m->agency_id = some_agency(d);
    m->full_name = "somebody";
    m->email = often(50) ? "x@" : "";
    return by_operator(d);
}

static bool
register_system(struct draft *d)
{
    Directory__RegisterSystem *m = (void *) (uintptr_t) d->message;

    m->agency_id = some_agency(d);
    m->name = "another system";
    m->public_key = arena_format(sim.step, "%040d", (int) between(0, 400));
    if (often(30))
        m->public_key++; /* one letter less */
    return by_operator(d);
}

/* Those of the beginning stay, as a rule: without them nobody could say anything. */
static bool
is_of_the_cast(const struct uuid *id)
{
    for (size_t i = 0; i < AGENCIES; i++) {
        struct uuid system = system_of(agency_id(i));

        if (uuid_equal(&system, id))
            return true;
    }
    return false;
}

static bool
revoke_system(struct draft *d)
{
    Directory__RevokeSystem *m = (void *) (uintptr_t) d->message;

    m->reason = "the key was lost";
    return about(d, &peer_system_kind, STATE(SYSTEM_IS(ACTIVE))) && !is_of_the_cast(&d->subject);
}

/* What was given at the beginning is given again, in case somebody took it away. */
static bool
bind_role(struct draft *d)
{
    Directory__BindRole *m = (void *) (uintptr_t) d->message;
    struct given_role given = any_given_role();
    const struct stored *person = any_stored(&sim.programmes[0], &person_kind, 0);

    m->programme = sim.programmes[1 + any_of(PROGRAMMES - 1)].name;
    m->role = (Directory__Role) given.role;
    m->agency_id = text_of(given.agency);
    m->person_id = text_of(given.person);
    if (often(400) && person) {
        m->role = (Directory__Role) between(1, 15);
        m->person_id = text_of(person->key.id);
        m->agency_id =
            text_of(((const struct person_state *) (const void *) person->state)->agency_id);
        if (m->role == OPERATOR_ROLE && !often(100))
            m->programme = DIRECTORY_PROGRAMME;
    }
    if (often(60))
        m->agency_id = some_agency(d);
    if (often(100)) {
        m->valid_until = proto_new(sim.step, &google__protobuf__timestamp__descriptor);
        m->valid_until->seconds = sim.now_us / 1000000 + between(-1000, 500000);
    }
    return by_operator(d);
}

static bool
end_role(struct draft *d)
{
    Directory__EndRole *m = (void *) (uintptr_t) d->message;

    m->reason = "another task";
    return about(d, &role_binding_kind, STATE(BINDING_IS(BOUND)));
}

/* clang-format off */
const struct maker directory_makers[] = {
    /* command               weight */
    { ON(register_agency),   2, register_agency },
    { ON(rename_agency),     2, rename_agency },
    { ON(register_person),   3, register_person },
    { ON(register_system),   2, register_system },
    { ON(revoke_system),     1, revoke_system },
    { ON(bind_role),         10, bind_role },
    { ON(end_role),          4, end_role },
    { 0 },
};
/* clang-format on */

/* services/directory/core.c - agencies, persons and systems. Pure: no SQL, no sockets, no clock. */
#include "services/directory/core.h"

#include <string.h>

#include "common/proto.h"

bool
directory_is_here(const struct given *given)
{
    return strcmp(given->programme, DIRECTORY_PROGRAMME) == 0;
}

/* ------------------------------------------------------------------ agencies */

static void
parent_of(const struct given *given, const void *command, struct keys *keys)
{
    const Directory__RegisterAgency *ask = command;
    struct uuid parent = uuid_of(ask->parent_agency_id);

    (void) given;
    if (!uuid_is_nil(&parent))
        need(keys, &agency_kind, parent);
}

static int
register_agency(const struct given *given, const void *command, struct events *out)
{
    const Directory__RegisterAgency *ask = command;
    Directory__AgencyRegistered *said;

    if (!directory_is_here(given))
        return NO(NOT_THE_DIRECTORY);
    if (given->also_count && given->also[0].state->version == 0)
        return wrong(out, NO(UNKNOWN_AGENCY), "parent_agency_id", "is no registered agency");
    if (*ask->email && !directory_is_mailbox(ask->email))
        return wrong(out, NO(BAD_EMAIL), "email", "is no ASCII address local@domain");

    said = new_event(out, ON(agency_registered));
    said->agency_id = id_text(out, &given->subject);
    said->name = ask->name;
    said->short_name = ask->short_name;
    said->agency_class = ask->agency_class;
    said->level = ask->level;
    said->parent_agency_id = ask->parent_agency_id;
    said->email = ask->email;
    said->agency_code = ask->agency_code;
    said->document = ask->document;
    return ACCEPTED;
}

static void
take_name(struct agency_state *a, const char *name, const char *short_name,
          const Types__OfficialDocument *document)
{
    struct agency_name *kept = list_add(&a->names);

    *kept = (struct agency_name){ name, short_name, document };
    a->name = name;
    a->short_name = short_name;
}

static void
agency_registered(void *state, const void *event)
{
    struct agency_state *a = state;
    const Directory__AgencyRegistered *e = event;

    a->agency_id = a->self.id;
    a->agency_class = (int) e->agency_class;
    a->level = (int) e->level;
    a->parent_agency_id = uuid_of(e->parent_agency_id);
    a->email = e->email;
    a->agency_code = e->agency_code;
    take_name(a, e->name, e->short_name, e->document);
}

static int
rename_agency(const struct given *given, const void *command, struct events *out)
{
    const Directory__RenameAgency *ask = command;
    Directory__AgencyRenamed *said;

    if (!directory_is_here(given))
        return NO(NOT_THE_DIRECTORY);

    said = new_event(out, ON(agency_renamed));
    said->agency_id = id_text(out, &given->subject);
    said->name = ask->name;
    said->short_name = ask->short_name;
    said->document = ask->document;
    return ACCEPTED;
}

static void
agency_renamed(void *state, const void *event)
{
    const Directory__AgencyRenamed *e = event;

    take_name(state, e->name, e->short_name, e->document);
}

/* ------------------------------------------------------------------ persons */

static void
agency_of_person(const struct given *given, const void *command, struct keys *keys)
{
    const Directory__RegisterPerson *ask = command;

    (void) given;
    need(keys, &agency_kind, uuid_of(ask->agency_id));
}

static bool
is_known(const struct agency_state *agency)
{
    return agency->self.version > 0;
}

static int
register_person(const struct given *given, const void *command, struct events *out)
{
    const Directory__RegisterPerson *ask = command;
    Directory__PersonRegistered *said;
    struct person_private *private;

    if (!directory_is_here(given))
        return NO(NOT_THE_DIRECTORY);
    if (!is_known(also(given, 0)))
        return wrong(out, NO(UNKNOWN_AGENCY), "agency_id", "is no registered agency");
    if (*ask->email && !directory_is_mailbox(ask->email))
        return wrong(out, NO(BAD_EMAIL), "email", "is no ASCII address local@domain");

    private = arena_zero(out->arena, sizeof(*private));
    *private = (struct person_private){ given->subject, ask->full_name, ask->email };
    put_aside(out, &person_private_table, private);

    said = new_event(out, ON(person_registered));
    said->person_id = id_text(out, &given->subject);
    said->agency_id = ask->agency_id;
    return ACCEPTED;
}

static void
person_registered(void *state, const void *event)
{
    struct person_state *p = state;
    const Directory__PersonRegistered *e = event;

    p->agency_id = uuid_of(e->agency_id);
}

/* ------------------------------------------------------------------ systems */

static void
agency_of_system(const struct given *given, const void *command, struct keys *keys)
{
    const Directory__RegisterSystem *ask = command;

    (void) given;
    need(keys, &agency_kind, uuid_of(ask->agency_id));
}

static int
register_system(const struct given *given, const void *command, struct events *out)
{
    const Directory__RegisterSystem *ask = command;
    Directory__SystemRegistered *said;

    if (!directory_is_here(given))
        return NO(NOT_THE_DIRECTORY);
    if (!is_known(also(given, 0)))
        return wrong(out, NO(UNKNOWN_AGENCY), "agency_id", "is no registered agency");
    if (!directory_is_key(ask->public_key))
        return wrong(out, NO(BAD_KEY), "public_key", "is not a CURVE key as 40 characters of Z85");
    if (authority_system_by_key(given->authority, ask->public_key))
        return wrong(out, NO(KEY_ALREADY_REGISTERED), "public_key", "is that of another system");

    said = new_event(out, ON(system_registered));
    said->system_id = id_text(out, &given->subject);
    said->agency_id = ask->agency_id;
    said->name = ask->name;
    said->public_key = ask->public_key;
    return ACCEPTED;
}

static void
system_registered(void *state, const void *event)
{
    struct peer_system_state *s = state;
    const Directory__SystemRegistered *e = event;

    s->agency_id = uuid_of(e->agency_id);
    s->name = e->name;
    s->public_key = e->public_key;
}

static int
revoke_system(const struct given *given, const void *command, struct events *out)
{
    const Directory__RevokeSystem *ask = command;
    Directory__SystemRevoked *said;

    if (!directory_is_here(given))
        return NO(NOT_THE_DIRECTORY);

    said = new_event(out, ON(system_revoked));
    said->system_id = id_text(out, &given->subject);
    said->reason = ask->reason;
    return ACCEPTED;
}

/* clang-format off */
static const struct handler agency_handlers[] = {
    /* message              who may        decide           birth       also locks */
    { ON(register_agency),  MAY(OPERATOR), register_agency, CREATES,    parent_of },
    { ON(rename_agency),    MAY(OPERATOR), rename_agency,   MUST_EXIST, NULL },
    { 0 },
};

static const struct transition agency_transitions[] = {
    /* from               when                   to                 remember           because */
    { NOTHING,            ON(agency_registered), AGENCY_IS(ACTIVE), agency_registered, "an operator entered the agency" },
    { AGENCY_IS(ACTIVE),  ON(agency_renamed),    AGENCY_IS(ACTIVE), agency_renamed,    "a legal act gave it another name" },
    { 0 },
};

static const struct handler person_handlers[] = {
    { ON(register_person),  MAY(OPERATOR), register_person, CREATES,    agency_of_person },
    { 0 },
};

static const struct transition person_transitions[] = {
    { NOTHING,            ON(person_registered), PERSON_IS(ACTIVE), person_registered, "an operator entered the person" },
    { 0 },
};

static const struct handler peer_system_handlers[] = {
    { ON(register_system),  MAY(OPERATOR), register_system, CREATES,    agency_of_system },
    { ON(revoke_system),    MAY(OPERATOR), revoke_system,   MUST_EXIST, NULL },
    { 0 },
};

static const struct transition peer_system_transitions[] = {
    { NOTHING,            ON(system_registered), SYSTEM_IS(ACTIVE),  system_registered, "an operator entered the system and its key" },
    { SYSTEM_IS(ACTIVE),  ON(system_revoked),    SYSTEM_IS(REVOKED), NULL,              "the key is trusted no longer" },
    { 0 },
};

static const struct handler role_binding_handlers[] = {
    { ON(bind_role),        MAY(OPERATOR), directory_bind_role, CREATES,    directory_bound_ones },
    { ON(end_role),         MAY(OPERATOR), directory_end_role,  MUST_EXIST, NULL },
    { 0 },
};

static const struct transition role_binding_transitions[] = {
    { NOTHING,            ON(role_bound),        BINDING_IS(BOUND),  directory_role_bound, "an operator gave the role" },
    { BINDING_IS(BOUND),  ON(role_ended),        BINDING_IS(ENDED),  directory_role_ended, "an operator took the role back" },
    { 0 },
};

const struct kind agency_kind = { "agency", &directory__agency_state__descriptor, &agency_table, agency_handlers, agency_transitions };
const struct kind person_kind = { "person", &directory__person_state__descriptor, &person_table, person_handlers, person_transitions };
const struct kind peer_system_kind = { "peer_system", &directory__system_state__descriptor, &peer_system_table, peer_system_handlers, peer_system_transitions };
const struct kind role_binding_kind = { "role_binding", &directory__role_binding_state__descriptor, &role_binding_table, role_binding_handlers, role_binding_transitions };
/* clang-format on */

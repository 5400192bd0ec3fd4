/* services/directory/core_role.c - who may do what, from when, until when. Pure. */
#include <string.h>

#include "common/proto.h"
#include "common/proto_value.h"
#include "services/directory/core.h"

#define LAST_SECOND INT64_C(253402300799) /* the end of the year 9999 */

/* ------------------------------------------------------------------ times */

static bool
is_time(const Google__Protobuf__Timestamp *time)
{
    return !time || (time->seconds > 0 && time->seconds <= LAST_SECOND && time->nanos >= 0 &&
                     time->nanos < 1000000000);
}

/* NULL for 0. */
static Google__Protobuf__Timestamp *
time_of(struct events *out, int64_t at_us)
{
    return at_us ? proto_time(out->arena, at_us) : NULL;
}

/* ------------------------------------------------------------------ binding */

void
directory_bound_ones(const struct given *given, const void *command, struct keys *keys)
{
    const Directory__BindRole *ask = command;
    struct uuid person = uuid_of(ask->person_id);

    (void) given;
    need(keys, &agency_kind, uuid_of(ask->agency_id));
    if (!uuid_is_nil(&person))
        need(keys, &person_kind, person);
}

static int
check_bound_ones(const struct given *given, const struct uuid *person, struct events *out)
{
    const struct agency_state *agency = also(given, 0);
    const struct person_state *named;

    if (agency->self.version == 0)
        return wrong(out, NO(UNKNOWN_AGENCY), "agency_id", "is no registered agency");
    if (uuid_is_nil(person))
        return ACCEPTED;
    named = also(given, 1);
    if (named->self.version == 0)
        return wrong(out, NO(UNKNOWN_PERSON), "person_id", "is no registered person");
    if (!uuid_equal(&named->agency_id, &agency->self.id))
        return wrong(out, NO(PERSON_OF_ANOTHER_AGENCY), "person_id", "belongs to another agency");
    return ACCEPTED;
}

/* Operators and business never meet in one person: R-G5. */
static int
check_separation(const struct given *given, const Directory__BindRole *ask,
                 const struct uuid *person, struct events *out)
{
    bool is_named = !uuid_is_nil(person);

    if (ask->role != OPERATOR_ROLE) {
        if (is_named && authority_is_operator(given->authority, person))
            return NO(OPERATOR_HOLDS_NO_BUSINESS_ROLE);
        return ACCEPTED;
    }
    if (!is_named)
        return wrong(out, NO(OPERATOR_HOLDS_NO_BUSINESS_ROLE), "person_id",
                     "an operator is one person, never a whole agency");
    if (strcmp(ask->programme, DIRECTORY_PROGRAMME) != 0)
        return wrong(out, NO(OPERATOR_HOLDS_NO_BUSINESS_ROLE), "programme",
                     "an operator is one in the programme \"" DIRECTORY_PROGRAMME "\" only");
    if (authority_has_business(given->authority, person))
        return NO(OPERATOR_HOLDS_NO_BUSINESS_ROLE);
    return ACCEPTED;
}

/* The runtime itself is nobody: no id is its own. */
static bool
is_to_oneself(const struct actor *actor, const struct uuid *person, const struct uuid *agency)
{
    return uuid_is_nil(person) ? uuid_equal(agency, &actor->agency)
                               : uuid_equal(person, &actor->person);
}

static int
check_period(const struct given *given, const Directory__BindRole *ask, struct events *out)
{
    if (!is_time(ask->valid_from))
        return wrong(out, NO(BAD_PERIOD), "valid_from", "is no time between 1970 and 9999");
    if (!is_time(ask->valid_until))
        return wrong(out, NO(BAD_PERIOD), "valid_until", "is no time between 1970 and 9999");
    if (!ask->valid_until)
        return ACCEPTED;
    if (proto_time_us(ask->valid_until) <= proto_time_us(ask->valid_from))
        return wrong(out, NO(BAD_PERIOD), "valid_until", "is not after valid_from");
    if (proto_time_us(ask->valid_until) <= given->received_us)
        return wrong(out, NO(BAD_PERIOD), "valid_until", "is over already");
    return ACCEPTED;
}

int
directory_bind_role(const struct given *given, const void *command, struct events *out)
{
    const Directory__BindRole *ask = command;
    struct uuid agency = uuid_of(ask->agency_id), person = uuid_of(ask->person_id);
    Directory__RoleBound *said;
    int refusal;

    if (!directory_is_here(given))
        return NO(NOT_THE_DIRECTORY);
    refusal = check_bound_ones(given, &person, out);
    if (!refusal)
        refusal = check_separation(given, ask, &person, out);
    if (!refusal && is_to_oneself(given->actor, &person, &agency))
        refusal = NO(NOT_TO_ONESELF);
    if (!refusal)
        refusal = check_period(given, ask, out);
    if (refusal)
        return refusal;

    said = new_event(out, ON(role_bound));
    said->binding_id = id_text(out, &given->subject);
    said->role = ask->role;
    said->agency_id = ask->agency_id;
    said->person_id = ask->person_id;
    said->programme = ask->programme;
    said->valid_from =
        time_of(out, ask->valid_from ? proto_time_us(ask->valid_from) : given->received_us);
    said->valid_until = time_of(out, proto_time_us(ask->valid_until));
    return ACCEPTED;
}

void
directory_role_bound(void *state, const void *event)
{
    struct role_binding_state *b = state;
    const Directory__RoleBound *e = event;

    b->role = (int) e->role;
    b->agency_id = uuid_of(e->agency_id);
    b->person_id = uuid_of(e->person_id);
    b->in_programme = e->programme;
    b->valid_from_us = proto_time_us(e->valid_from);
    b->valid_until_us = proto_time_us(e->valid_until);
}

/* ------------------------------------------------------------------ ending */

int
directory_end_role(const struct given *given, const void *command, struct events *out)
{
    const struct role_binding_state *b = given->state;
    const Directory__EndRole *ask = command;
    Directory__RoleEnded *said;

    if (!directory_is_here(given))
        return NO(NOT_THE_DIRECTORY);
    if (b->self.state == BINDING_IS(BOUND) && b->role == OPERATOR_ROLE &&
        !authority_has_other_operator(given->authority, &b->self.id, given->received_us))
        return NO(LAST_OPERATOR);

    said = new_event(out, ON(role_ended));
    said->binding_id = id_text(out, &given->subject);
    said->reason = ask->reason;
    said->ended_at = time_of(out, given->received_us);
    return ACCEPTED;
}

void
directory_role_ended(void *state, const void *event)
{
    struct role_binding_state *b = state;
    const Directory__RoleEnded *e = event;

    b->ended_at_us = proto_time_us(e->ended_at);
}

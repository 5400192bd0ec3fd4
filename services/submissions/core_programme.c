/* services/submissions/core_programme.c - how a programme comes to be. Pure. */
#include <string.h>

#include "services/submissions/submissions.h"

enum { LONGEST_PROGRAMME = 64 };

/* Lower-case letters, digits and hyphens, not beginning with a hyphen. */
static bool
is_programme_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

    return length > 0 && length <= LONGEST_PROGRAMME && name[length] == '\0' && name[0] != '-' &&
           strcmp(name, DIRECTORY_PROGRAMME) != 0;
}

static int
create_programme(const struct given *given, const void *command, struct events *out)
{
    const Submissions__CreateProgramme *ask = command;

    if (!is_programme_name(given->programme))
        return wrong(out, NO(PROGRAMME_NAME), "programme", "cannot be the id of a programme");
    if (ask->utc_offset_minutes < -FARTHEST_OFFSET_MINUTES ||
        ask->utc_offset_minutes > FARTHEST_OFFSET_MINUTES)
        return wrong(out, NO(BAD_DATE), "utc_offset_minutes", "is not between -840 and 840");

    Submissions__ProgrammeCreated *said = new_event(out, ON(programme_created));
    said->programme_id = id_text(out, &given->subject);
    said->name = ask->name;
    said->owner_agency_id = id_text(out, &given->actor->agency);
    said->utc_offset_minutes = ask->utc_offset_minutes;
    return ACCEPTED;
}

static void
programme_created(void *state, const void *event)
{
    struct programme *programme = state;
    const Submissions__ProgrammeCreated *e = event;

    programme->name = e->name;
    programme->owner_agency_id = uuid_of(e->owner_agency_id);
    programme->utc_offset_minutes = e->utc_offset_minutes;
}

/* clang-format off */
#define IS(state) SUBMISSIONS__PROGRAMME_STATE__PROGRAMME_STATE_##state

static const struct handler handlers[] = {
    /* message                  who may                     decide                           birth       also locks */
    { ON(create_programme),     MAY(OWNER),                 create_programme,                FOUNDS,     NULL, NULL },
    { ON(set_programme_rules),  MAY(OWNER) | MAY(STANDING), submissions_set_programme_rules, MUST_EXIST, submissions_needs_programme_rules, NULL },
    { 0 },
};

static const struct transition transitions[] = {
    /* from    when                   to          remember           because */
    { NOTHING, ON(programme_created), IS(ACTIVE), programme_created, "the owner set up the programme" },
    { 0 },
};

const struct kind programme_kind = {
    "programme", ON(programme_state), &programme_table, handlers, transitions,
};
/* clang-format on */

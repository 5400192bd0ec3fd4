/* services/submissions/core_entrant.c - how many entries an agency, and each of its teams, has in an edition that
 * limits them. Pure. */
#include <string.h>

#include "common/fold.h"
#include "services/submissions/entry.h"

/* Who draws up and withdraws without end is stopped, too: every change is kept. */
enum { MOST_CHANGES = 1000 };

struct uuid
submissions_entrant_id(const struct uuid *edition, const struct uuid *agency)
{
    struct uuid both[2] = { *edition, *agency };

    return uuid_derive("entrant", both, sizeof(both));
}

static const Submissions__Eligibility *
limits_of(const struct edition *edition)
{
    return edition->rules ? edition->rules->eligibility : NULL;
}

bool
submissions_limits_entries(const struct edition *edition)
{
    const Submissions__Eligibility *limits = limits_of(edition);

    return limits && (limits->max_entries_per_agency || limits->max_entries_per_team);
}

/* A team is the same one however it is spelled. */
static int32_t
entries_of_team(const struct entrant *entrant, const char *team, struct arena *arena)
{
    const char *folded = text_fold(arena, team);
    int32_t entries = 0;

    LIST_EACH (const struct entrant_entry, e, &entrant->changes)
        if (strcmp(text_fold(arena, e->team), folded) == 0)
            entries += e->change;
    return entries;
}

int
submissions_judge_room(const struct edition *edition, const struct entrant *entrant,
                       const char *team, struct events *out)
{
    const Submissions__Eligibility *limits = limits_of(edition);

    if (!submissions_limits_entries(edition))
        return ACCEPTED;
    if (entrant->changes.count >= MOST_CHANGES)
        return NO(TOO_MANY_ENTRIES);
    if (limits->max_entries_per_agency && entrant->entries >= limits->max_entries_per_agency)
        return NO(TOO_MANY_ENTRIES);
    if (limits->max_entries_per_team &&
        entries_of_team(entrant, team, out->arena) >= limits->max_entries_per_team)
        return wrong(out, NO(TOO_MANY_ENTRIES), "team", "has %d already",
                     limits->max_entries_per_team);
    return ACCEPTED;
}

void
submissions_count(struct events *out, const struct edition *edition, const struct uuid *edition_id,
                  const struct uuid *agency, const char *team, int32_t change)
{
    Submissions__EntrantCounted *said;

    if (!submissions_limits_entries(edition))
        return;
    said = new_event_on(out, &entrant_kind, submissions_entrant_id(edition_id, agency),
                        ON(entrant_counted));
    said->edition_id = id_text(out, edition_id);
    said->agency_id = id_text(out, agency);
    said->team = team;
    said->change = change;
}

static void
entrant_counted(void *state, const void *event)
{
    struct entrant *entrant = state;
    const Submissions__EntrantCounted *e = event;
    struct entrant_entry *entry = list_add(&entrant->changes);

    entrant->edition_id = uuid_of(e->edition_id);
    entrant->agency_id = uuid_of(e->agency_id);
    entrant->entries += e->change;
    entry->team = e->team;
    entry->change = e->change;
}

/* clang-format off */
#define IS(state) SUBMISSIONS__ENTRANT_STATE__ENTRANT_STATE_##state

/* Nothing is asked of it: what is decided on entries is said of it. */
static const struct handler handlers[] = { { 0 } };

static const struct transition transitions[] = {
    /* from      when                 to         remember         because */
    { NOTHING,   ON(entrant_counted), IS(LIVE),  entrant_counted, "the agency drew up its first entry in an edition that limits them" },
    { IS(LIVE),  ON(entrant_counted), IS(LIVE),  entrant_counted, "the agency has one entry more, or one less" },
    { 0 },
};

const struct kind entrant_kind = {
    "entrant", ON(entrant_state), &entrant_table, handlers, transitions,
};
/* clang-format on */

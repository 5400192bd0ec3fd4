/* services/submissions/core_entrant.c - how many entries an agency, and each of its teams, has in an edition that
 * limits them; and how many contests of its own it holds below, and entries it sends up from there. Pure. */
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

    return limits && (limits->max_entries_per_agency || limits->max_entries_per_team ||
                      limits->max_teams_per_agency);
}

/* A team is the same one however it is spelled; to have no name is to be a team, too. */
struct team {
    const char *folded;
    int32_t entries;
};

static struct team *
team_of(struct team *teams, size_t *count_p, const char *folded)
{
    for (size_t i = 0; i < *count_p; i++)
        if (strcmp(teams[i].folded, folded) == 0)
            return &teams[i];
    teams[*count_p].folded = folded;
    return &teams[(*count_p)++];
}

/* With room for one more. */
static struct team *
teams_of(const struct entrant *entrant, struct arena *arena, size_t *ret_count)
{
    struct team *teams = arena_zero(arena, (entrant->changes.count + 1) * sizeof(*teams));

    *ret_count = 0;
    LIST_EACH (const struct entrant_entry, e, &entrant->changes)
        team_of(teams, ret_count, text_fold(arena, e->team))->entries += e->change;
    return teams;
}

static int32_t
teams_with_entries(const struct team *teams, size_t count)
{
    int32_t there = 0;

    for (size_t i = 0; i < count; i++)
        there += teams[i].entries > 0;
    return there;
}

static int
judge_team(const Submissions__Eligibility *limits, const struct entrant *entrant, const char *name,
           struct events *out)
{
    size_t count;
    struct team *teams;
    const struct team *team;

    if (!limits->max_entries_per_team && !limits->max_teams_per_agency)
        return ACCEPTED;
    teams = teams_of(entrant, out->arena, &count);
    team = team_of(teams, &count, text_fold(out->arena, name));
    if (limits->max_entries_per_team && team->entries >= limits->max_entries_per_team)
        return wrong(out, NO(TOO_MANY_ENTRIES), "team", "has %d already",
                     limits->max_entries_per_team);
    if (limits->max_teams_per_agency && team->entries == 0 &&
        teams_with_entries(teams, count) >= limits->max_teams_per_agency)
        return wrong(out, NO(TOO_MANY_TEAMS), "team", "would be one more than %d",
                     limits->max_teams_per_agency);
    return ACCEPTED;
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
    return judge_team(limits, entrant, team, out);
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

/* ------------------------------------------------------------------ contests of its own below */

int
submissions_judge_another_contest(const Submissions__LocalTerms *terms,
                                  const struct entrant *entrant)
{
    return entrant->contests < terms->max_contests_per_agency ? ACCEPTED : NO(TOO_MANY_CONTESTS);
}

void
submissions_count_contest(struct events *out, const struct uuid *above, const struct uuid *agency,
                          const struct uuid *local)
{
    Submissions__LocalContestCounted *said = new_event_on(
        out, &entrant_kind, submissions_entrant_id(above, agency), ON(local_contest_counted));

    said->edition_id = id_text(out, above);
    said->agency_id = id_text(out, agency);
    said->local_edition_id = id_text(out, local);
}

static void
contest_counted(void *state, const void *event)
{
    struct entrant *entrant = state;
    const Submissions__LocalContestCounted *e = event;

    entrant->edition_id = uuid_of(e->edition_id);
    entrant->agency_id = uuid_of(e->agency_id);
    entrant->contests++;
}

void
submissions_count_promotion(struct events *out, const struct uuid *above, const struct uuid *agency,
                            const char *winner_id)
{
    Submissions__AgencyPromotionCounted *said = new_event_on(
        out, &entrant_kind, submissions_entrant_id(above, agency), ON(agency_promotion_counted));

    said->edition_id = id_text(out, above);
    said->agency_id = id_text(out, agency);
    said->entry_id = winner_id;
}

static void
promotion_counted(void *state, const void *event)
{
    struct entrant *entrant = state;

    (void) event;
    entrant->promotions++;
}

/* clang-format off */
#define IS(state) SUBMISSIONS__ENTRANT_STATE__ENTRANT_STATE_##state

/* Nothing is asked of it: what is decided on entries is said of it. */
static const struct handler handlers[] = { { 0 } };

static const struct transition transitions[] = {
    /* from      when                          to         remember           because */
    { NOTHING,   ON(entrant_counted),          IS(LIVE),  entrant_counted,   "the agency drew up its first entry in an edition that limits them" },
    { IS(LIVE),  ON(entrant_counted),          IS(LIVE),  entrant_counted,   "the agency has one entry more, or one less" },
    { NOTHING,   ON(local_contest_counted),    IS(LIVE),  contest_counted,   "the agency set up its first contest below" },
    { IS(LIVE),  ON(local_contest_counted),    IS(LIVE),  contest_counted,   "the agency set up one more contest below" },
    { IS(LIVE),  ON(agency_promotion_counted), IS(LIVE),  promotion_counted, "one more entry goes on from its contests below" },
    { 0 },
};

const struct kind entrant_kind = {
    "entrant", ON(entrant_state), &entrant_table, handlers, transitions,
};
/* clang-format on */

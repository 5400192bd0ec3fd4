/* services/submissions/core_roll.c - how many entries are registered that one round may have to hold. Pure.
 *
 * Where rounds begin in clusters, and only so many of each go on, every cluster has a roll of its own: that all of them
 * together are not too many for the round behind is reviewed with the rules. A threshold may let everybody go on, so that
 * there, and where there are no clusters, the whole edition has one. Once the entrants are confirmed nobody comes in, and
 * who leaves is counted no more. */
#include <string.h>

#include "common/limits.h"
#include "services/submissions/entry.h"

static const char *
counted_by(const Submissions__EditionRules *rules, const struct uuid *agency)
{
    const Submissions__RoundRules *first = rules->n_rounds ? rules->rounds[0] : NULL;
    const Submissions__Cluster *cluster;

    if (!first || first->stage != SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_CLUSTER ||
        !first->top_entries)
        return "";
    cluster = submissions_cluster_of(rules, agency);
    return cluster ? cluster->code : "";
}

struct uuid
submissions_roll_id(const struct uuid *edition, const char *cluster_code)
{
    struct uuid both[2] = { *edition, uuid_derive("cluster", cluster_code, strlen(cluster_code)) };

    return uuid_derive("roll", both, sizeof(both));
}

struct uuid
submissions_roll_of(const struct edition *edition, const struct uuid *agency)
{
    if (!edition->rules)
        return (struct uuid){ { 0 } };
    return submissions_roll_id(&edition->self.id, counted_by(edition->rules, agency));
}

void
submissions_need_roll(const struct given *given, struct keys *keys)
{
    const struct entry *entry = given->state;

    need_state(keys);
    if (entry && !uuid_is_nil(&entry->roll_id))
        need(keys, &roll_kind, entry->roll_id);
}

int
submissions_judge_roll(const struct roll *roll, struct events *out)
{
    if (roll->entries < ROUND_MOST_ENTRIES)
        return ACCEPTED;
    return wrong(out, NO(TOO_MANY_ENTRIES), "entry_id", "would be entry %d of one round",
                 ROUND_MOST_ENTRIES + 1);
}

void
submissions_count_on_roll(struct events *out, const struct edition *edition,
                          const struct entry *entry, int32_t change)
{
    Submissions__RollCounted *said;

    if (uuid_is_nil(&entry->roll_id))
        return;
    said = new_event_on(out, &roll_kind, entry->roll_id, ON(roll_counted));
    said->edition_id = id_text(out, &entry->edition_id);
    said->cluster_code = counted_by(edition->rules, &entry->entrant_agency_id);
    said->change = change;
}

static void
roll_counted(void *state, const void *event)
{
    struct roll *roll = state;
    const Submissions__RollCounted *e = event;

    roll->edition_id = uuid_of(e->edition_id);
    roll->cluster_code = e->cluster_code;
    roll->entries += e->change;
}

/* clang-format off */
#define IS(state) SUBMISSIONS__ROLL_STATE__ROLL_STATE_##state

/* Nothing is asked of it: what is decided on entries is said of it. */
static const struct handler handlers[] = { { 0 } };

static const struct transition transitions[] = {
    /* from      when              to         remember      because */
    { NOTHING,   ON(roll_counted), IS(LIVE),  roll_counted, "the first entry was registered" },
    { IS(LIVE),  ON(roll_counted), IS(LIVE),  roll_counted, "one more entry is registered, or one less" },
    { 0 },
};

const struct kind roll_kind = {
    "roll", ON(roll_state), &roll_table, handlers, transitions,
};
/* clang-format on */

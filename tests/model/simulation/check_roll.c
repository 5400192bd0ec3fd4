/* tests/model/simulation/check_roll.c - as long as entries come in, a roll has those that are registered and still there. */
#include "common/limits.h"
#include "tests/model/simulation/coalitions.h"

static const char roll_what[] = "roll";

/* Entries as they are, and as was said. */
struct roll_note {
    int32_t there, said;
};

static bool
is_of(const Submissions__Cluster *cluster, const struct uuid *agency)
{
    for (size_t i = 0; i < cluster->n_agency_ids; i++) {
        struct uuid member = uuid_of(cluster->agency_ids[i]);

        if (uuid_equal(&member, agency))
            return true;
    }
    return false;
}

/* Clusters whose best go on are counted each by itself. */
static const char *
cluster_of(const Submissions__EditionRules *rules, const struct uuid *agency)
{
    const Submissions__RoundRules *first = rules->rounds[0];

    if (first->stage == SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_CLUSTER && !first->threshold_centi)
        for (size_t i = 0; i < rules->n_clusters; i++)
            if (is_of(rules->clusters[i], agency))
                return rules->clusters[i]->code;
    return "";
}

static struct uuid
key_of(const char *edition_id, const char *cluster_code)
{
    const char *both = arena_format(sim.step, "%s %s", edition_id, cluster_code);

    return uuid_derive("roll note", both, strlen(both));
}

static struct roll_note *
roll_note_of(const struct fact *fact, struct uuid key)
{
    return note_of(roll_what, fact->programme, key, sizeof(struct roll_note));
}

void
learn_registered(const struct fact *fact, const Submissions__EntryRegistered *registered)
{
    struct entry_note *n = entry_note_of(fact, fact->row->aggregate);
    const struct edition_note *edition = edition_note_of(fact, n->edition);
    struct uuid agency = uuid_of(registered->entrant_agency_id);
    struct roll_note *roll;

    if (edition->judged_elsewhere)
        return;
    n->roll = key_of(registered->edition_id, cluster_of(edition->rules_said, &agency));
    roll = roll_note_of(fact, n->roll);
    roll->there++;
    MUST("ROLL", roll->there <= ROUND_MOST_ENTRIES, "entry %s is one too many",
         registered->entry_id);
}

void
learn_gone(const struct fact *fact)
{
    const struct entry_note *n = entry_note_of(fact, fact->row->aggregate);

    if (!uuid_is_nil(&n->roll) && !edition_note_of(fact, n->edition)->is_complete)
        roll_note_of(fact, n->roll)->there--;
}

void
learn_roll_counted(const struct fact *fact, const void *event)
{
    const Submissions__RollCounted *e = event;

    roll_note_of(fact, key_of(e->edition_id, e->cluster_code))->said += e->change;
}

/* At the end of a commit. */
void
check_roll(const struct fact *fact)
{
    const struct entry_note *n = entry_note_of(fact, fact->row->aggregate);
    const struct roll_note *roll = roll_note_of(fact, n->roll);

    MUST("ROLL", roll->said == roll->there, "entry %s: %d are on its roll, and %d are registered",
         id_of(fact->row->aggregate), roll->said, roll->there);
}

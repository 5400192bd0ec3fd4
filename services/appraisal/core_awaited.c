/* services/appraisal/core_awaited.c - how many entries wait for each round of a contest. Pure: no SQL, no
 * sockets, no clock.
 *
 * An entry waits from its registration, or from the round that sent it on or was annulled, until it is assigned
 * or goes away. What is counted is all that tells whether somebody would be forgotten: entries themselves are
 * not looked for. */
#include "common/proto.h"
#include "services/appraisal/judging.h"

struct place {
    const char *round_code;
    const char *cluster_code;
};

/* Where clusters compete each for itself, they do so from the first round on. */
static struct place
place_of(const struct contest *contest, const char *next_round_code, const struct uuid *agency)
{
    const char *code = next_round_code[0] ? next_round_code : contest->rules->rounds[0]->code;
    size_t nth = 0;
    const Submissions__RoundRules *rules = judging_round_rules(contest, code, &nth);
    const Submissions__Cluster *cluster = judging_cluster_of(contest, agency);

    if (!rules || rules->stage != STAGE(CLUSTER) || !cluster)
        return (struct place){ code, "" };
    return (struct place){ code, cluster->code };
}

static Appraisal__AwaitedInRound *
find(const Appraisal__Awaited *awaited, struct place place)
{
    for (size_t i = 0; awaited && i < awaited->n_rounds; i++)
        if (strcmp(awaited->rounds[i]->round_code, place.round_code) == 0 &&
            strcmp(awaited->rounds[i]->cluster_code, place.cluster_code) == 0)
            return awaited->rounds[i];
    return NULL;
}

int32_t
judging_awaited_in(const struct contest *contest, const char *round_code, const char *cluster_code)
{
    const Appraisal__AwaitedInRound *found =
        find(contest->awaited, (struct place){ round_code, cluster_code });

    return found ? found->contenders : 0;
}

int32_t
judging_awaited(const struct contest *contest)
{
    int32_t count = 0;

    for (size_t i = 0; contest->awaited && i < contest->awaited->n_rounds; i++)
        count += contest->awaited->rounds[i]->contenders;
    return count;
}

/* ------------------------------------------------------------------ counting */

static Appraisal__AwaitedInRound *
add_place(Appraisal__Awaited *awaited, struct place place, int32_t contenders, struct arena *arena)
{
    Appraisal__AwaitedInRound *added = proto_new(arena, ON(awaited_in_round));

    added->round_code = place.round_code;
    added->cluster_code = place.cluster_code;
    added->contenders = contenders;
    awaited->rounds[awaited->n_rounds++] = added;
    return added;
}

/* A place for each round and cluster, and for each round without. */
void
judging_tally_begin(struct tally *tally, const struct contest *contest, struct events *out)
{
    const Appraisal__Awaited *before = contest->awaited;

    *tally = (struct tally){ .contest = contest, .out = out };
    if (contest->self.state == CONTEST(ENDED) || contest->self.state == NOTHING)
        return; /* nobody waits any more; where judging is closed it may be opened again */
    tally->awaited = proto_new(out->arena, ON(awaited));
    tally->awaited->rounds =
        arena_zero(out->arena, contest->rules->n_rounds * (contest->rules->n_clusters + 1) *
                                   sizeof(*tally->awaited->rounds));
    for (size_t i = 0; before && i < before->n_rounds; i++)
        add_place(tally->awaited,
                  (struct place){ before->rounds[i]->round_code, before->rounds[i]->cluster_code },
                  before->rounds[i]->contenders, out->arena);
}

void
judging_tally(struct tally *tally, const char *next_round_code, const struct uuid *agency,
              int32_t change)
{
    struct place place;
    Appraisal__AwaitedInRound *found;

    if (!tally->awaited)
        return;
    place = place_of(tally->contest, next_round_code, agency);
    found = find(tally->awaited, place);
    if (!found)
        found = add_place(tally->awaited, place, 0, tally->out->arena);
    found->contenders += change;
    tally->is_changed = true;
}

/* Places for which nobody waits are left out. */
void
judging_tally_say(struct tally *tally)
{
    Appraisal__ContendersAwaited *said;
    size_t kept = 0;

    if (!tally->is_changed)
        return;
    for (size_t i = 0; i < tally->awaited->n_rounds; i++)
        if (tally->awaited->rounds[i]->contenders > 0)
            tally->awaited->rounds[kept++] = tally->awaited->rounds[i];
    tally->awaited->n_rounds = kept;
    said = new_event_on(tally->out, &contest_kind, tally->contest->self.id, ON(contenders_awaited));
    said->edition_id = id_text(tally->out, &tally->contest->self.id);
    said->awaited = tally->awaited;
}

void
judging_contenders_awaited(void *state, const void *event)
{
    struct contest *c = state;
    const Appraisal__ContendersAwaited *e = event;

    c->awaited = e->awaited;
}

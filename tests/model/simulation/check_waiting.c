/* tests/model/simulation/check_waiting.c - that nobody is forgotten: who waits for a round is counted again from what became
 * of each entry; and that results follow from a ranking that nobody annuls any more. */
#include "tests/model/simulation/rounds.h"

/* ------------------------------------------------------------------ who waits */

static const Submissions__RoundRules *
rules_of(const struct contest_note *contest, const char *code)
{
    for (size_t i = 0; i < contest->rules->n_rounds; i++)
        if (strcmp(contest->rules->rounds[i]->code, code) == 0)
            return contest->rules->rounds[i];
    return NULL;
}

static bool
is_for_clusters(const Submissions__RoundRules *round)
{
    return round->stage == SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_CLUSTER;
}

/* Empty: of none. */
static const char *
cluster_of(const struct contest_note *contest, struct uuid agency)
{
    const char *id = id_of(agency);

    for (size_t i = 0; i < contest->rules->n_clusters; i++)
        for (size_t n = 0; n < contest->rules->clusters[i]->n_agency_ids; n++)
            if (strcmp(contest->rules->clusters[i]->agency_ids[n], id) == 0)
                return contest->rules->clusters[i]->code;
    return "";
}

/* NULL: it waits for nothing. */
static const Submissions__RoundRules *
waits_for(const struct contest_note *contest, const struct contender_note *c)
{
    if (c->is_in_round || c->is_out || c->is_gone)
        return NULL;
    return c->next && *c->next ? rules_of(contest, c->next) : contest->rules->rounds[0];
}

static int32_t
count_waiting(const struct fact *fact, const struct contest_note *contest, const char *code,
              const char *cluster)
{
    int32_t count = 0;

    LIST_EACH (const struct uuid, id, &contest->contenders) {
        const struct contender_note *c = contender_note_of(fact->programme, *id);
        const Submissions__RoundRules *round = waits_for(contest, c);

        count += round && strcmp(round->code, code) == 0 &&
                 (!is_for_clusters(round) || strcmp(cluster_of(contest, c->entrant), cluster) == 0);
    }
    return count;
}

static int32_t
count_all_waiting(const struct fact *fact, const struct contest_note *contest)
{
    int32_t count = 0;

    LIST_EACH (const struct uuid, id, &contest->contenders)
        count += waits_for(contest, contender_note_of(fact->programme, *id)) != NULL;
    return count;
}

void
learn_contenders_awaited(const struct fact *fact, const void *event)
{
    const Appraisal__ContendersAwaited *e = event;
    const struct contest_note *contest = contest_note_of(fact, fact->row->aggregate);
    int32_t all = 0;

    for (size_t i = 0; i < e->awaited->n_rounds; i++) {
        const Appraisal__AwaitedInRound *said = e->awaited->rounds[i];
        int32_t counted = count_waiting(fact, contest, said->round_code, said->cluster_code);

        MUST("FORGOTTEN", said->contenders == counted,
             "%d wait for %s %s of %s, and %d are awaited", counted, said->round_code,
             said->cluster_code, e->edition_id, said->contenders);
        all += said->contenders;
    }
    MUST("FORGOTTEN", all == count_all_waiting(fact, contest), "%d wait in %s, and %d are awaited",
         count_all_waiting(fact, contest), e->edition_id, all);
}

void
check_nobody_waits_for(const struct fact *fact, const struct round_note *r)
{
    const struct contest_note *contest = contest_note_of(fact, r->edition);
    int32_t left = count_waiting(fact, contest, r->code, r->cluster);

    MUST("FORGOTTEN", contest->is_complete && edition_note_of(fact, r->edition)->is_complete,
         "round %s begins before the entrants are confirmed", id_of(r->id));
    MUST("FORGOTTEN", left == 0, "round %s leaves out %d", id_of(r->id), left);
}

void
learn_contest_entrants_confirmed(const struct fact *fact, const void *event)
{
    struct contest_note *contest = contest_note_of(fact, fact->row->aggregate);

    (void) event;
    MUST("FORGOTTEN", edition_note_of(fact, fact->row->aggregate)->is_complete,
         "the contest %s is complete, and its edition is not", id_of(fact->row->aggregate));
    contest->is_complete = true;
}

/* ------------------------------------------------------------------ the end */

static bool
is_live(const struct fact *fact, const char *code, const char *cluster)
{
    const struct standing_note *standing = standing_of(fact, fact->row->aggregate, code, cluster);

    return !uuid_is_nil(&standing->round) && !standing->is_confirmed;
}

static void
check_none_under_way(const struct fact *fact, const struct contest_note *contest)
{
    const Submissions__EditionRules *rules = contest->rules;

    for (size_t i = 0; i < rules->n_rounds; i++) {
        bool is_there = is_live(fact, rules->rounds[i]->code, "");

        for (size_t c = 0; c < rules->n_clusters; c++)
            is_there = is_there || is_live(fact, rules->rounds[i]->code, rules->clusters[c]->code);
        MUST("END", !is_there, "judging of %s is closed with %s under way",
             id_of(fact->row->aggregate), rules->rounds[i]->code);
    }
}

/* The confirmed last round; NULL: there is none. */
static const struct round_note *
final_of(const struct fact *fact, const struct contest_note *contest)
{
    const char *code = contest->rules->rounds[contest->rules->n_rounds - 1]->code;
    const struct standing_note *standing = standing_of(fact, fact->row->aggregate, code, "");

    return standing->is_confirmed ? round_note_of(fact->programme, standing->round) : NULL;
}

void
learn_judging_closed(const struct fact *fact, const void *event)
{
    const Appraisal__JudgingClosed *e = event;
    struct contest_note *contest = contest_note_of(fact, fact->row->aggregate);
    const struct round_note *last = final_of(fact, contest);
    struct uuid said = uuid_of(e->round_id), is = last ? last->id : (struct uuid){ { 0 } };
    struct digest digest = digest_from(e->ranking_digest);

    MUST("END", contest->is_complete && !contest->is_judged,
         "judging of %s is closed twice, or early", e->edition_id);
    MUST("FORGOTTEN", count_all_waiting(fact, contest) == 0,
         "judging of %s is closed, and %d wait for it", e->edition_id,
         count_all_waiting(fact, contest));
    check_none_under_way(fact, contest);
    MUST("END", uuid_equal(&said, &is), "judging of %s is closed with another round",
         e->edition_id);
    MUST("END", !last || digest_equal(&digest, &last->proposed),
         "judging of %s is closed with another ranking", e->edition_id);
    MUST("END",
         !last || (!uuid_equal(&last->proposer, &fact->row->actor) &&
                   !uuid_equal(&last->confirmer, &fact->row->actor)),
         "judging of %s is closed by who stands behind its ranking", e->edition_id);
    MUST("R-G3", e->document, "judging of %s is closed without a document", e->edition_id);
    contest->is_judged = true;
}

void
learn_contest_reopened(const struct fact *fact, const void *event)
{
    struct contest_note *contest = contest_note_of(fact, fact->row->aggregate);

    (void) event;
    MUST("END", contest->is_judged && !edition_note_of(fact, fact->row->aggregate)->has_results,
         "judging of %s is opened again, and was not closed, or has results",
         id_of(fact->row->aggregate));
    contest->is_judged = false;
}

/* Results stand on the ranking of a round that was not annulled, and will not be. */
void
check_results_follow(const struct fact *fact, ProtobufCBinaryData ranking_digest)
{
    const struct contest_note *contest = contest_note_of(fact, fact->row->aggregate);
    const struct round_note *last = contest->rules ? final_of(fact, contest) : NULL;
    struct digest said = digest_from(ranking_digest), none = { { 0 } };

    MUST("END", contest->is_judged, "edition %s has results, and its rounds can be annulled",
         id_of(fact->row->aggregate));
    MUST("END", !last || (!last->is_annulled && digest_equal(&said, &last->proposed)),
         "the results of %s name another ranking", id_of(fact->row->aggregate));
    MUST("END", last || digest_equal(&said, &none),
         "the results of %s name a ranking, and there is none", id_of(fact->row->aggregate));
}

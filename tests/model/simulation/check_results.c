/* tests/model/simulation/check_results.c - what rounds make of entries, prizes, and winners of local contests. */
#include "common/proto_value.h"
#include "sangkien/submissions/v1/events.pb-c.h"
#include "tests/model/simulation/rounds.h"

static struct entry_note *
its_note(const struct fact *fact)
{
    return entry_note_of(fact, fact->row->aggregate);
}

/* ------------------------------------------------------------------ rounds */

/* That of a result from elsewhere has no round. */
void
learn_entry_assigned(const struct fact *fact, const void *event)
{
    const Submissions__EntryAssigned *e = event;
    struct entry_note *n = its_note(fact);

    n->is_set_back = false;
    n->round = uuid_of(e->round_id);
    n->fate = IN_IT;
    n->rank = 0;
    n->may_have_prize = false;
    if (uuid_is_nil(&n->round))
        return;
    MUST("R-G4", uuid_equal(&round_note_of(fact->programme, n->round)->edition, &n->edition),
         "entry %s is in a round of another edition", e->entry_id);
}

static void
decide_fate(const struct fact *fact, int fate, int32_t rank)
{
    struct entry_note *n = its_note(fact);

    n->fate = fate;
    n->rank = rank;
}

void
learn_entry_advanced(const struct fact *fact, const void *event)
{
    decide_fate(fact, GOES_ON, ((const Submissions__EntryAdvanced *) event)->rank);
}

void
learn_entry_eliminated(const struct fact *fact, const void *event)
{
    decide_fate(fact, IS_OUT, ((const Submissions__EntryEliminated *) event)->rank);
}

void
learn_entry_placed(const struct fact *fact, const void *event)
{
    const Submissions__EntryPlaced *e = event;

    decide_fate(fact, HAS_PLACE, e->rank);
    its_note(fact)->may_have_prize = e->may_have_prize != 0;
    MUST("R-D1", its_note(fact)->reached_final, "entry %s has a place and was in no final",
         e->entry_id);
}

/* By a result from elsewhere, by a round that leads to the final, or by being assigned to it. */
void
learn_entry_reached_final(const struct fact *fact, const void *event)
{
    const Submissions__EntryReachedFinal *e = event;
    struct entry_note *n = its_note(fact);
    const struct edition_note *edition = edition_note_of(fact, n->edition);

    MUST("R-E5",
         !edition->judged_elsewhere || (e->score_centi >= edition->threshold_centi &&
                                        e->score_centi <= edition->maximum_centi),
         "entry %s reached the final with %d", e->entry_id, e->score_centi);
    MUST("R-E5", edition->judged_elsewhere || !uuid_is_nil(&n->round),
         "entry %s reached the final and was in no round", e->entry_id);
    n->reached_final = true;
    if (e->rank)
        decide_fate(fact, GOES_ON, e->rank);
}

static void
set_back(const struct fact *fact, const char *round_id, bool from_final)
{
    struct entry_note *n = its_note(fact);
    struct uuid round = uuid_of(round_id);

    MUST("R-E7",
         (uuid_is_nil(&n->round) || uuid_equal(&n->round, &round)) &&
             round_note_of(fact->programme, round)->is_annulled,
         "entry %s was set back by a round that counts", id_of(fact->row->aggregate));
    n->is_set_back = true;
    n->round = (struct uuid){ { 0 } };
    n->fate = IN_IT;
    n->rank = 0;
    n->may_have_prize = false;
    if (!from_final)
        n->reached_final = false;
}

void
learn_entry_reinstated(const struct fact *fact, const void *event)
{
    set_back(fact, ((const Submissions__EntryReinstated *) event)->round_id, false);
}

void
learn_entry_back_in_round(const struct fact *fact, const void *event)
{
    set_back(fact, ((const Submissions__EntryBackInRound *) event)->round_id, false);
}

void
learn_entry_back_in_final(const struct fact *fact, const void *event)
{
    set_back(fact, ((const Submissions__EntryBackInFinal *) event)->round_id, true);
}

/* What submissions has made of a line of a ranking that still holds. */
void
check_line_heard(const struct tenant *programme, const char *round_id,
                 const Appraisal__RankingLine *line)
{
    const struct fact fact = { .programme = programme };
    const struct entry_note *n = entry_note_of(&fact, uuid_of(line->entry_id));
    struct uuid round = uuid_of(round_id);

    if (n->is_withdrawn || edition_note_of(&fact, n->edition)->is_over ||
        !uuid_equal(&n->round, &round))
        return;
    MUST("R-G4", n->fate != IN_IT && n->rank == line->rank,
         "entry %s has place %d, and in the round's ranking %d", line->entry_id, n->rank,
         line->rank);
    MUST("R-G4", n->fate == HAS_PLACE || (n->fate == IS_OUT) == !line->advances,
         "entry %s goes on, and not by its ranking, or the other way round", line->entry_id);
}

/* ------------------------------------------------------------------ prizes */

static int32_t
quota_of(const struct edition_note *edition, Submissions__Award award)
{
    for (size_t i = 0; i < edition->rules_said->n_prizes; i++)
        if (edition->rules_said->prizes[i]->award == award)
            return edition->rules_said->prizes[i]->quota;
    return 0;
}

static bool
is_prize(Submissions__Award award)
{
    return award > SUBMISSIONS__AWARD__AWARD_NONE;
}

/* Nobody with a better place has less. */
static void
check_pair(const struct fact *fact, const Submissions__Prizewinner *a,
           const Submissions__Prizewinner *b)
{
    const struct entry_note *one = entry_note_of(fact, uuid_of(a->entry_id));
    const struct entry_note *other = entry_note_of(fact, uuid_of(b->entry_id));

    if (!is_prize(a->award) || other->is_withdrawn || !other->may_have_prize)
        return;
    MUST("PRIZES", one->rank <= other->rank || (is_prize(b->award) && b->award <= a->award),
         "entry %s has a better place than %s, and less", b->entry_id, a->entry_id);
}

void
learn_results_confirmed(const struct fact *fact, const void *event)
{
    const Submissions__ResultsConfirmed *e = event;
    struct edition_note *edition = edition_note_of(fact, fact->row->aggregate);

    MUST("TURN", !edition->is_over, "edition %s has results twice", e->edition_id);
    check_results_follow(fact, e->ranking_digest);
    edition->is_over = edition->has_results = true;
    edition->winners = e->n_prizewinners;
    edition->ranking = proto_digest_of(e->ranking_digest);
    for (size_t i = 0; i < e->n_prizewinners; i++) {
        const Submissions__Prizewinner *w = e->prizewinners[i];
        const struct entry_note *n = entry_note_of(fact, uuid_of(w->entry_id));
        int32_t times = 0;

        for (size_t k = 0; k < e->n_prizewinners; k++) {
            times += e->prizewinners[k]->award == w->award;
            check_pair(fact, w, e->prizewinners[k]);
        }
        MUST("PRIZES", n->fate == HAS_PLACE && uuid_equal(&n->edition, &fact->row->aggregate),
             "entry %s is named and has no place", w->entry_id);
        MUST("PRIZES", !is_prize(w->award) || (n->may_have_prize && !n->is_withdrawn),
             "entry %s has a prize and may have none", w->entry_id);
        MUST("PRIZES", !is_prize(w->award) || times <= quota_of(edition, w->award),
             "edition %s gives a prize %d times", e->edition_id, times);
    }
}

void
learn_local_report(const struct fact *fact, const void *event)
{
    const Submissions__LocalResultsReported *e = event;
    const struct edition_note *edition = edition_note_of(fact, fact->row->aggregate);
    struct digest ranking = proto_digest_of(e->ranking_digest);

    MUST("LOCAL", edition->has_results && (size_t) e->finalists == edition->winners,
         "contest %s reports %d finalists of %zu", e->edition_id, e->finalists, edition->winners);
    MUST("LOCAL", digest_equal(&ranking, &edition->ranking),
         "contest %s reports another ranking than that of its results", e->edition_id);
}

void
learn_entry_promoted(const struct fact *fact, const void *event)
{
    const Submissions__EntryPromoted *e = event;
    struct entry_note *n = its_note(fact);

    MUST("R-E1", !n->is_promoted && !n->is_withdrawn, "entry %s goes on twice, or is out",
         e->entry_id);
    n->is_promoted = true;
}

/* services/submissions/core_results.c - the prizes of an edition whose judging is closed. Pure.
 *
 * Appraisal has closed it, and annuls nothing any more: the places that are known here stand. The command names the ranking
 * that its sender has read, so that nobody signs for another one.
 *
 * Everyone who has a place is named once. A prize follows the place: who stands before another has no lesser one. */
#include "services/submissions/core_edition.h"
#include "services/submissions/entry.h"

#define IS(state) EDITION_IS(state)
#define AWARD(name) SUBMISSIONS__AWARD__AWARD_##name

/* One who is named, with the place that the last round gave. */
struct winner {
    const struct entry *entry;
    const Submissions__FinalPlace *place;
    int award;
    size_t nth; /* in the command */
};

void
submissions_entries_named(const struct given *given, const void *command, struct keys *keys)
{
    const Submissions__ConfirmResults *ask = command;

    (void) given;
    for (size_t i = 0; i < ask->n_prizewinners; i++)
        need(keys, &entry_kind, uuid_of(ask->prizewinners[i]->entry_id));
}

static const char *
field_of(struct events *out, size_t nth, const char *name)
{
    return arena_format(out->arena, "prizewinners[%zu].%s", nth, name);
}

/* ------------------------------------------------------------------ who is named */

static const Submissions__FinalPlace *
place_of(const struct edition *edition, const struct uuid *entry)
{
    for (size_t i = 0; i < submissions_count_places(edition); i++) {
        struct uuid id = uuid_of(edition->places->places[i]->entry_id);

        if (uuid_equal(&id, entry))
            return edition->places->places[i];
    }
    return NULL;
}

static bool
is_named_before(const struct winner *winners, const struct winner *winner)
{
    for (const struct winner *w = winners; w < winner; w++)
        if (w->entry == winner->entry)
            return true;
    return false;
}

static bool
may_organisers_enter(const struct edition *edition)
{
    return edition->rules && edition->rules->eligibility &&
           edition->rules->eligibility->organisers_may_enter;
}

static int
judge_finalists(const struct given *given, const Submissions__ConfirmResults *ask,
                struct winner *ret_winners, struct events *out)
{
    const struct edition *edition = given->state;

    for (size_t i = 0; i < ask->n_prizewinners; i++) {
        struct winner *w = &ret_winners[i];

        *w = (struct winner){ .entry = also(given, i), .nth = i };
        w->award = (int) ask->prizewinners[i]->award;
        w->place = place_of(edition, &w->entry->self.id);
        if (!w->place)
            return wrong(out, NO(NOT_ALL_FINALISTS), field_of(out, i, "entry_id"),
                         "has no place in the last round");
        if (submissions_wrote(w->entry, &given->actor->person) && !may_organisers_enter(edition))
            return NO(OWN_SUBMISSION);
        if (is_named_before(ret_winners, w))
            return wrong(out, NO(NOT_ALL_FINALISTS), field_of(out, i, "entry_id"),
                         "is named before");
    }
    if (ask->n_prizewinners != submissions_count_places(edition))
        return wrong(out, NO(NOT_ALL_FINALISTS), "prizewinners", "names %zu of %zu",
                     ask->n_prizewinners, submissions_count_places(edition));
    return ACCEPTED;
}

/* ------------------------------------------------------------------ what they get */

/* Not withdrawn or disqualified since it has its place. */
static bool
is_still_in(const struct winner *winner)
{
    return transition_find(&entry_kind, winner->entry->self.state, ON(entry_awarded)) != NULL;
}

static bool
may_have_prize(const struct winner *winner)
{
    return winner->place->may_have_prize && is_still_in(winner);
}

/* 0: the rules have no such prize. */
static int64_t
quota_of(const struct edition *edition, int award)
{
    const Submissions__EditionRules *rules = edition->rules;

    for (size_t i = 0; i < rules->n_prizes; i++)
        if ((int) rules->prizes[i]->award == award)
            return rules->prizes[i]->quota;
    return 0;
}

static int64_t
count_given(const struct winner *winners, size_t count, int award)
{
    int64_t given = 0;

    for (size_t i = 0; i < count; i++)
        given += winners[i].award == award;
    return given;
}

static int
judge_prize(const struct edition *edition, const struct winner *winners, size_t count,
            const struct winner *winner, struct events *out)
{
    const char *field = field_of(out, winner->nth, "award");
    int64_t quota = quota_of(edition, winner->award);

    if (winner->award == AWARD(NONE))
        return ACCEPTED;
    if (!is_still_in(winner))
        return wrong(out, NO(ENTRY_WITHDRAWN), field, "must be NONE");
    if (!winner->place->may_have_prize)
        return wrong(out, NO(PRIZES_NOT_BY_RANK), field,
                     "must be NONE: the entry did not reach what a prize asks for");
    if (quota == 0)
        return wrong(out, NO(PRIZE_QUOTA), field, "is not among the edition's prizes");
    if (count_given(winners, count, winner->award) > quota)
        return wrong(out, NO(PRIZE_QUOTA), field, "is given more than %lld times",
                     (long long) quota);
    return ACCEPTED;
}

/* The first prize is the least number; none at all comes last. */
static bool
is_better(int award, int other)
{
    return award != other && award != AWARD(NONE) && (other == AWARD(NONE) || award < other);
}

/* Does the second one, who has a lesser prize than the first, have cause to complain? Of equals some go short where all of
 * that prize are given. Those who are not ranked may have no prize, and are not compared. */
static bool
is_passed_over(const struct edition *edition, const struct winner *winners, size_t count,
               const struct winner *first, const struct winner *second)
{
    if (second->place->rank < first->place->rank)
        return true;
    return second->place->rank == first->place->rank &&
           count_given(winners, count, first->award) < quota_of(edition, first->award);
}

static int
judge_order(const struct edition *edition, const struct winner *winners, size_t count,
            struct events *out)
{
    for (const struct winner *a = winners; a < winners + count; a++)
        for (const struct winner *b = winners; b < winners + count; b++)
            if (may_have_prize(a) && may_have_prize(b) && is_better(a->award, b->award) &&
                is_passed_over(edition, winners, count, a, b))
                return wrong(out, NO(PRIZES_NOT_BY_RANK), field_of(out, b->nth, "award"),
                             "is less than that of prizewinners[%zu], who has no better place",
                             a->nth);
    return ACCEPTED;
}

static int
judge_prizes(const struct edition *edition, const struct winner *winners, size_t count,
             struct events *out)
{
    for (size_t i = 0; i < count; i++) {
        int refusal = judge_prize(edition, winners, count, &winners[i], out);

        if (refusal)
            return refusal;
    }
    return judge_order(edition, winners, count, out);
}

/* ------------------------------------------------------------------ the results */

static void
say_award(const struct winner *winner, struct events *out)
{
    const struct entry *entry = winner->entry;

    if (winner->award == AWARD(NONE)) {
        Submissions__EntryNotAwarded *said =
            new_event_on(out, &entry_kind, entry->self.id, ON(entry_not_awarded));

        said->entry_id = id_text(out, &entry->self.id);
        said->entry_code = entry->entry_code;
        said->title = entry->title;
    } else {
        Submissions__EntryAwarded *said =
            new_event_on(out, &entry_kind, entry->self.id, ON(entry_awarded));

        said->entry_id = id_text(out, &entry->self.id);
        said->entry_code = entry->entry_code;
        said->title = entry->title;
        said->award = (Submissions__Award) winner->award;
    }
}

/* That the final was heard of is asked, too: its event may have been parked. */
static int
judge_ranking(const struct edition *edition, const Submissions__ConfirmResults *ask,
              struct events *out)
{
    struct digest asked = proto_digest_of(ask->ranking_digest);

    if (!edition->judging_ended || !uuid_equal(&edition->places_round_id, &edition->final_round_id))
        return NO(NO_RESULTS_YET);
    if (!digest_equal(&asked, &edition->ranking_digest))
        return wrong(out, NO(OTHER_RANKING), "ranking_digest", "is not that of JudgingClosed");
    return ACCEPTED;
}

static int
judge_results(const struct given *given, const Submissions__ConfirmResults *ask,
              struct winner *ret_winners, struct events *out)
{
    const struct edition *edition = given->state;
    int refusal = judge_ranking(edition, ask, out);

    if (!refusal)
        refusal = judge_finalists(given, ask, ret_winners, out);
    if (!refusal)
        refusal = judge_prizes(edition, ret_winners, ask->n_prizewinners, out);
    return refusal ? refusal : submissions_judge_document(ask->document, out);
}

int
submissions_confirm_results(const struct given *given, const void *command, struct events *out)
{
    const struct edition *edition = given->state;
    const Submissions__ConfirmResults *ask = command;
    bool is_judged = edition->self.state == IS(JUDGING);
    struct winner *winners = arena_zero(out->arena, (ask->n_prizewinners + 1) * sizeof(*winners));
    int refusal =
        submissions_judge_organiser(given, edition, MAY(OWNER) | MAY(ORGANISER), MAY(ENTRANT_HEAD));

    if (!refusal && is_judged)
        refusal = judge_results(given, ask, winners, out);
    if (refusal)
        return refusal;

    Submissions__ResultsConfirmed *said = new_event(out, ON(results_confirmed));
    said->edition_id = id_text(out, &given->subject);
    said->n_prizewinners = ask->n_prizewinners;
    said->prizewinners = ask->prizewinners;
    said->document = ask->document;
    said->ranking_digest = ask->ranking_digest;
    for (size_t i = 0; is_judged && i < ask->n_prizewinners; i++)
        if (is_still_in(&winners[i]))
            say_award(&winners[i], out);
    return ACCEPTED;
}

void
submissions_results_confirmed(void *state, const void *event)
{
    struct edition *edition = state;
    const Submissions__ResultsConfirmed *e = event;

    edition->results_document = e->document;
}

/* services/appraisal/core_contest_end.c - how judging of a contest comes to its end. Pure: no SQL, no sockets, no
 * clock.
 *
 * One party closes it, here, where rounds are confirmed and annulled: whoever confirms results builds on what
 * cannot be annulled any more. Only the owner opens it again, and only where there are no results yet, which submissions
 * knows: so whoever closes it has neither proposed nor confirmed the ranking on which it ends, and names a document. */
#include "services/appraisal/core.h"
#include "services/appraisal/judging.h"

/* The last round, where it is confirmed; NULL: nobody came that far. */
static const struct contest_round *
final_of(const struct contest *contest)
{
    const Submissions__RoundRules *last = contest->rules->rounds[contest->rules->n_rounds - 1];
    const struct contest_round *standing = judging_standing(contest, last->code, "");

    return standing && standing->state == ROUND(CONFIRMED) ? standing : NULL;
}

/* One that was planned, too: only when it is annulled it is known who still waits. */
static int
judge_rounds(const struct contest *contest, struct events *out)
{
    LIST_EACH (const struct contest_round, r, &contest->rounds)
        if (judging_is_live(judging_standing(contest, r->round_code, r->cluster_code)))
            return wrong(out, NO(ROUND_UNDER_WAY), "round_code",
                         "%s %s is neither confirmed nor annulled", r->round_code, r->cluster_code);
    return ACCEPTED;
}

/* Nobody closes behind what he or she made, before the owner can annul it. */
static bool
stands_behind(const struct contest *contest, const struct uuid *person)
{
    const struct contest_round *last = NULL;

    LIST_EACH (const struct contest_round, r, &contest->rounds)
        if (r->state == ROUND(CONFIRMED) &&
            r == judging_standing(contest, r->round_code, r->cluster_code))
            last = r;
    return last &&
           (uuid_equal(&last->proposed_by, person) || uuid_equal(&last->confirmed_by, person));
}

static int
judge_end(const struct given *given, struct events *out)
{
    const struct contest *contest = given->state;
    int refusal = judging_judge_contest(contest);

    if (!refusal)
        refusal = judging_judge_organiser(given, &contest->organiser_agency_id);
    if (!refusal && contest->self.state != CONTEST(ENTRANTS_CONFIRMED))
        refusal = NO(ENTRANTS_NOT_CONFIRMED);
    if (!refusal)
        refusal = judge_rounds(contest, out);
    if (!refusal && judging_awaited(contest))
        refusal = wrong(out, NO(CONTENDERS_UNASSIGNED), "edition_id",
                        "has %d entries that wait to be judged", judging_awaited(contest));
    if (!refusal && stands_behind(contest, &given->actor->person))
        refusal = NO(SAME_PERSON);
    return refusal;
}

int
judging_close_judging(const struct given *given, const void *message, struct events *out)
{
    const Appraisal__CloseJudging *ask = message;
    const struct contest_round *last;
    Appraisal__JudgingClosed *said;
    int refusal = judge_end(given, out);

    if (refusal)
        return refusal;
    if (!appraisal_is_dated(ask->document))
        return wrong(out, NO(BAD_DATE), "document.issued_on", "there is no such day");

    said = new_event(out, ON(judging_closed));
    said->edition_id = id_text(out, &given->subject);
    said->document = ask->document;
    last = final_of(given->state);
    if (last) {
        said->round_id = id_text(out, &last->round_id);
        said->ranking_digest = proto_digest(out->arena, &last->ranking_digest);
    }
    return ACCEPTED;
}

/* services/appraisal/core_round_end.c - how a round is confirmed, or annulled. Pure: no SQL, no sockets,
 * no clock. */
#include "services/appraisal/core.h"
#include "services/appraisal/judging.h"

/* ------------------------------------------------------------------ confirming */

/* Two persons stand behind a ranking: whoever proposed it, and another one of chair, secretary and, where the minutes
 * miss one of the two, vice-chair; also where one of them has a conflict, since there is nothing left to choose. */
static int
judge_confirmer(const struct given *given)
{
    const struct round *r = given->state;
    const Appraisal__Deliberation *session = r->deliberation;
    bool leads = judging_leads(given, session ? session->present_person_ids : NULL,
                               session ? session->n_present_person_ids : 0);

    if (!leads)
        return NO(NOT_THE_CHAIR);
    return uuid_equal(&given->actor->person, &r->proposed_by) ? NO(SAME_PERSON) : ACCEPTED;
}

/* Made again: an entry that went away since it was proposed makes it another one. */
static int
judge_ranking(const struct given *given, const Appraisal__ConfirmRound *ask, struct events *out,
              Appraisal__Ranking **ret_ranking)
{
    const struct round *r = given->state;
    struct digest asked = proto_digest_of(ask->ranking_digest), made;
    int refusal;

    if (r->self.state != ROUND(DELIBERATION) || !digest_equal(&asked, &r->ranking_digest))
        return NO(OTHER_RANKING);
    refusal = judging_make_ranking(given, out->arena, ret_ranking);
    if (refusal)
        return refusal;
    made = ranking_digest(out->arena, *ret_ranking);
    if (!digest_equal(&made, &r->ranking_digest))
        return NO(OTHER_RANKING);
    return (*ret_ranking)->n_undecided_entry_ids ? NO(TIE_UNDECIDED) : ACCEPTED;
}

static const Submissions__RoundRules *
next_round(const struct given *given)
{
    const struct round *r = given->state;
    const struct contest *contest = judging_contest(given);
    size_t nth = 0;

    if (!judging_round_rules(contest, r->round_code, &nth) || nth + 1 >= contest->rules->n_rounds)
        return NULL;
    return contest->rules->rounds[nth + 1];
}

static void
say_confirmed(const struct given *given, Appraisal__Ranking *ranking, struct events *out)
{
    const struct round *r = given->state;
    const Submissions__RoundRules *next = next_round(given);
    Appraisal__RoundConfirmed *said = new_event(out, ON(round_confirmed));

    said->round_id = id_text(out, &given->subject);
    said->edition_id = id_text(out, &r->edition_id);
    said->round_code = r->round_code;
    said->cluster_code = r->cluster_code;
    said->stage = (Submissions__RoundStage) r->stage;
    said->is_last = r->is_last;
    said->leads_to_final = next && next->stage == STAGE(FINAL);
    said->ranking = ranking;
    said->ranking_digest = proto_digest(out->arena, &r->ranking_digest);
    said->proposed_by = id_text(out, &r->proposed_by);
    said->confirmed_by = id_text(out, &given->actor->person);
    said->deliberation = r->deliberation;
}

static void
say_passed(const struct given *given, const struct uuid *entry, const char *next_round_code,
           struct events *out)
{
    Appraisal__ContenderPassed *said =
        new_event_on(out, &contender_kind, *entry, ON(contender_passed));

    said->entry_id = id_text(out, entry);
    said->round_id = id_text(out, &given->subject);
    said->next_round_code = next_round_code;
}

static void
say_out(const struct given *given, const struct uuid *entry, struct events *out)
{
    Appraisal__ContenderOut *said = new_event_on(out, &contender_kind, *entry, ON(contender_out));

    said->entry_id = id_text(out, entry);
    said->round_id = id_text(out, &given->subject);
}

/* Whose place in the round it is. */
static const struct contender *
contender_of(const struct given *given, const struct uuid *entry)
{
    const struct round *r = given->state;
    size_t nth = 0;

    while (nth + 1 < r->entries.count &&
           !uuid_equal(&judging_contender(given, nth)->self.id, entry))
        nth++;
    return judging_contender(given, nth);
}

/* Those ranked are those in the round: who went away is not in the ranking. */
static void
say_outcomes(const struct given *given, const Appraisal__Ranking *ranking, struct events *out)
{
    const Submissions__RoundRules *next = next_round(given);
    struct tally tally;

    judging_tally_begin(&tally, judging_contest(given), out);
    for (size_t i = 0; i < ranking->n_lines; i++) {
        struct uuid entry = uuid_of(ranking->lines[i]->entry_id);

        if (next && ranking->lines[i]->advances) {
            say_passed(given, &entry, next->code, out);
            judging_tally(&tally, next->code, &contender_of(given, &entry)->entrant_agency_id, 1);
        } else {
            say_out(given, &entry, out);
        }
    }
    judging_tally_say(&tally);
}

int
judging_confirm_round(const struct given *given, const void *message, struct events *out)
{
    const struct round *r = given->state;
    Appraisal__Ranking *ranking = NULL;
    int refusal = judge_confirmer(given);

    if (!refusal)
        refusal = judging_judge_contest(judging_contest(given));
    if (!refusal)
        refusal = judge_ranking(given, message, out, &ranking);
    if (!refusal)
        refusal = judging_judge_conflicts(given, out);
    if (refusal)
        return refusal;

    say_confirmed(given, ranking, out);
    judging_note_round(out, r, ROUND(CONFIRMED), &given->actor->person);
    judging_note_council(out, r, true);
    say_outcomes(given, ranking, out);
    judging_void_sheets(given, false, out);
    return ACCEPTED;
}

void
judging_round_confirmed(void *state, const void *event)
{
    struct round *r = state;
    const Appraisal__RoundConfirmed *e = event;

    r->ranking = e->ranking;
    r->confirmed_by = uuid_of(e->confirmed_by);
}

/* ------------------------------------------------------------------ annulling */

/* A round that was called off with its edition is ended by annulling it, and nothing but that: its council would be at
 * work for ever. What was confirmed stays. */
static int
judge_contest(const struct round *r, const struct contest *contest)
{
    if (r->self.state == ROUND(CALLED_OFF))
        return ACCEPTED;
    return judging_judge_contest(contest);
}

/* The owner; and, of a local contest that its own agency called off, the agency's head, who clears up. */
static int
judge_annuller(const struct given *given)
{
    const struct round *r = given->state;
    bool is_owner = authority_holds(given->authority, &given->actor->person, MAY(OWNER),
                                    given->programme, given->received_us);
    bool clears_up = r->self.state == ROUND(CALLED_OFF) &&
                     uuid_equal(&r->organiser_agency_id, &given->actor->agency);

    return is_owner || clears_up ? ACCEPTED : NO(NOT_YOUR_CONTEST);
}

static int
judge_annulment(const struct given *given, const Appraisal__AnnulRound *ask, struct events *out)
{
    const struct round *r = given->state;
    const struct contest *contest = judging_contest(given);
    int refusal = judge_annuller(given);
    size_t nth = 0;

    if (!refusal)
        refusal = judge_contest(r, contest);

    if (refusal)
        return refusal;
    judging_round_rules(contest, r->round_code, &nth);
    if (judging_later_began(contest, nth))
        return NO(LATER_ROUND_BEGAN);
    if (!appraisal_is_dated(ask->document))
        return wrong(out, NO(BAD_DATE), "document.issued_on", "there is no such day");
    return ACCEPTED;
}

/* No later round stands: all of them are where this one left them, but for those that went away. They wait for this
 * round again, and those whom it had sent on for no other one. */
static void
take_back(const struct given *given, struct events *out)
{
    const struct round *r = given->state;
    struct tally tally;

    judging_tally_begin(&tally, judging_contest(given), out);
    for (size_t i = 0; i < r->entries.count; i++) {
        const struct contender *c = judging_contender(given, i);

        if (c->self.state == CONTENDER(GONE))
            continue;
        if (c->self.state == CONTENDER(READY))
            judging_tally(&tally, c->next_round_code, &c->entrant_agency_id, -1);
        judging_tally(&tally, r->round_code, &c->entrant_agency_id, 1);
        say_passed(given, &c->self.id, r->round_code, out);
    }
    judging_tally_say(&tally);
}

int
judging_annul_round(const struct given *given, const void *message, struct events *out)
{
    const struct round *r = given->state;
    const Appraisal__AnnulRound *ask = message;
    Appraisal__RoundAnnulled *said;
    size_t nth = 0;
    int refusal = judge_annulment(given, ask, out);

    if (refusal)
        return refusal;

    said = new_event(out, ON(round_annulled));
    said->round_id = id_text(out, &given->subject);
    said->edition_id = id_text(out, &r->edition_id);
    said->round_code = r->round_code;
    said->entry_ids = arena_zero(out->arena, (r->entries.count + 1) * sizeof(*said->entry_ids));
    LIST_EACH (const struct round_entry, entry, &r->entries)
        said->entry_ids[said->n_entry_ids++] = id_text(out, &entry->entry_id);
    said->reason = ask->reason;
    said->document = ask->document;
    judging_round_rules(judging_contest(given), r->round_code, &nth);
    said->is_first = nth == 0;
    said->stage = (Submissions__RoundStage) r->stage;
    said->had_begun = r->self.state != ROUND(PLANNED);

    judging_note_round(out, r, ROUND(ANNULLED), NULL);
    if (r->self.state != ROUND(CONFIRMED)) /* otherwise the council was let go then */
        judging_note_council(out, r, true);
    take_back(given, out);
    judging_void_sheets(given, true, out);
    return ACCEPTED;
}

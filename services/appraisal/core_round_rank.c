/* services/appraisal/core_round_rank.c - the ranking of a round: proposed, and decided where it is even.
 * Pure: no SQL, no sockets, no clock.
 *
 * Nothing keeps a ranking before it is confirmed: it is made again whenever somebody needs it, and its
 * digest tells that it is still the same. */
#include "common/proto.h"
#include "services/appraisal/core.h"
#include "services/appraisal/judging.h"

/* ------------------------------------------------------------------ what it is made from */

static bool
is_ranked(const Appraisal__Ranking *ranking, const struct uuid *entry)
{
    for (size_t i = 0; i < ranking->n_lines; i++) {
        struct uuid ranked = uuid_of(ranking->lines[i]->entry_id);

        if (uuid_equal(&ranked, entry))
            return true;
    }
    return false;
}

bool
judging_takes_part(const struct given *given, size_t entry)
{
    const struct round *r = given->state;
    const struct contender *c = judging_contender(given, entry);

    return r->ranking ? is_ranked(r->ranking, &c->self.id) : c->self.state == CONTENDER(IN_ROUND);
}

static size_t
add_sheets(const struct given *given, size_t entry, struct ranked_sheet *sheets)
{
    const struct score_sheet *sheet;
    size_t judge = 0, count = 0;

    while ((sheet = judging_next_sheet(given, entry, &judge)))
        if (sheet->self.state == SHEET(LOCKED))
            sheets[count++] = (struct ranked_sheet){ sheet->self.id, sheet->entry_id,
                                                     sheet->person_id, sheet->scores };
    return count;
}

const Appraisal__TieDecision **
judging_decisions(const struct round *r, struct arena *arena, size_t *ret_count)
{
    const Appraisal__TieDecision **decisions =
        arena_zero(arena, (r->decisions.count + 1) * sizeof(*decisions));
    size_t count = 0;

    LIST_EACH (const struct tie_decision, d, &r->decisions)
        if (d->decision->n_entry_ids)
            decisions[count++] = d->decision;
        else
            count = 0;
    *ret_count = count;
    return decisions;
}

int
judging_make_ranking(const struct given *given, struct arena *arena,
                     Appraisal__Ranking **ret_ranking)
{
    const struct round *r = given->state;
    size_t most = r->entries.count * r->members.count + 1;
    struct ranked_entry *entries = arena_zero(arena, (r->entries.count + 1) * sizeof(*entries));
    struct ranked_sheet *sheets = arena_zero(arena, most * sizeof(*sheets));
    struct ranking_input in = { .rules = r->rules, .rules_digest = r->rules_digest };

    for (size_t i = 0; i < r->entries.count; i++) {
        const struct contender *c = judging_contender(given, i);

        if (!judging_takes_part(given, i))
            continue;
        entries[in.entry_count++] =
            (struct ranked_entry){ c->self.id, c->entry_code, c->submitted_at_us };
        in.sheet_count += add_sheets(given, i, sheets + in.sheet_count);
    }
    in.entries = entries;
    in.sheets = sheets;
    in.decisions = judging_decisions(r, arena, &in.decision_count);
    return ranking_make(&in, arena, ret_ranking);
}

/* ------------------------------------------------------------------ proposing */

static bool
is_open(const struct score_sheet *sheet)
{
    return sheet->self.state == SHEET(ASSIGNED) || sheet->self.state == SHEET(DRAFT) ||
           sheet->self.state == SHEET(REOPENED);
}

void
judging_void_sheets(const struct given *given, bool of_all, struct events *out)
{
    const struct round *r = given->state;

    for (size_t i = 0; i < r->entries.count; i++) {
        const struct score_sheet *sheet;
        size_t judge = 0;

        while ((of_all || !judging_takes_part(given, i)) &&
               (sheet = judging_next_sheet(given, i, &judge)))
            if (is_open(sheet)) {
                Appraisal__SheetVoided *said =
                    new_event_on(out, &score_sheet_kind, sheet->self.id, ON(sheet_voided));

                said->sheet_id = id_text(out, &sheet->self.id);
            }
    }
}

static int
judge_sheets(const struct given *given, size_t entry, size_t *outstanding_p, struct events *out)
{
    const struct round *r = given->state;
    const struct round_entry *e = list_at(&r->entries, entry);
    const struct score_sheet *sheet;
    size_t judge = 0, locked = 0;

    while ((sheet = judging_next_sheet(given, entry, &judge))) {
        locked += sheet->self.state == SHEET(LOCKED);
        *outstanding_p += is_open(sheet);
    }
    if (locked < (size_t) r->rules->min_sheets)
        return wrong(out, NO(TOO_FEW_JUDGES), arena_format(out->arena, "entries[%zu]", entry),
                     "%s has %zu of %d locked sheets", e->entry_code, locked, r->rules->min_sheets);
    return ACCEPTED;
}

/* A sheet that is awaited is the reason to be told first: with it there may be judges enough. */
static int
judge_all_sheets(const struct given *given, struct events *out)
{
    const struct round *r = given->state;
    struct events few = *out;
    size_t outstanding = 0, there = 0;
    int refusal = ACCEPTED;

    list_init(&few.violations, out->arena, sizeof(struct violation));
    for (size_t i = 0; i < r->entries.count; i++) {
        int wanting = ACCEPTED;

        if (!judging_takes_part(given, i))
            continue;
        there++;
        wanting = judge_sheets(given, i, &outstanding, &few);
        refusal = wanting ? wanting : refusal;
    }
    if (!there)
        return NO(NO_ENTRIES);
    if (outstanding)
        return wrong(out, NO(SHEETS_OUTSTANDING), "sheets", "%zu are neither locked nor excused",
                     outstanding);
    out->violations = few.violations;
    return refusal;
}

int
judging_judge_conflicts(const struct given *given, struct events *out)
{
    const struct round *r = given->state;
    int refusal = ACCEPTED;

    for (size_t i = 0; i < r->entries.count; i++) {
        const struct round_entry *entry = list_at(&r->entries, i);
        const struct score_sheet *sheet;
        size_t judge = 0;

        while (judging_takes_part(given, i) && (sheet = judging_next_sheet(given, i, &judge)))
            if (sheet->self.state == SHEET(LOCKED) &&
                judging_in_conflict(given, r, judging_council(given), &sheet->person_id,
                                    judging_contender(given, i)))
                refusal =
                    wrong(out, NO(CONFLICT_DECLARED), arena_format(out->arena, "entries[%zu]", i),
                          "%s has a sheet that should not be", entry->entry_code);
    }
    return refusal;
}

int
judging_propose_ranking(const struct given *given, const void *message, struct events *out)
{
    const struct round *r = given->state;
    const Appraisal__ProposeRanking *ask = message;
    Appraisal__RankingProposed *said;
    Appraisal__Ranking *ranking = NULL;
    struct digest digest;
    int refusal;

    if (!judging_leads(given, ask->present_person_ids, ask->n_present_person_ids))
        return NO(NOT_THE_CHAIR);
    if (r->self.state != ROUND(SCORING) && r->self.state != ROUND(DELIBERATION))
        return NO(NOT_SCORING);
    refusal = judging_judge_contest(judging_contest(given));
    if (!refusal)
        refusal = judging_judge_quorum(given, ask, out);
    if (!refusal)
        refusal = judge_all_sheets(given, out);
    if (!refusal)
        refusal = judging_judge_conflicts(given, out);
    if (!refusal)
        refusal = judging_make_ranking(given, out->arena, &ranking);
    if (refusal)
        return refusal;

    digest = ranking_digest(out->arena, ranking);
    said = new_event(out, ON(ranking_proposed));
    said->round_id = id_text(out, &given->subject);
    said->ranking_digest = proto_digest(out->arena, &digest);
    said->proposed_by = id_text(out, &given->actor->person);
    said->n_undecided_entry_ids = ranking->n_undecided_entry_ids;
    said->undecided_entry_ids = ranking->undecided_entry_ids;
    said->deliberation = judging_say_deliberation(ask, out);
    judging_void_sheets(given, false, out);
    return ACCEPTED;
}

void
judging_ranking_proposed(void *state, const void *event)
{
    struct round *r = state;
    const Appraisal__RankingProposed *e = event;

    r->ranking_digest = proto_digest_of(e->ranking_digest);
    r->was_proposed = true;
    r->proposed_by = uuid_of(e->proposed_by);
    r->deliberation = e->deliberation;
}

bool
judging_has_decisions(const struct round *r)
{
    const struct tie_decision *last =
        r->decisions.count ? list_at(&r->decisions, r->decisions.count - 1) : NULL;

    return last && last->decision->n_entry_ids;
}

static void
forget_proposal(struct round *r)
{
    r->ranking_digest = (struct digest){ 0 };
    r->proposed_by = (struct uuid){ 0 };
    r->deliberation = NULL;
}

void
judging_ranking_voided(void *state, const void *event)
{
    static const Appraisal__TieDecision nothing = APPRAISAL__TIE_DECISION__INIT;
    struct round *r = state;

    (void) event;
    forget_proposal(r);
    if (judging_has_decisions(r))
        ((struct tie_decision *) list_add(&r->decisions))->decision = &nothing;
}

/* ------------------------------------------------------------------ ties */

static const Appraisal__RankingLine *
line_of(const Appraisal__Ranking *ranking, const char *entry_id)
{
    struct uuid entry = uuid_of(entry_id);

    for (size_t i = 0; i < ranking->n_lines; i++) {
        struct uuid ranked = uuid_of(ranking->lines[i]->entry_id);

        if (uuid_equal(&ranked, &entry))
            return ranking->lines[i];
    }
    return NULL;
}

/* Exactly those that share a place: each named once, and none left out. */
static bool
are_tied(const Appraisal__Ranking *ranking, const Appraisal__DecideTie *ask)
{
    const Appraisal__RankingLine *first = line_of(ranking, ask->entry_ids[0]);
    size_t equals = 0;

    if (!first || first->rank == 0 || ask->n_entry_ids < 2)
        return false;
    for (size_t i = 0; i < ranking->n_lines; i++)
        equals += ranking->lines[i]->rank == first->rank;
    for (size_t i = 0; i < ask->n_entry_ids; i++) {
        const Appraisal__RankingLine *line = line_of(ranking, ask->entry_ids[i]);

        if (!line || line->rank != first->rank)
            return false;
        for (size_t k = 0; k < i; k++)
            if (line_of(ranking, ask->entry_ids[k]) == line)
                return false;
    }
    return equals == ask->n_entry_ids;
}

/* Who was not there when the ranking was proposed comes last. */
static const int *
deciders(const struct round *r)
{
    static const int usual[] = { SEAT(CHAIR), SEAT(VICE_CHAIR), 0 };
    static const int without_chair[] = { SEAT(VICE_CHAIR), SEAT(CHAIR), 0 };
    const Appraisal__Deliberation *session = r->deliberation;

    return !session || judging_is_there(r, SEAT(CHAIR), session->present_person_ids,
                                        session->n_present_person_ids)
               ? usual
               : without_chair;
}

/* Those that are none of the round's are found not to be tied. */
static int
judge_decider(const struct given *given, const Appraisal__DecideTie *ask, struct events *out)
{
    const struct round *r = given->state;
    const struct contender **entries =
        arena_zero(out->arena, (ask->n_entry_ids + 1) * sizeof(*entries));
    struct matter matter = { judging_council(given), entries, 0, NULL };

    for (size_t i = 0; i < ask->n_entry_ids; i++)
        for (size_t n = 0; n < r->entries.count; n++) {
            struct uuid entry = uuid_of(ask->entry_ids[i]);

            if (uuid_equal(&entry, &judging_contender(given, n)->self.id))
                entries[matter.count++] = judging_contender(given, n);
        }
    return judging_judge_leader(given, r, deciders(r), &matter);
}

int
judging_decide_tie(const struct given *given, const void *message, struct events *out)
{
    const struct round *r = given->state;
    const Appraisal__DecideTie *ask = message;
    Appraisal__Ranking *ranking = NULL;
    Appraisal__TieDecided *said;
    int refusal = judge_decider(given, ask, out);

    if (refusal)
        return refusal;
    if (r->self.state == ROUND(DELIBERATION))
        refusal = judging_make_ranking(given, out->arena, &ranking);
    if (refusal)
        return refusal;
    if (!ranking || !are_tied(ranking, ask))
        return wrong(out, NO(NOT_TIED), "entry_ids",
                     "are not exactly those that share a place in the proposed ranking");
    if (!appraisal_is_dated(ask->minutes))
        return wrong(out, NO(BAD_DATE), "minutes.issued_on", "there is no such day");

    said = new_event(out, ON(tie_decided));
    said->round_id = id_text(out, &given->subject);
    said->decision = proto_new(out->arena, ON(tie_decision));
    said->decision->n_entry_ids = ask->n_entry_ids;
    said->decision->entry_ids = ask->entry_ids;
    said->decision->minutes = ask->minutes;
    return ACCEPTED;
}

void
judging_tie_decided(void *state, const void *event)
{
    struct round *r = state;
    const Appraisal__TieDecided *e = event;

    ((struct tie_decision *) list_add(&r->decisions))->decision = e->decision;
    forget_proposal(r);
}

/* services/appraisal/core_sheet.c - the points that one judge gives to one entry. Pure: no SQL, no
 * sockets, no clock.
 *
 * Nobody but the judge sees a sheet: its events are sealed, and refusals name fields alone. */
#include "services/appraisal/judging.h"

/* ------------------------------------------------------------------ the round */

/* What every decision about a sheet needs, in this order. */
enum { ITS_ROUND, ITS_ENTRY, ITS_COUNCIL };

static void
need_round(const struct given *given, const char *round_id, struct keys *keys)
{
    const struct score_sheet *sheet = given->state;

    need(keys, &round_kind, uuid_of(round_id));
    if (!sheet) {
        need_state(keys);
        return;
    }
    need(keys, &contender_kind, sheet->entry_id);
    need(keys, &council_kind, sheet->council_id);
}

static void
round_of_saving(const struct given *given, const void *message, struct keys *keys)
{
    const Appraisal__SaveSheet *ask = message;

    need_round(given, ask->round_id, keys);
}

static void
round_of_locking(const struct given *given, const void *message, struct keys *keys)
{
    const Appraisal__LockSheet *ask = message;

    need_round(given, ask->round_id, keys);
}

static void
round_of_reopening(const struct given *given, const void *message, struct keys *keys)
{
    const Appraisal__ReopenSheet *ask = message;

    need_round(given, ask->round_id, keys);
}

static void
round_of_excusing(const struct given *given, const void *message, struct keys *keys)
{
    const Appraisal__ExcuseSheet *ask = message;

    need_round(given, ask->round_id, keys);
}

static bool
is_of_round(const struct score_sheet *sheet, const struct round *r)
{
    return r->self.state != NOTHING && uuid_equal(&sheet->round_id, &r->self.id);
}

/* ------------------------------------------------------------------ points */

static const Submissions__Criterion *
criterion_of(const Submissions__RoundRules *rules, const Appraisal__CriterionScore *score)
{
    for (size_t p = 0; p < rules->n_parts; p++) {
        const Submissions__ContestPart *part = rules->parts[p];

        for (size_t c = 0; strcmp(part->code, score->part) == 0 && c < part->n_criteria; c++)
            if (strcmp(part->criteria[c]->code, score->criterion) == 0)
                return part->criteria[c];
    }
    return NULL;
}

static bool
is_same_criterion(const Appraisal__CriterionScore *a, const Appraisal__CriterionScore *b)
{
    return strcmp(a->part, b->part) == 0 && strcmp(a->criterion, b->criterion) == 0;
}

static int
judge_score(const Submissions__RoundRules *rules, const Appraisal__Scores *scores, size_t nth,
            struct events *out)
{
    const Appraisal__CriterionScore *score = scores->scores[nth];
    const Submissions__Criterion *criterion = criterion_of(rules, score);
    const char *field = arena_format(out->arena, "scores.scores[%zu]", nth);

    if (!criterion)
        return wrong(out, NO(UNKNOWN_CRITERION), field, "is for no criterion of this round");
    for (size_t i = 0; i < nth; i++)
        if (is_same_criterion(scores->scores[i], score))
            return wrong(out, NO(SCORED_TWICE), field, "is for the criterion of scores[%zu]", i);
    if (score->score_centi < 0 || score->score_centi > criterion->max_centi)
        return wrong(out, NO(SCORE_OUT_OF_RANGE), field, "is not between 0 and %d",
                     criterion->max_centi);
    if (score->score_centi % criterion->step_centi != 0)
        return wrong(out, NO(SCORE_OFF_STEP), field, "is no multiple of %d", criterion->step_centi);
    return ACCEPTED;
}

static int
judge_scores(const struct given *given, const Appraisal__Scores *scores, struct events *out)
{
    const struct score_sheet *sheet = given->state;
    const struct round *r = also(given, ITS_ROUND);
    int refusal = ACCEPTED;

    if (!uuid_equal(&sheet->person_id, &given->actor->person))
        return NO(NOT_YOUR_SHEET);
    if (!is_of_round(sheet, r))
        return NO(UNKNOWN_ROUND);
    if (r->self.state != ROUND(SCORING))
        return NO(NOT_SCORING);
    if (authority_is_operator(given->authority, &sheet->person_id))
        return NO(OPERATOR_ON_COUNCIL);
    if (judging_in_conflict(given, r, also(given, ITS_COUNCIL), &sheet->person_id,
                            also(given, ITS_ENTRY)))
        return NO(IN_CONFLICT);
    for (size_t i = 0; i < scores->n_scores && !refusal; i++)
        refusal = judge_score(r->rules, scores, i, out);
    return refusal;
}

static int
save_sheet(const struct given *given, const void *message, struct events *out)
{
    const Appraisal__SaveSheet *ask = message;
    Appraisal__SheetSaved *said;
    int refusal = judge_scores(given, ask->scores, out);

    if (refusal)
        return refusal;

    said = new_event(out, ON(sheet_saved));
    said->sheet_id = id_text(out, &given->subject);
    said->scores = ask->scores;
    return ACCEPTED;
}

static void
sheet_saved(void *state, const void *event)
{
    struct score_sheet *sheet = state;
    const Appraisal__SheetSaved *e = event;

    sheet->scores = e->scores;
}

/* ------------------------------------------------------------------ locking */

/* All that are given are known, and none is given twice: they are complete when they are as many. */
static bool
is_complete(const Submissions__RoundRules *rules, const Appraisal__Scores *scores)
{
    size_t criteria = 0;

    for (size_t p = 0; p < rules->n_parts; p++)
        criteria += rules->parts[p]->n_criteria;
    return scores->n_scores == criteria;
}

static int
lock_sheet(const struct given *given, const void *message, struct events *out)
{
    const struct round *r = also(given, ITS_ROUND);
    const Appraisal__LockSheet *ask = message;
    Appraisal__SheetLocked *said;
    int refusal = judge_scores(given, ask->scores, out);

    if (refusal)
        return refusal;
    if (!is_complete(r->rules, ask->scores))
        return wrong(out, NO(SHEET_INCOMPLETE), "scores.scores", "leave a criterion out");

    said = new_event(out, ON(sheet_locked));
    said->sheet_id = id_text(out, &given->subject);
    said->scores = ask->scores;
    said->total_centi = ranking_total_centi(r->rules, ask->scores);
    return ACCEPTED;
}

static void
sheet_locked(void *state, const void *event)
{
    struct score_sheet *sheet = state;
    const Appraisal__SheetLocked *e = event;

    sheet->scores = e->scores;
    sheet->total_centi = e->total_centi;
}

/* ------------------------------------------------------------------ reopening, excusing */

/* Nobody opens the own sheet, knowing what the others gave; and nobody decides about sheets of an entry with which there
 * is a conflict. */
static int
judge_leader(const struct given *given, const int *seats)
{
    const struct score_sheet *sheet = given->state;
    const struct contender *entry = also(given, ITS_ENTRY);
    const struct matter matter = { also(given, ITS_COUNCIL), &entry, 1, &sheet->person_id };

    return judging_judge_leader(given, also(given, ITS_ROUND), seats, &matter);
}

/* Chair and vice-chair are shown the ranking that is proposed: whoever knows it gives no points anew, and does not let the
 * other one do so. What remains is to take out a sheet that should not be, which gives no points: there is a conflict that
 * the directory knows. One that they declare now would take out whatever they wish: then the round is annulled. */
static bool
has_seen_ranking(const struct given *given)
{
    const struct score_sheet *sheet = given->state;
    const struct round *r = also(given, ITS_ROUND);

    return r->was_proposed &&
           (judging_has_seat(&r->members, SEAT(CHAIR), &sheet->person_id) ||
            judging_has_seat(&r->members, SEAT(VICE_CHAIR), &sheet->person_id)) &&
           !judging_is_known_conflict(given, &sheet->person_id, also(given, ITS_ENTRY));
}

/* A ranking that was proposed counted on the sheet, and so did whoever decided between equals. */
static int
reopen_sheet(const struct given *given, const void *message, struct events *out)
{
    const struct score_sheet *sheet = given->state;
    const struct round *r = also(given, ITS_ROUND);
    static const int seats[] = { SEAT(CHAIR), SEAT(VICE_CHAIR), SEAT(SECRETARY), 0 };
    const Appraisal__ReopenSheet *ask = message;
    Appraisal__SheetReopened *said;
    int refusal;

    if (!is_of_round(sheet, r))
        return NO(UNKNOWN_ROUND);
    refusal = judge_leader(given, seats);
    if (refusal)
        return refusal;
    if (r->self.state != ROUND(SCORING) && r->self.state != ROUND(DELIBERATION))
        return NO(NOT_SCORING);
    if (has_seen_ranking(given))
        return NO(RANKING_SEEN);

    said = new_event(out, ON(sheet_reopened));
    said->sheet_id = id_text(out, &given->subject);
    said->reason = ask->reason;
    if (r->self.state == ROUND(DELIBERATION) || judging_has_decisions(r)) {
        Appraisal__RankingVoided *voided =
            new_event_on(out, &round_kind, r->self.id, ON(ranking_voided));

        voided->round_id = id_text(out, &r->self.id);
        voided->sheet_id = said->sheet_id;
        voided->reason = ask->reason;
    }
    return ACCEPTED;
}

/* The points of before are kept until others are given: they count for nothing, and have no total. */
static void
sheet_reopened(void *state, const void *event)
{
    struct score_sheet *sheet = state;
    const Appraisal__SheetReopened *e = event;

    sheet->reason = e->reason;
    sheet->total_centi = 0;
}

/* Whoever recuses himself decides about nobody else. */
static int
judge_excuser(const struct given *given)
{
    static const int seats[] = { SEAT(SECRETARY), SEAT(VICE_CHAIR), SEAT(CHAIR), 0 };
    const struct score_sheet *sheet = given->state;
    int refusal;

    if (uuid_equal(&sheet->person_id, &given->actor->person))
        return ACCEPTED;
    refusal = judge_leader(given, seats);
    return refusal == NO(NOT_THE_CHAIR) ? NO(NOT_YOUR_SHEET) : refusal;
}

/* Whoever has seen a ranking takes out no other judge's sheet but for a conflict. */
static bool
is_taken_out_at_will(const struct given *given)
{
    const struct score_sheet *sheet = given->state;
    const struct round *r = also(given, ITS_ROUND);

    return r->was_proposed && !uuid_equal(&sheet->person_id, &given->actor->person) &&
           !judging_in_conflict(given, r, also(given, ITS_COUNCIL), &sheet->person_id,
                                also(given, ITS_ENTRY));
}

static int
excuse_sheet(const struct given *given, const void *message, struct events *out)
{
    const struct score_sheet *sheet = given->state;
    const struct round *r = also(given, ITS_ROUND);
    const Appraisal__ExcuseSheet *ask = message;
    Appraisal__SheetExcused *said;
    int refusal;

    if (!is_of_round(sheet, r))
        return NO(UNKNOWN_ROUND);
    refusal = judge_excuser(given);
    if (refusal)
        return refusal;
    if (r->self.state != ROUND(SCORING))
        return NO(NOT_SCORING);
    if (is_taken_out_at_will(given))
        return NO(RANKING_SEEN);

    said = new_event(out, ON(sheet_excused));
    said->sheet_id = id_text(out, &given->subject);
    said->reason = ask->reason;
    said->excused_by = id_text(out, &given->actor->person);
    return ACCEPTED;
}

static void
sheet_excused(void *state, const void *event)
{
    struct score_sheet *sheet = state;
    const Appraisal__SheetExcused *e = event;

    sheet->reason = e->reason;
    sheet->excused_by = uuid_of(e->excused_by);
}

static void
sheet_assigned(void *state, const void *event)
{
    struct score_sheet *sheet = state;
    const Appraisal__SheetAssigned *e = event;

    sheet->round_id = uuid_of(e->round_id);
    sheet->entry_id = uuid_of(e->entry_id);
    sheet->entry_code = e->entry_code;
    sheet->person_id = uuid_of(e->person_id);
    sheet->judge_agency_id = uuid_of(e->judge_agency_id);
    sheet->council_id = uuid_of(e->council_id);
}

/* clang-format off */
static const struct handler score_sheet_handlers[] = {
    /* message           who may  decide        birth       also locks */
    { ON(save_sheet),    ANYBODY, save_sheet,   MUST_EXIST, round_of_saving },
    { ON(lock_sheet),    ANYBODY, lock_sheet,   MUST_EXIST, round_of_locking },
    { ON(reopen_sheet),  ANYBODY, reopen_sheet, MUST_EXIST, round_of_reopening },
    { ON(excuse_sheet),  ANYBODY, excuse_sheet, MUST_EXIST, round_of_excusing },
    { 0 },
};

static const struct transition score_sheet_transitions[] = {
    /* from             when                to               remember        because */
    { NOTHING,          ON(sheet_assigned), SHEET(ASSIGNED), sheet_assigned, "the round began, and nothing keeps the judge from judging the entry" },
    { SHEET(ASSIGNED),  ON(sheet_saved),    SHEET(DRAFT),    sheet_saved,    "the judge gave first points" },
    { SHEET(DRAFT),     ON(sheet_saved),    SHEET(DRAFT),    sheet_saved,    "the judge changed the points" },
    { SHEET(REOPENED),  ON(sheet_saved),    SHEET(DRAFT),    sheet_saved,    "the judge changed the points of a reopened sheet" },
    { SHEET(ASSIGNED),  ON(sheet_locked),   SHEET(LOCKED),   sheet_locked,   "the judge gave all points at once, for good" },
    { SHEET(DRAFT),     ON(sheet_locked),   SHEET(LOCKED),   sheet_locked,   "the judge stands by the points" },
    { SHEET(REOPENED),  ON(sheet_locked),   SHEET(LOCKED),   sheet_locked,   "the judge stands by the points of a reopened sheet" },
    { SHEET(LOCKED),    ON(sheet_reopened), SHEET(REOPENED), sheet_reopened, "chair, vice-chair or secretary reopened it before the round was confirmed" },
    { SHEET(ASSIGNED),  ON(sheet_excused),  SHEET(EXCUSED),  sheet_excused,  "the judge was excused before giving points" },
    { SHEET(DRAFT),     ON(sheet_excused),  SHEET(EXCUSED),  sheet_excused,  "the judge was excused before locking the points" },
    { SHEET(REOPENED),  ON(sheet_excused),  SHEET(EXCUSED),  sheet_excused,  "the judge was excused after the sheet was reopened" },
    { SHEET(ASSIGNED),  ON(sheet_voided),   SHEET(VOIDED),   NULL,           "the entry went away, or the round was annulled, before there were points" },
    { SHEET(DRAFT),     ON(sheet_voided),   SHEET(VOIDED),   NULL,           "the entry went away, or the round was annulled, before the points were locked" },
    { SHEET(REOPENED),  ON(sheet_voided),   SHEET(VOIDED),   NULL,           "the entry went away, or the round was annulled, while the sheet was reopened" },
    { 0 },
};
/* clang-format on */

const struct kind score_sheet_kind = {
    .name = "score_sheet",
    .states = &appraisal__sheet_state__descriptor,
    .table = &score_sheet_table,
    .handlers = score_sheet_handlers,
    .transitions = score_sheet_transitions,
    .is_sealed = true,
};

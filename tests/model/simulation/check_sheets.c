/* tests/model/simulation/check_sheets.c - score sheets: R-E4, R-E5, R-E6. */
#include "tests/model/simulation/rounds.h"

static const char sheet_what[] = "sheet", pair_what[] = "judge and entry";

/* Whatever happens to it. */
static struct sheet_note *
its_sheet(const struct fact *fact)
{
    check_sealed(fact);
    return note_of(sheet_what, fact->programme, fact->row->aggregate, sizeof(struct sheet_note));
}

static struct round_note *
its_round(const struct fact *fact)
{
    return round_note_of(fact->programme, its_sheet(fact)->round);
}

/* ------------------------------------------------------------------ who judges */

static void
check_judge(const struct fact *fact, const struct sheet_note *sheet,
            const Appraisal__SheetAssigned *e)
{
    const struct round_note *r = round_note_of(fact->programme, sheet->round);

    MUST("R-E4", !has_conflict(fact, r, sheet->person, sheet->entry),
         "%s is to judge %s in spite of a conflict", e->person_id, e->entry_id);
    MUST("R-F3", !uuid_equal(&r->secretary, &sheet->person), "the secretary is to judge %s",
         e->entry_id);
}

void
learn_sheet_assigned(const struct fact *fact, const void *event)
{
    const Appraisal__SheetAssigned *e = event;
    struct sheet_note *sheet = its_sheet(fact);
    const char *name = arena_format(sim.step, "%s %s %s", e->round_id, e->entry_id, e->person_id);
    bool *is_there = note_of(pair_what, fact->programme, uuid_derive("pair", name, strlen(name)),
                             sizeof(*is_there));

    *sheet = (struct sheet_note){ .id = fact->row->aggregate,
                                  .round = uuid_of(e->round_id),
                                  .entry = uuid_of(e->entry_id),
                                  .person = uuid_of(e->person_id),
                                  .is_open = true };
    MUST("R-E5", !*is_there, "%s has two sheets for %s", e->person_id, e->entry_id);
    *is_there = true;
    check_judge(fact, sheet, e);
    *(struct sheet_note **) list_add(&its_round(fact)->sheets) = sheet;
}

/* ------------------------------------------------------------------ points */

static const Submissions__Criterion *
criterion_of(const Submissions__RoundRules *rules, const Appraisal__CriterionScore *score)
{
    for (size_t p = 0; p < rules->n_parts; p++)
        for (size_t c = 0; c < rules->parts[p]->n_criteria; c++)
            if (strcmp(rules->parts[p]->code, score->part) == 0 &&
                strcmp(rules->parts[p]->criteria[c]->code, score->criterion) == 0)
                return rules->parts[p]->criteria[c];
    return NULL;
}

static void
check_points(const struct fact *fact, const struct round_note *r, const Appraisal__Scores *scores)
{
    for (size_t i = 0; i < scores->n_scores; i++) {
        const Appraisal__CriterionScore *score = scores->scores[i];
        const Submissions__Criterion *criterion = criterion_of(r->rules, score);

        MUST("R-E5", criterion, "sheet %s has points for nothing", id_of(fact->row->aggregate));
        for (size_t n = 0; n < i; n++)
            MUST("R-E5", criterion_of(r->rules, scores->scores[n]) != criterion,
                 "sheet %s has points twice for one criterion", id_of(fact->row->aggregate));
        if (criterion)
            MUST("R-E5",
                 score->score_centi >= 0 && score->score_centi <= criterion->max_centi &&
                     score->score_centi % criterion->step_centi == 0,
                 "sheet %s: %d of %d, in steps of %d", id_of(fact->row->aggregate),
                 score->score_centi, criterion->max_centi, criterion->step_centi);
    }
}

static void
check_giver(const struct fact *fact, const Appraisal__Scores *said, const Appraisal__Scores *asked)
{
    const struct sheet_note *sheet = its_sheet(fact);
    const struct round_note *r = its_round(fact);
    struct bytes a = proto_pack(sim.step, said), b = proto_pack(sim.step, asked);

    MUST("R-E5", uuid_equal(&sheet->person, &fact->row->actor), "%s gave points on sheet %s of %s",
         id_of(fact->row->actor), id_of(sheet->id), id_of(sheet->person));
    MUST("R-E5", sheet->is_open && !r->is_confirmed && !r->is_annulled,
         "sheet %s was changed after it was locked, or its round was over", id_of(sheet->id));
    MUST("TURN", !contest_note_of(fact, r->edition)->is_over,
         "sheet %s was changed after its contest was over", id_of(sheet->id));
    MUST("R-E4", !has_conflict(fact, r, sheet->person, sheet->entry),
         "%s gave points in spite of a conflict", id_of(sheet->person));
    MUST("R-E5", a.size == b.size && memcmp(a.data, b.data, a.size) == 0,
         "sheet %s has other points than were given", id_of(sheet->id));
    check_points(fact, r, said);
}

void
learn_sheet_saved(const struct fact *fact, const void *event)
{
    const Appraisal__SheetSaved *e = event;
    const Appraisal__SaveSheet *asked = fact->request;

    check_giver(fact, e->scores, asked->scores);
}

void
learn_sheet_locked(const struct fact *fact, const void *event)
{
    const Appraisal__SheetLocked *e = event;
    const Appraisal__LockSheet *asked = fact->request;
    struct sheet_note *sheet = its_sheet(fact);
    const struct round_note *r = its_round(fact);
    size_t criteria = 0;

    check_giver(fact, e->scores, asked->scores);
    for (size_t p = 0; p < r->rules->n_parts; p++)
        criteria += r->rules->parts[p]->n_criteria;
    MUST("R-E5", e->scores->n_scores == criteria, "sheet %s leaves a criterion out", e->sheet_id);
    if (!sim.rule)
        check_total(r, e);
    sheet->scores = e->scores;
    sheet->is_open = false;
}

/* ------------------------------------------------------------------ without points */

/* Of these three. */
static void
check_turn(const struct fact *fact, const struct uuid *persons)
{
    const struct sheet_note *sheet = its_sheet(fact);
    struct list entries;
    struct turn turn = { persons, 3, &entries, sheet->person };

    list_init(&entries, sim.step, sizeof(struct uuid));
    *(struct uuid *) list_add(&entries) = sheet->entry;
    check_whose_turn(fact, its_round(fact), &turn);
}

void
learn_sheet_reopened(const struct fact *fact, const void *event)
{
    const Appraisal__SheetReopened *e = event;
    struct sheet_note *sheet = its_sheet(fact);
    const struct round_note *r = its_round(fact);
    const struct uuid persons[] = { r->chair, r->vice_chair, r->secretary };

    MUST("R-E5", !r->is_confirmed, "sheet %s was reopened after the round was confirmed",
         e->sheet_id);
    MUST(
        "R-E5",
        !r->was_proposed || has_conflict(fact, r, sheet->person, sheet->entry) ||
            (!uuid_equal(&sheet->person, &r->chair) && !uuid_equal(&sheet->person, &r->vice_chair)),
        "sheet %s is scored anew, and its judge has seen the ranking", e->sheet_id);
    check_turn(fact, persons);
    sheet->scores = NULL;
    sheet->is_open = true;
}

void
learn_sheet_excused(const struct fact *fact, const void *event)
{
    struct sheet_note *sheet = its_sheet(fact);
    const struct round_note *r = its_round(fact);
    const struct uuid persons[] = { r->secretary, r->vice_chair, r->chair };

    (void) event;
    if (!uuid_equal(&sheet->person, &fact->row->actor))
        check_turn(fact, persons);
    sheet->is_open = false;
}

void
learn_sheet_voided(const struct fact *fact, const void *event)
{
    struct sheet_note *sheet = its_sheet(fact);

    (void) event;
    MUST("R-E7",
         its_round(fact)->is_annulled ||
             !contender_note_of(fact->programme, sheet->entry)->is_in_round,
         "sheet %s was thrown away, and its entry takes part", id_of(sheet->id));
    sheet->is_open = false;
}

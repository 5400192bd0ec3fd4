/* tests/model/simulation/commands_sheets.c - score sheets, and what a round makes of them: rankings, ties, its end. */
#include "tests/model/simulation/commands_judging.h"

#define OPEN_SHEETS (STATE(SHEET(ASSIGNED)) | STATE(SHEET(DRAFT)) | STATE(SHEET(REOPENED)))

static const struct round *
round_of_id(const struct draft *d, const struct uuid *id)
{
    const struct stored *row = stored_find(d->programme, &round_kind, id);

    return row ? (const void *) row->state : NULL;
}

/* ------------------------------------------------------------------ points */

static Appraisal__CriterionScore *
score_for(const Submissions__ContestPart *part, const Submissions__Criterion *criterion)
{
    Appraisal__CriterionScore *score = proto_new(sim.step, ON(criterion_score));
    int32_t steps = criterion->max_centi / criterion->step_centi;

    score->part = part->code;
    score->criterion = often(5) ? "unheard of" : criterion->code;
    score->score_centi = (int32_t) between(steps > 1 ? 1 : 0, steps) * criterion->step_centi;
    if (often(60))
        score->score_centi = 0;
    if (often(12))
        score->score_centi += criterion->step_centi / 2;
    if (often(12))
        score->score_centi = criterion->max_centi + criterion->step_centi;
    return score;
}

/* A criterion is left out, or named twice, now and then. */
static Appraisal__Scores *
any_scores(const Submissions__RoundRules *rules)
{
    enum { MOST = 16 };
    Appraisal__Scores *scores = proto_new(sim.step, ON(scores));

    scores->scores = arena_zero(sim.step, MOST * sizeof(*scores->scores));
    for (size_t p = 0; p < rules->n_parts; p++)
        for (size_t c = 0; c < rules->parts[p]->n_criteria; c++)
            for (int times = often(10) ? 0 : often(10) ? 2 : 1; times > 0; times--)
                if (scores->n_scores < MOST)
                    scores->scores[scores->n_scores++] =
                        score_for(rules->parts[p], rules->parts[p]->criteria[c]);
    return scores;
}

/* ------------------------------------------------------------------ sheets */

/* The subject, and its round. */
static const struct score_sheet *
about_sheet(struct draft *d, unsigned states, const struct round **ret_round)
{
    const struct stored *row = stored_in(d->programme, &score_sheet_kind, states);
    const struct score_sheet *sheet = row ? (const void *) row->state : NULL;

    *ret_round = sheet ? round_of_id(d, &sheet->round_id) : NULL;
    if (!*ret_round)
        return NULL;
    d->subject = row->key.id;
    spoken_by_person(d, often(20) ? any_person() : sheet->person_id);
    return sheet;
}

bool
save_sheet(struct draft *d)
{
    Appraisal__SaveSheet *m = (void *) (uintptr_t) d->message;
    const struct round *r;

    if (!about_sheet(d, OPEN_SHEETS, &r))
        return false;
    m->round_id = text_of(r->self.id);
    m->scores = any_scores(r->rules);
    return true;
}

bool
lock_sheet(struct draft *d)
{
    Appraisal__LockSheet *m = (void *) (uintptr_t) d->message;
    const struct round *r;

    if (!about_sheet(d, OPEN_SHEETS, &r))
        return false;
    m->round_id = text_of(r->self.id);
    m->scores = any_scores(r->rules);
    return true;
}

static bool
has_seat(const struct round *r, int seat)
{
    LIST_EACH (const struct council_member, m, &r->members)
        if (m->seat == seat)
            return true;
    return false;
}

/* Mostly whose seat it is, or, of the own sheet, who stands in; at times another one. */
static struct uuid
any_leader_for(const struct round *r, const struct uuid *judge, int seat)
{
    if (judging_has_seat(&r->members, seat, judge) != often(150))
        seat = has_seat(r, SEAT(VICE_CHAIR)) && often(700) ? SEAT(VICE_CHAIR) : (int) between(1, 2);
    return seated_in(r, seat);
}

bool
reopen_sheet(struct draft *d)
{
    Appraisal__ReopenSheet *m = (void *) (uintptr_t) d->message;
    const struct score_sheet *sheet;
    const struct round *r;

    sheet = about_sheet(d, STATE(SHEET(LOCKED)), &r);
    if (!sheet || (r->self.state > ROUND(DELIBERATION) && !often(50)))
        return false;
    m->round_id = text_of(often(20) ? dice_uuid(&sim.dice) : r->self.id);
    m->reason = "Cộng nhầm điểm.";
    spoken_by_person(d, any_leader_for(r, &sheet->person_id, SEAT(CHAIR)));
    return true;
}

bool
excuse_sheet(struct draft *d)
{
    Appraisal__ExcuseSheet *m = (void *) (uintptr_t) d->message;
    const struct score_sheet *sheet;
    const struct round *r;

    sheet = about_sheet(d, OPEN_SHEETS, &r);
    if (!sheet)
        return false;
    m->round_id = text_of(r->self.id);
    m->reason = "Vắng mặt.";
    if (often(500))
        spoken_by_person(d, any_leader_for(r, &sheet->person_id, SEAT(SECRETARY)));
    return true;
}

/* ------------------------------------------------------------------ rankings */

static size_t
sheets_of(const struct draft *d, const struct round *r, unsigned states,
          struct ranked_sheet *ret_sheets)
{
    const struct list *rows = &d->programme->stored[kind_number(&score_sheet_kind)];
    size_t count = 0;

    for (size_t i = 0; i < rows->count; i++) {
        const struct score_sheet *sheet = (const void *) stored_at(rows, i)->state;

        if (uuid_equal(&sheet->round_id, &r->self.id) && states & STATE(sheet->self.state))
            ret_sheets[count++] = (struct ranked_sheet){ sheet->self.id, sheet->entry_id,
                                                         sheet->person_id, sheet->scores };
    }
    return count;
}

/* As whoever leads the round is shown it; NULL: there is none. */
static const Appraisal__Ranking *
ranking_of(const struct draft *d, const struct round *r)
{
    size_t most = r->entries.count * r->members.count + 1;
    struct ranked_entry *entries = arena_zero(sim.step, (r->entries.count + 1) * sizeof(*entries));
    struct ranked_sheet *sheets = arena_zero(sim.step, most * sizeof(*sheets));
    struct ranking_input in = { .rules = r->rules, .entries = entries, .sheets = sheets };
    Appraisal__Ranking *ranking = NULL;

    LIST_EACH (const struct round_entry, entry, &r->entries) {
        const struct contender *c = contender_of(d, &entry->entry_id);

        if (c && c->self.state == CONTENDER(IN_ROUND))
            entries[in.entry_count++] =
                (struct ranked_entry){ c->self.id, c->entry_code, c->submitted_at_us };
    }
    in.decisions = judging_decisions(r, sim.step, &in.decision_count);
    in.sheet_count = sheets_of(d, r, STATE(SHEET(LOCKED)), sheets);
    return ranking_make(&in, sim.step, &ranking) ? NULL : ranking;
}

static const struct round *
about_round(struct draft *d, unsigned states)
{
    const struct stored *row = stored_in(d->programme, &round_kind, states);

    if (!row)
        return NULL;
    d->subject = row->key.id;
    return (const void *) row->state;
}

static struct uuid
any_leader(const struct round *r)
{
    if (often(100))
        return seated_in(r, SEAT(VICE_CHAIR));
    return seated_in(r, often(500) ? SEAT(CHAIR) : SEAT(SECRETARY));
}

/* All are there, but for some; and somebody else, now and then. */
static void
add_present(Appraisal__ProposeRanking *m, const struct round *r)
{
    m->present_person_ids =
        arena_zero(sim.step, (r->members.count + 1) * sizeof(*m->present_person_ids));
    LIST_EACH (const struct council_member, member, &r->members)
        if (!often(30))
            m->present_person_ids[m->n_present_person_ids++] =
                text_of(often(8) ? any_person() : member->person_id);
    m->minutes = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_MINUTES);
}

/* When all sheets are in, and at times before. */
bool
propose_ranking(struct draft *d)
{
    Appraisal__ProposeRanking *m = (void *) (uintptr_t) d->message;
    const struct round *r =
        about_round(d, STATE(ROUND(SCORING)) | (often(200) ? STATE(ROUND(DELIBERATION)) : 0));
    struct ranked_sheet *sheets;

    if (!r)
        return false;
    sheets = arena_zero(sim.step, (r->entries.count * r->members.count + 1) * sizeof(*sheets));
    if (sheets_of(d, r, OPEN_SHEETS, sheets) > 0 && !often(30))
        return false;
    add_present(m, r);
    spoken_by_person(d, any_leader(r));
    return m->n_present_person_ids > 0;
}

/* All that share a place with the first one that is undecided, or with any. */
static void
name_equals(Appraisal__DecideTie *m, const Appraisal__Ranking *ranking)
{
    const char *first = ranking->n_undecided_entry_ids
                            ? ranking->undecided_entry_ids[0]
                            : ranking->lines[any_of(ranking->n_lines)]->entry_id;
    size_t turn = any_of(ranking->n_lines);
    int32_t rank = 0;

    for (size_t i = 0; i < ranking->n_lines; i++)
        if (strcmp(ranking->lines[i]->entry_id, first) == 0)
            rank = ranking->lines[i]->rank;
    m->entry_ids = arena_zero(sim.step, (ranking->n_lines + 1) * sizeof(*m->entry_ids));
    for (size_t i = 0; i < ranking->n_lines; i++) {
        const Appraisal__RankingLine *line = ranking->lines[(i + turn) % ranking->n_lines];

        if (line->rank == rank && !often(10))
            m->entry_ids[m->n_entry_ids++] = line->entry_id;
    }
}

bool
decide_tie(struct draft *d)
{
    Appraisal__DecideTie *m = (void *) (uintptr_t) d->message;
    const struct round *r = about_round(d, STATE(ROUND(DELIBERATION)));
    const Appraisal__Ranking *ranking = r ? ranking_of(d, r) : NULL;

    if (!ranking || ranking->n_lines == 0 || (ranking->n_undecided_entry_ids == 0 && !often(100)))
        return false;
    name_equals(m, ranking);
    m->minutes = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_MINUTES);
    spoken_by_person(d, seated_in(r, often(300) ? SEAT(VICE_CHAIR) : SEAT(CHAIR)));
    return m->n_entry_ids > 0;
}

/* By the other one, but for some. */
bool
confirm_round(struct draft *d)
{
    Appraisal__ConfirmRound *m = (void *) (uintptr_t) d->message;
    const struct round *r = about_round(d, STATE(ROUND(DELIBERATION)));
    struct digest *digest = arena_zero(sim.step, sizeof(*digest));
    bool by_chair;

    if (!r)
        return false;
    *digest = r->ranking_digest;
    if (often(20))
        digest->bytes[any_of(32)] ^= 1;
    m->ranking_digest = (ProtobufCBinaryData){ sizeof(digest->bytes), digest->bytes };
    by_chair = judging_has_seat(&r->members, SEAT(SECRETARY), &r->proposed_by) != often(40);
    spoken_by_person(d, often(150) ? seated_in(r, SEAT(VICE_CHAIR))
                                   : seated_in(r, by_chair ? SEAT(CHAIR) : SEAT(SECRETARY)));
    return true;
}

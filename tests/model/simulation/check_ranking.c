/* tests/model/simulation/check_ranking.c - the ranking of a round, counted again: R-E5, R-E7.
 *
 * Only means are counted, not trimmed and not moved: by other rules nobody judges in the simulation. */
#include "tests/model/simulation/rounds.h"

/* A fraction that is not negative. */
struct fraction {
    wide up, down;
};

static int64_t
round_half_up(struct fraction f, int64_t unit)
{
    return (int64_t) ((2 * f.up + f.down * unit) / (2 * f.down * unit)) * unit;
}

/* ------------------------------------------------------------------ points */

static int32_t
given_for(const Appraisal__Scores *scores, const char *part, const char *criterion)
{
    for (size_t i = 0; i < scores->n_scores; i++)
        if (strcmp(scores->scores[i]->part, part) == 0 &&
            strcmp(scores->scores[i]->criterion, criterion) == 0)
            return scores->scores[i]->score_centi;
    return 0;
}

static void
add(struct fraction *sum, wide up, wide down)
{
    *sum = (struct fraction){ sum->up * down + up * sum->down, sum->down * down };
}

/* Of all sheets together: every part gives its weight, times what was given of what could be given. */
static struct fraction
mean_of(const Submissions__RoundRules *rules, const Appraisal__Scores *const *sheets, size_t count)
{
    struct fraction mean = { 0, 1 };

    for (size_t p = 0; p < rules->n_parts; p++) {
        const Submissions__ContestPart *part = rules->parts[p];
        wide given = 0, most = 0;

        for (size_t c = 0; c < part->n_criteria; c++) {
            most += (wide) part->criteria[c]->weight * part->criteria[c]->max_centi;
            for (size_t i = 0; i < count; i++)
                given += (wide) part->criteria[c]->weight *
                         given_for(sheets[i], part->code, part->criteria[c]->code);
        }
        add(&mean, part->weight_bp * given, most * (wide) count);
    }
    return mean;
}

void
check_total(const struct round_note *r, const Appraisal__SheetLocked *e)
{
    const Appraisal__Scores *one = e->scores;
    int64_t total = round_half_up(mean_of(r->rules, &one, 1), 1);

    MUST("R-E5", e->total_centi == total, "sheet %s has a total of %d, and should have %lld",
         e->sheet_id, e->total_centi, (long long) total);
}

/* ------------------------------------------------------------------ a line */

static const Appraisal__Scores **
sheets_of(const struct round_note *r, struct uuid entry, size_t *ret_count)
{
    const Appraisal__Scores **sheets =
        arena_zero(sim.step, (r->sheets.count + 1) * sizeof(*sheets));
    size_t count = 0;

    for (size_t i = 0; i < r->sheets.count; i++)
        if (uuid_equal(&sheet_at(r, i)->entry, &entry) && sheet_at(r, i)->scores)
            sheets[count++] = sheet_at(r, i)->scores;
    *ret_count = count;
    return sheets;
}

static bool
misses(const Submissions__ContestPart *part, const Submissions__Criterion *criterion,
       const Appraisal__Scores *const *sheets, size_t count)
{
    wide given = 0;

    for (size_t i = 0; i < count; i++)
        given += given_for(sheets[i], part->code, criterion->code);
    return given < (wide) criterion->minimum_centi * (wide) count;
}

/* 0: nothing; 1: a minimum, 2: a disqualifying one. */
static int
what_is_missed(const Submissions__RoundRules *rules, const Appraisal__Scores *const *sheets,
               size_t count)
{
    int missed = 0;

    for (size_t p = 0; p < rules->n_parts; p++)
        for (size_t c = 0; c < rules->parts[p]->n_criteria; c++) {
            const Submissions__Criterion *criterion = rules->parts[p]->criteria[c];
            int weight = criterion->disqualifying ? 2 : 1;

            if (misses(rules->parts[p], criterion, sheets, count) && weight > missed)
                missed = weight;
        }
    return missed;
}

static void
check_line(const struct fact *fact, const struct round_note *r, const Appraisal__RankingLine *line)
{
    struct uuid entry = uuid_of(line->entry_id);
    const struct contender_note *c = contender_note_of(fact->programme, entry);
    size_t count;
    const Appraisal__Scores **sheets = sheets_of(r, entry, &count);
    int64_t unit = r->rules->decimals == 0 ? 100 : r->rules->decimals == 1 ? 10 : 1;
    int64_t score;
    int missed;

    MUST("R-F4", c->is_in_round && uuid_equal(&c->round, &r->id),
         "entry %s is ranked, and takes no part", line->entry_id);
    MUST("R-E7", (size_t) line->sheets == count && count >= (size_t) r->rules->min_sheets,
         "entry %s is ranked by %d of %zu sheets", line->entry_id, line->sheets, count);
    if (count == 0)
        return;
    score = round_half_up(mean_of(r->rules, sheets, count), unit);
    missed = what_is_missed(r->rules, sheets, count);
    MUST("R-E7", line->score_centi == score, "entry %s has a score of %d, and should have %lld",
         line->entry_id, line->score_centi, (long long) score);
    MUST("R-E7", (line->rank == 0) == (missed == 2) && (*line->missed_minimum != 0) == (missed > 0),
         "entry %s misses %s, and has place %d", line->entry_id, line->missed_minimum, line->rank);
}

/* ------------------------------------------------------------------ all of them */

/* Of equal place, or before: of those that may go on. */
static int32_t
count_upto(const Appraisal__Ranking *ranking, int32_t rank)
{
    int32_t count = 0;

    for (size_t i = 0; i < ranking->n_lines; i++)
        count += ranking->lines[i]->rank && ranking->lines[i]->rank <= rank &&
                 !*ranking->lines[i]->missed_minimum;
    return count;
}

static void
check_edge(const struct round_note *r, const Appraisal__Ranking *ranking,
           const Appraisal__RankingLine *line)
{
    bool may = !*line->missed_minimum;

    if (r->rules->threshold_centi)
        may = may && line->score_centi >= r->rules->threshold_centi;
    else
        may = may && count_upto(ranking, line->rank) <= r->rules->top_entries;
    MUST("R-E7", (line->advances != 0) == may, "entry %s goes on with place %d, or does not",
         line->entry_id, line->rank);
}

static void
check_order(const Appraisal__RankingLine *before, const Appraisal__RankingLine *behind)
{
    if (before->rank == 0 || behind->rank == 0) {
        MUST("R-E7", behind->rank == 0, "entry %s is ranked behind one that is not",
             behind->entry_id);
        return;
    }
    MUST("R-E7", before->score_centi >= behind->score_centi && before->rank <= behind->rank,
         "entry %s stands behind a lower score", behind->entry_id);
    MUST("R-E7", before->rank < behind->rank || before->score_centi == behind->score_centi,
         "entry %s shares a place with another score", behind->entry_id);
    MUST("R-E7", strcmp(before->entry_id, behind->entry_id) != 0, "entry %s is ranked twice",
         behind->entry_id);
}

void
check_ranking(const struct fact *fact, const struct round_note *r,
              const Appraisal__Ranking *ranking)
{
    size_t there = 0;

    LIST_EACH (const struct uuid, entry, &r->entries)
        there += contender_note_of(fact->programme, *entry)->is_in_round;
    for (size_t i = 0; i < ranking->n_lines && !sim.rule; i++) {
        check_line(fact, r, ranking->lines[i]);
        check_edge(r, ranking, ranking->lines[i]);
        if (i > 0)
            check_order(ranking->lines[i - 1], ranking->lines[i]);
    }
    MUST("R-E7", ranking->n_lines == there, "round %s ranks %zu of %zu entries", id_of(r->id),
         ranking->n_lines, there);
    MUST("R-E7", ranking->n_undecided_entry_ids == 0, "round %s leaves places open", id_of(r->id));
}

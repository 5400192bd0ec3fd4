/* services/appraisal/ranking_marks.c - the sheets of a round as exact totals, by entry and by
 * judge. Pure: no SQL, no sockets, no clock. */
#include <assert.h>
#include <string.h>

#include "services/appraisal/ranking_parts.h"

#define MOST_OF_PART INT64_C(1000000000)
#define MOST_IN_COMMON INT64_C(1000000000000)

enum { MILLION = 1000000, CENTI = 100, BP = 10000 };

wide
ranking_half_up(wide number, wide divisor)
{
    wide twice = 2 * number + divisor, quotient;

    assert(divisor > 0);
    quotient = twice / (2 * divisor);
    return twice % (2 * divisor) < 0 ? quotient - 1 : quotient;
}

/* ------------------------------------------------------------------ sorting: qsort may allocate */

static void *
item_at(const char *items, size_t nth)
{
    void *item;

    memcpy(&item, items + nth * sizeof(item), sizeof(item));
    return item;
}

static void
put_item(char *items, size_t nth, void *item)
{
    memcpy(items + nth * sizeof(item), &item, sizeof(item));
}

/* Lets the item sink into the heap that begins at its root. */
static void
sift(char *items, size_t root, size_t count, int (*compare)(const void *a, const void *b))
{
    void *item = item_at(items, root);

    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && compare(item_at(items, child), item_at(items, child + 1)) < 0)
            child++;
        if (compare(item, item_at(items, child)) >= 0)
            break;
        put_item(items, root, item_at(items, child));
    }
    put_item(items, root, item);
}

void
ranking_sort(void *items, size_t count, int (*compare)(const void *a, const void *b))
{
    for (size_t root = count / 2; root-- > 0;)
        sift(items, root, count, compare);
    for (size_t end = count; end-- > 1;) {
        void *last = item_at(items, end);

        put_item(items, end, item_at(items, 0));
        put_item(items, 0, last);
        sift(items, 0, end, compare);
    }
}

/* ------------------------------------------------------------------ one sheet */

/* What a part is measured against; 0 where that is beyond what can be counted. */
static int64_t
most_of(const Submissions__ContestPart *part)
{
    wide most = 0;

    for (size_t i = 0; i < part->n_criteria; i++) {
        const Submissions__Criterion *criterion = part->criteria[i];

        if (criterion->weight <= 0 || criterion->max_centi <= 0)
            return 0;
        most += (wide) criterion->weight * criterion->max_centi;
    }
    return most <= MOST_OF_PART ? (int64_t) most : 0;
}

static int64_t
greatest_divisor(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;

        a = b;
        b = rest;
    }
    assert(a > 0);
    return a;
}

/* 0 where it is beyond what can be counted. */
static int64_t
common_of(const Submissions__RoundRules *rules)
{
    int64_t common = 1;

    for (size_t i = 0; i < rules->n_parts; i++) {
        int64_t most = most_of(rules->parts[i]);

        if (!most)
            return 0;
        most /= greatest_divisor(common, most);
        assert(common > 0);
        if (most > MOST_IN_COMMON / common)
            return 0;
        common *= most;
    }
    return common;
}

bool
ranking_can_count(const Submissions__RoundRules *rules)
{
    int32_t weight_bp = 0;

    for (size_t i = 0; i < rules->n_parts; i++) {
        if (rules->parts[i]->weight_bp <= 0 || rules->parts[i]->weight_bp > BP - weight_bp)
            return false;
        weight_bp += rules->parts[i]->weight_bp;
    }
    return weight_bp == BP && rules->decimals >= 0 && rules->decimals <= 2 &&
           rules->trimmed_sheets >= 0 && rules->top_entries >= 0 && rules->dispersion_centi >= 0 &&
           common_of(rules) > 0;
}

/* Sheets mostly list their scores as the rules list the criteria: where the last one was, the next
 * one is. */
const Appraisal__CriterionScore *
ranking_find_score(const Appraisal__Scores *scores, const Submissions__ContestPart *part,
                   const Submissions__Criterion *criterion, size_t *hint)
{
    for (size_t i = 0; i < scores->n_scores; i++) {
        size_t nth = (*hint + i) % scores->n_scores;
        const Appraisal__CriterionScore *score = scores->scores[nth];

        if (strcmp(score->criterion, criterion->code) == 0 &&
            strcmp(score->part, part->code) == 0) {
            *hint = nth + 1;
            return score;
        }
    }
    return NULL;
}

/* In units of 1 / (common * MILLION) points; adds each criterion's points to points_centi. */
static wide
total_of(const Submissions__RoundRules *rules, int64_t common, const Appraisal__Scores *scores,
         int64_t *points_centi)
{
    size_t hint = 0, nth = 0;
    wide total = 0;

    for (size_t p = 0; p < rules->n_parts; p++) {
        const Submissions__ContestPart *part = rules->parts[p];
        wide given = 0;

        for (size_t c = 0; c < part->n_criteria; c++, nth++) {
            const Appraisal__CriterionScore *score =
                ranking_find_score(scores, part, part->criteria[c], &hint);

            if (!score)
                continue;
            given += (wide) part->criteria[c]->weight * score->score_centi;
            if (points_centi)
                points_centi[nth] += score->score_centi;
        }
        total += given * part->weight_bp * (common / most_of(part));
    }
    return total * CENTI * MILLION / BP;
}

int32_t
ranking_total_centi(const Submissions__RoundRules *rules, const Appraisal__Scores *scores)
{
    int64_t common = common_of(rules);
    wide total;

    assert(common > 0);
    total = total_of(rules, common, scores, NULL);
    return (int32_t) ranking_half_up(total * CENTI, (wide) common * MILLION);
}

/* ------------------------------------------------------------------ entries */

static int
by_entry_id(const void *a, const void *b)
{
    return uuid_compare(&((const struct standing *) a)->entry->id,
                        &((const struct standing *) b)->entry->id);
}

static void
list_standings(struct reckoning *r)
{
    size_t count = r->in->entry_count;
    struct standing *standings = arena_zero(r->arena, (count + 1) * sizeof(*standings));

    r->standing_count = count;
    r->standings = arena_zero(r->arena, (count + 1) * sizeof(struct standing *));
    for (size_t i = 0; i < count; i++) {
        standings[i].reckoning = r;
        standings[i].entry = &r->in->entries[i];
        standings[i].points_centi =
            arena_zero(r->arena, (r->criterion_count + 1) * sizeof(int64_t));
        r->standings[i] = &standings[i];
    }
    ranking_sort(r->standings, count, by_entry_id);
    for (size_t i = 0; i < count; i++)
        r->standings[i]->number = i;
}

struct standing *
ranking_standing(const struct reckoning *r, const struct uuid *entry)
{
    size_t from = 0, to = r->standing_count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = uuid_compare(&r->standings[middle]->entry->id, entry);

        if (order == 0)
            return r->standings[middle];
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

/* ------------------------------------------------------------------ sheets */

static int
by_entry_and_person(const void *a, const void *b)
{
    const struct ranked_sheet *s = ((const struct mark *) a)->sheet;
    const struct ranked_sheet *t = ((const struct mark *) b)->sheet;
    int order = uuid_compare(&s->entry, &t->entry);

    if (order == 0)
        order = uuid_compare(&s->person, &t->person);
    return order ? order : uuid_compare(&s->id, &t->id);
}

static int
by_person(const void *a, const void *b)
{
    return uuid_compare(&((const struct mark *) a)->sheet->person,
                        &((const struct mark *) b)->sheet->person);
}

static void
list_marks(struct reckoning *r)
{
    size_t count = r->in->sheet_count;
    struct mark *marks = arena_zero(r->arena, (count + 1) * sizeof(*marks));

    r->marks = arena_zero(r->arena, (count + 1) * sizeof(struct mark *));
    for (size_t i = 0; i < count; i++) {
        struct mark *mark = &marks[r->mark_count];

        mark->sheet = &r->in->sheets[i];
        mark->standing = ranking_standing(r, &mark->sheet->entry);
        if (!mark->standing)
            continue;
        mark->total =
            total_of(r->in->rules, r->common, mark->sheet->scores, mark->standing->points_centi);
        r->marks[r->mark_count++] = mark;
    }
    ranking_sort(r->marks, r->mark_count, by_entry_and_person);
}

static void
share_among_entries(struct reckoning *r)
{
    struct mark **marks = arena_zero(r->arena, (r->mark_count + 1) * sizeof(struct mark *));

    for (size_t i = 0; i < r->mark_count; i++) {
        struct standing *standing = r->marks[i]->standing;

        marks[i] = r->marks[i];
        if (standing->mark_count++ == 0)
            standing->marks = &marks[i];
    }
}

static void
share_among_judges(struct reckoning *r)
{
    struct mark **marks = arena_zero(r->arena, (r->mark_count + 1) * sizeof(struct mark *));

    for (size_t i = 0; i < r->mark_count; i++)
        marks[i] = r->marks[i];
    ranking_sort(marks, r->mark_count, by_person);
    r->judges = arena_zero(r->arena, (r->mark_count + 1) * sizeof(*r->judges));
    for (size_t i = 0; i < r->mark_count; i++) {
        if (i == 0 || by_person(marks[i - 1], marks[i]) != 0)
            r->judges[r->judge_count++] =
                (struct judge){ .person = marks[i]->sheet->person, .marks = &marks[i] };
        r->judges[r->judge_count - 1].mark_count++;
    }
}

/* ------------------------------------------------------------------ normalisation */

static wide
mean_millionths(const struct reckoning *r, struct mark *const *marks, size_t count)
{
    wide sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += marks[i]->total;
    return ranking_half_up(sum * MILLION, (wide) count * r->point);
}

static void
normalise(struct reckoning *r)
{
    wide mean;

    if (r->mark_count == 0)
        return;
    mean = mean_millionths(r, r->marks, r->mark_count);
    for (size_t i = 0; i < r->judge_count; i++) {
        const struct judge *judge = &r->judges[i];
        wide move = mean - mean_millionths(r, judge->marks, judge->mark_count);

        for (size_t k = 0; k < judge->mark_count; k++)
            judge->marks[k]->total += move * (r->point / MILLION);
    }
}

void
ranking_read(struct reckoning *r)
{
    const Submissions__RoundRules *rules = r->in->rules;

    r->common = common_of(rules);
    assert(r->common > 0);
    r->point = (wide) r->common * MILLION;
    for (size_t i = 0; i < rules->n_parts; i++)
        r->criterion_count += rules->parts[i]->n_criteria;
    list_standings(r);
    list_marks(r);
    share_among_entries(r);
    share_among_judges(r);
    if (rules->normalisation == SUBMISSIONS__NORMALISATION__NORMALISATION_JUDGE_MEAN)
        normalise(r);
}

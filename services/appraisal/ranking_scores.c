/* services/appraisal/ranking_scores.c - what the sheets of an entry make together: its score, its
 * minimums, how far apart they lie. Pure: no SQL, no sockets, no clock. */
#include <assert.h>

#include "services/appraisal/ranking_parts.h"

#define IS_BY(aggregation) SUBMISSIONS__AGGREGATION__AGGREGATION_##aggregation

enum { CENTI = 100 };

static int
by_total(const void *a, const void *b)
{
    const struct mark *m = a, *n = b;

    return (m->total > n->total) - (m->total < n->total);
}

static size_t
trimmed_of(const Submissions__RoundRules *rules)
{
    return rules->aggregation == IS_BY(TRIMMED_MEAN) ? (size_t) rules->trimmed_sheets : 0;
}

static bool
has_its_sheets(const struct reckoning *r, const struct standing *s)
{
    if (s->mark_count <= 2 * trimmed_of(r->in->rules))
        return false;
    return r->in->rules->aggregation != IS_BY(SUM) || s->mark_count == r->standings[0]->mark_count;
}

static int32_t
score_of(const struct reckoning *r, const struct standing *s)
{
    const Submissions__RoundRules *rules = r->in->rules;
    size_t trimmed = trimmed_of(rules), kept = s->mark_count - 2 * trimmed;
    int32_t places = 1; /* 10 to the decimals */
    wide sum = 0;

    for (size_t i = 0; i < kept; i++)
        sum += s->marks[trimmed + i]->total;
    for (int i = 0; i < rules->decimals; i++)
        places *= 10;
    assert(CENTI % places == 0);
    sum = ranking_half_up(sum * places,
                          r->point * (wide) (rules->aggregation == IS_BY(SUM) ? 1 : kept));
    return (int32_t) sum * (CENTI / places);
}

static void
look_at_minimums(const struct reckoning *r, struct standing *s)
{
    const Submissions__RoundRules *rules = r->in->rules;
    size_t nth = 0;

    for (size_t p = 0; p < rules->n_parts; p++)
        for (size_t c = 0; c < rules->parts[p]->n_criteria; c++, nth++) {
            const Submissions__Criterion *criterion = rules->parts[p]->criteria[c];

            if (s->points_centi[nth] >= (int64_t) s->mark_count * criterion->minimum_centi)
                continue;
            if (s->missed_minimum && (s->is_disqualified || !criterion->disqualifying))
                continue;
            s->is_disqualified = criterion->disqualifying;
            s->missed_minimum =
                arena_format(r->arena, "%s/%s", rules->parts[p]->code, criterion->code);
        }
}

/* From the median of its entry's sheets, doubled, with its sign. */
static wide
distance_twice(const struct mark *mark)
{
    return 2 * mark->total - mark->standing->median_twice;
}

static bool
is_outlier(const struct reckoning *r, const struct mark *mark)
{
    wide allowed_twice = (wide) 2 * r->in->rules->dispersion_centi * (r->point / CENTI);
    wide twice = distance_twice(mark);

    return allowed_twice > 0 && (twice > allowed_twice || twice < -allowed_twice);
}

static void
look_at_distances(const struct reckoning *r, struct standing *s)
{
    s->median_twice = s->marks[(s->mark_count - 1) / 2]->total + s->marks[s->mark_count / 2]->total;
    for (size_t i = 0; i < s->mark_count; i++)
        s->outliers += is_outlier(r, s->marks[i]);
}

static void
look_at_judge(const struct reckoning *r, struct judge *judge)
{
    for (size_t i = 0; i < judge->mark_count; i++) {
        judge->outliers += is_outlier(r, judge->marks[i]);
        judge->leaning_twice += distance_twice(judge->marks[i]);
    }
}

bool
ranking_score(struct reckoning *r)
{
    for (size_t i = 0; i < r->standing_count; i++) {
        struct standing *s = r->standings[i];

        if (!has_its_sheets(r, s))
            return false;
        ranking_sort(s->marks, s->mark_count, by_total);
        s->score_centi = score_of(r, s);
        look_at_minimums(r, s);
        look_at_distances(r, s);
    }
    for (size_t i = 0; i < r->judge_count; i++)
        look_at_judge(r, &r->judges[i]);
    return true;
}

/* services/appraisal/ranking_ties.c - the order of the entries, and what parts those of equal
 * score. Pure: no SQL, no sockets, no clock. */
#include <string.h>

#include "services/appraisal/ranking_parts.h"

#define BY(kind) SUBMISSIONS__TIE_KEY_KIND__TIE_KEY_KIND_##kind

/* Comparisons are negative where the first one is better. */

static int
lower_first(wide a, wide b)
{
    return (a > b) - (a < b);
}

/* Sums over different numbers of sheets. */
static int
higher_mean_first(wide sum_a, size_t count_a, wide sum_b, size_t count_b)
{
    return lower_first(sum_b * (wide) count_a, sum_a * (wide) count_b);
}

/* ------------------------------------------------------------------ keys */

static int
compare_part(const struct standing *a, const struct standing *b, const char *code)
{
    const Submissions__RoundRules *rules = a->reckoning->in->rules;
    size_t nth = 0;

    for (size_t p = 0; p < rules->n_parts; nth += rules->parts[p++]->n_criteria) {
        const Submissions__ContestPart *part = rules->parts[p];
        wide sum_a = 0, sum_b = 0;

        if (strcmp(part->code, code) != 0)
            continue;
        for (size_t c = 0; c < part->n_criteria; c++) {
            sum_a += (wide) part->criteria[c]->weight * a->points_centi[nth + c];
            sum_b += (wide) part->criteria[c]->weight * b->points_centi[nth + c];
        }
        return higher_mean_first(sum_a, a->mark_count, sum_b, b->mark_count);
    }
    return 0;
}

static bool
is_called(const Submissions__ContestPart *part, const Submissions__Criterion *criterion,
          const char *code)
{
    size_t size = strlen(part->code);

    if (strcmp(criterion->code, code) == 0)
        return true;
    return strncmp(part->code, code, size) == 0 && code[size] == '/' &&
           strcmp(criterion->code, code + size + 1) == 0;
}

static int
compare_criterion(const struct standing *a, const struct standing *b, const char *code)
{
    const Submissions__RoundRules *rules = a->reckoning->in->rules;
    size_t nth = 0;

    for (size_t p = 0; p < rules->n_parts; p++)
        for (size_t c = 0; c < rules->parts[p]->n_criteria; c++, nth++)
            if (is_called(rules->parts[p], rules->parts[p]->criteria[c], code))
                return higher_mean_first(a->points_centi[nth], a->mark_count, b->points_centi[nth],
                                         b->mark_count);
    return 0;
}

static int
compare_by(const Submissions__TieKey *key, const struct standing *a, const struct standing *b)
{
    switch ((int) key->kind) {
    case BY(PART):
        return compare_part(a, b, key->code);
    case BY(CRITERION):
        return compare_criterion(a, b, key->code);
    case BY(HIGHEST_SHEET):
        return lower_first(b->marks[b->mark_count - 1]->total, a->marks[a->mark_count - 1]->total);
    case BY(LOWEST_SHEET):
        return lower_first(b->marks[0]->total, a->marks[0]->total);
    case BY(SUBMITTED_EARLIER):
        return lower_first(a->entry->submitted_us, b->entry->submitted_us);
    default:
        return 0;
    }
}

/* The first key that parts them; NULL when none does. */
static const Submissions__TieKey *
parting_key(const struct standing *a, const struct standing *b, int *ret_order)
{
    const Submissions__RoundRules *rules = a->reckoning->in->rules;

    for (size_t i = 0; i < rules->n_tie_keys; i++) {
        *ret_order = compare_by(rules->tie_keys[i], a, b);
        if (*ret_order)
            return rules->tie_keys[i];
    }
    return NULL;
}

/* ------------------------------------------------------------------ order */

static int
by_code(const void *a, const void *b)
{
    const struct standing *s = a, *t = b;
    int order = strcmp(s->entry->code, t->entry->code);

    return order ? order : uuid_compare(&s->entry->id, &t->entry->id);
}

static int
by_merit(const void *a, const void *b)
{
    const struct standing *s = a, *t = b;
    int order = s->is_disqualified - t->is_disqualified;

    if (order == 0 && !s->is_disqualified)
        order = lower_first(t->score_centi, s->score_centi);
    if (order == 0 && !s->is_disqualified)
        parting_key(s, t, &order);
    return order ? order : by_code(s, t);
}

static bool
are_equal(const struct standing *a, const struct standing *b)
{
    int order;

    return a->score_centi == b->score_centi && !parting_key(a, b, &order);
}

/* ------------------------------------------------------------------ decisions */

/* For each decision a row: at which place it names each entry, from 1; 0: not at all. */
static const size_t *
read_decisions(const struct reckoning *r)
{
    size_t *named =
        arena_zero(r->arena, (r->in->decision_count * r->standing_count + 1) * sizeof(*named));

    for (size_t d = 0; d < r->in->decision_count; d++) {
        const Appraisal__TieDecision *decision = r->in->decisions[d];

        for (size_t i = decision->n_entry_ids; i-- > 0;) {
            struct uuid id = uuid_of(decision->entry_ids[i]);
            const struct standing *s = ranking_standing(r, &id);

            if (s)
                named[d * r->standing_count + s->number] = i + 1;
        }
    }
    return named;
}

static size_t
favour(const struct reckoning *r, const size_t *named, const struct standing *a,
       const struct standing *b)
{
    for (size_t d = r->in->decision_count; d-- > 0;) {
        const size_t *places = named + d * r->standing_count;

        if (places[a->number] && places[b->number])
            return places[a->number] < places[b->number] ? 2 : 0;
    }
    return 1;
}

static int
by_favours(const void *a, const void *b)
{
    const struct standing *s = a, *t = b;

    return lower_first((wide) t->favours, (wide) s->favours);
}

/* Gives the equals [from, to) of the order their places. Each pair shares two favours. The first k
 * together have k(k - 1) of one another, and at most two each for everybody behind: if that many,
 * all of them were decided to be better than all behind, and the order is parted there. */
static void
part_equals(const struct reckoning *r, const size_t *named, size_t from, size_t to)
{
    size_t place = from, favours = 0;

    for (size_t i = from; i < to; i++)
        for (size_t k = from; k < to; k++)
            if (i != k)
                r->order[i]->favours += favour(r, named, r->order[i], r->order[k]);
    ranking_sort(r->order + from, to - from, by_favours);
    for (size_t i = from; i < to; i++) {
        size_t before = i - from;

        if (favours == before * (before - 1) + 2 * before * (to - i)) {
            ranking_sort(r->order + place, i - place, by_code);
            place = i;
        }
        r->order[i]->place = place;
        favours += r->order[i]->favours;
    }
    ranking_sort(r->order + place, to - place, by_code);
}

/* ------------------------------------------------------------------ what parted them */

static const char *
name_of(const struct reckoning *r, const Submissions__TieKey *key)
{
    switch ((int) key->kind) {
    case BY(PART):
        return arena_format(r->arena, "part %s", key->code);
    case BY(CRITERION):
        return arena_format(r->arena, "criterion %s", key->code);
    case BY(HIGHEST_SHEET):
        return "highest sheet";
    case BY(LOWEST_SHEET):
        return "lowest sheet";
    default:
        return "submitted earlier";
    }
}

/* Between neighbours of the order; "" when their scores differ. */
static const char *
what_parted(const struct reckoning *r, const struct standing *a, const struct standing *b)
{
    int order;
    const Submissions__TieKey *key;

    if (a->score_centi != b->score_centi)
        return "";
    key = parting_key(a, b, &order);
    return key ? name_of(r, key) : "decision";
}

/* Of those in the place that begins at from and ends before to: what put it behind, else before,
 * another. */
static void
explain(const struct reckoning *r, size_t from, size_t to)
{
    const char *rule = "";

    if (from > 0)
        rule = what_parted(r, r->order[from - 1], r->order[from]);
    if (!*rule && to < r->ranked_count)
        rule = what_parted(r, r->order[to - 1], r->order[to]);
    for (size_t i = from; i < to; i++)
        r->order[i]->tie_rule = rule;
}

void
ranking_order(struct reckoning *r)
{
    const size_t *named = read_decisions(r);
    size_t end;

    r->order = arena_zero(r->arena, (r->standing_count + 1) * sizeof(struct standing *));
    for (size_t i = 0; i < r->standing_count; i++) {
        r->order[i] = r->standings[i];
        r->order[i]->tie_rule = "";
        r->ranked_count += !r->order[i]->is_disqualified;
    }
    ranking_sort(r->order, r->standing_count, by_merit);
    for (size_t from = 0; from < r->ranked_count; from = end) {
        for (end = from + 1; end < r->ranked_count && are_equal(r->order[from], r->order[end]);)
            end++;
        part_equals(r, named, from, end);
    }
    for (size_t from = 0; from < r->ranked_count; from = end) {
        for (end = from + 1; end < r->ranked_count && r->order[end]->place == from;)
            end++;
        explain(r, from, end);
    }
}

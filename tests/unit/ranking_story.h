/* tests/unit/ranking_story.h - a round that is ranked by hand, for the tests of rankings.
 *
 * Shapes     a round begins with nothing in it: mean of the sheets, two decimals, threshold 75.
 *            Each criterion that is added belongs to the part that was added last. There is one
 *            round at a time, r.
 * Units      points in hundredths.
 */
#ifndef SANGKIEN_TESTS_UNIT_RANKING_STORY_H
#define SANGKIEN_TESTS_UNIT_RANKING_STORY_H

#include "services/appraisal/appraisal.h"
#include "services/appraisal/ranking.h"
#include "tests/unit/story.h"

#define TIE(kind) SUBMISSIONS__TIE_KEY_KIND__TIE_KEY_KIND_##kind
#define BY(aggregation) SUBMISSIONS__AGGREGATION__AGGREGATION_##aggregation

enum { MOST_ENTRIES = 600, MOST_SHEETS = 25 * MOST_ENTRIES, MOST_DECISIONS = 8, MOST_OF_EACH = 20 };
enum { JUDGE = 1000 }; /* ids of judges begin here, those of sheets follow from entry and judge */

struct round {
    struct arena *arena;
    Submissions__RoundRules *rules;
    struct ranked_entry entries[MOST_ENTRIES];
    struct ranked_sheet sheets[MOST_SHEETS];
    const Appraisal__TieDecision *decisions[MOST_DECISIONS];
    struct ranking_input in;
    Appraisal__Ranking *ranking;
};

static struct round r;

static inline void
begin(void)
{
    arena_free(&r.arena);
    r = (struct round){ .arena = arena_new() };
    r.rules = proto_new(r.arena, &submissions__round_rules__descriptor);
    r.rules->aggregation = BY(MEAN);
    r.rules->normalisation = SUBMISSIONS__NORMALISATION__NORMALISATION_NONE;
    r.rules->decimals = 2;
    r.rules->threshold_centi = 7500;
    r.rules->parts = arena_zero(r.arena, MOST_OF_EACH * sizeof(void *));
    r.rules->tie_keys = arena_zero(r.arena, MOST_OF_EACH * sizeof(void *));
    r.in = (struct ranking_input){
        .rules = r.rules, .entries = r.entries, .sheets = r.sheets, .decisions = r.decisions
    };
}

static inline int
end(void **unused __attribute__((unused)))
{
    arena_free(&r.arena);
    return 0;
}

static inline void
add_part(const char *code, int32_t weight_bp)
{
    Submissions__ContestPart *part = proto_new(r.arena, &submissions__contest_part__descriptor);

    part->code = code;
    part->weight_bp = weight_bp;
    part->criteria = arena_zero(r.arena, MOST_OF_EACH * sizeof(void *));
    r.rules->parts[r.rules->n_parts++] = part;
}

static inline Submissions__Criterion *
add_criterion(const char *code, int32_t max_centi, int32_t weight)
{
    Submissions__ContestPart *part = r.rules->parts[r.rules->n_parts - 1];
    Submissions__Criterion *criterion = proto_new(r.arena, &submissions__criterion__descriptor);

    criterion->code = code;
    criterion->max_centi = max_centi;
    criterion->weight = weight;
    part->criteria[part->n_criteria++] = criterion;
    return criterion;
}

static inline void
add_tie_key(int kind, const char *code)
{
    Submissions__TieKey *key = proto_new(r.arena, &submissions__tie_key__descriptor);

    key->kind = (Submissions__TieKeyKind) kind;
    key->code = code;
    r.rules->tie_keys[r.rules->n_tie_keys++] = key;
}

/* One part, one criterion, of 100 points: a sheet's only number is its total. */
static inline void
begin_simple(void)
{
    begin();
    add_part("model", 10000);
    add_criterion("all", 10000, 1);
}

/* 40 per cent for what was written, 60 for the stage. */
static inline void
begin_of_2019(void)
{
    begin();
    add_part("written", 4000);
    add_criterion("content", 10000, 1);
    add_part("stage", 6000);
    add_criterion("content", 10000, 1);
}

/* In the order in which they are entered they have the codes KH-01, KH-02 ..., and are submitted
 * each a microsecond before the one before. */
static inline void
enter(unsigned entry)
{
    size_t nth = r.in.entry_count++;

    r.entries[nth] = (struct ranked_entry){ ID(entry), arena_format(r.arena, "KH-%02zu", nth + 1),
                                            1000 - (int64_t) nth };
}

static inline Appraisal__Scores *
scores_of(const int32_t *points)
{
    Appraisal__Scores *scores = proto_new(r.arena, &appraisal__scores__descriptor);

    scores->scores = arena_zero(r.arena, 8 * MOST_OF_EACH * sizeof(void *));
    for (size_t p = 0; p < r.rules->n_parts; p++)
        for (size_t c = 0; c < r.rules->parts[p]->n_criteria; c++) {
            Appraisal__CriterionScore *score =
                proto_new(r.arena, &appraisal__criterion_score__descriptor);

            score->part = r.rules->parts[p]->code;
            score->criterion = r.rules->parts[p]->criteria[c]->code;
            score->score_centi = points[scores->n_scores];
            scores->scores[scores->n_scores++] = score;
        }
    return scores;
}

static inline void
judge_gives(unsigned judge, unsigned entry, const int32_t *points)
{
    r.sheets[r.in.sheet_count++] = (struct ranked_sheet){ ID(entry * 10000 + judge), ID(entry),
                                                          ID(JUDGE + judge), scores_of(points) };
}

#define GIVES(judge, entry, ...) judge_gives(judge, entry, (const int32_t[]){ __VA_ARGS__ })

/* Of one sheet each. */
#define ENTER(entry, ...)                                                                          \
    do {                                                                                           \
        enter(entry);                                                                              \
        GIVES(1, entry, __VA_ARGS__);                                                              \
    } while (0)

static inline void
decide(size_t count, const unsigned *entries)
{
    Appraisal__TieDecision *decision = proto_new(r.arena, &appraisal__tie_decision__descriptor);

    decision->entry_ids = arena_zero(r.arena, count * sizeof(char *));
    for (size_t i = 0; i < count; i++) {
        struct uuid id = ID(entries[i]);

        decision->entry_ids[decision->n_entry_ids++] = uuid_text(r.arena, &id);
    }
    r.decisions[r.in.decision_count++] = decision;
}

#define DECIDE(...)                                                                                \
    decide(sizeof((const unsigned[]){ __VA_ARGS__ }) / sizeof(unsigned),                           \
           (const unsigned[]){ __VA_ARGS__ })

static inline void
rank(void)
{
    assert_int_equal(ranking_make(&r.in, r.arena, &r.ranking), ACCEPTED);
    assert_int_equal(r.ranking->n_lines, r.in.entry_count);
}

static inline const Appraisal__RankingLine *
line_of(unsigned entry)
{
    struct uuid id = ID(entry);

    for (size_t i = 0; i < r.ranking->n_lines; i++)
        if (strcmp(r.ranking->lines[i]->entry_id, uuid_text(r.arena, &id)) == 0)
            return r.ranking->lines[i];
    fail_msg("entry %u is not in the ranking", entry);
    return NULL;
}

/* "1:+7 2:3 2:5 0:4": rank, what advances, entry; in the ranking's order. */
static inline const char *
order_said(void)
{
    const char *said = "";

    for (size_t i = 0; i < r.ranking->n_lines; i++) {
        const Appraisal__RankingLine *line = r.ranking->lines[i];

        said = arena_format(r.arena, "%s%s%d:%s%d", said, *said ? " " : "", line->rank,
                            line->advances ? "+" : "", uuid_of(line->entry_id).bytes[15]);
    }
    return said;
}

static inline const char *
undecided_said(void)
{
    const char *said = "";

    for (size_t i = 0; i < r.ranking->n_undecided_entry_ids; i++)
        said = arena_format(r.arena, "%s%s%d", said, *said ? " " : "",
                            uuid_of(r.ranking->undecided_entry_ids[i]).bytes[15]);
    return said;
}

#define assert_score(entry, centi) assert_int_equal(line_of(entry)->score_centi, centi)
#define assert_order(said) assert_string_equal(order_said(), said)
#define assert_undecided(said) assert_string_equal(undecided_said(), said)

static inline void
assert_unequal(void)
{
    assert_int_equal(ranking_make(&r.in, r.arena, &r.ranking), NO(UNEQUAL_SHEETS));
}

/* Two entries of the same score, of two parts and two judges each; the second one is better on the
 * stage, and less even. */
static inline void
begin_tied(void)
{
    begin_of_2019();
    enter(1);
    enter(2);
    GIVES(1, 1, 8000, 8000);
    GIVES(2, 1, 8000, 8000);
    GIVES(1, 2, 9500, 8000); /* 86.00 */
    GIVES(2, 2, 5000, 9000); /* 74.00: together 80.00, as the other one */
}

/* Entries 1 .. 4 with 90, 80, 80, 70. */
static inline void
begin_with_two_in_the_middle(int32_t top_entries)
{
    begin_simple();
    r.rules->threshold_centi = 0;
    r.rules->top_entries = top_entries;
    ENTER(1, 9000);
    ENTER(2, 8000);
    ENTER(3, 8000);
    ENTER(4, 7000);
}

#endif

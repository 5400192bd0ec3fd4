/* services/appraisal/ranking_parts.h - what the files of the ranking share: marks, standings,
 * judges.
 *
 * Units      a total counts fractions of a point, r->point of them to a point: one number for the
 *            round, which every part's denominator divides, and a million.
 * Ownership  all of it lives in the arena.
 * Threads    pure.
 */
#ifndef SANGKIEN_APPRAISAL_RANKING_PARTS_H
#define SANGKIEN_APPRAISAL_RANKING_PARTS_H

#include "services/appraisal/ranking.h"

__extension__ typedef __int128 wide;

/* A sheet, once it is read. */
struct mark {
    const struct ranked_sheet *sheet;
    struct standing *standing;
    wide total;
};

struct judge {
    struct uuid person;
    struct mark **marks;
    size_t mark_count;
    int32_t outliers;
    wide leaning_twice; /* sum of the distances to the medians, doubled: a median may be a half */
};

/* Where an entry stands. */
struct standing {
    const struct reckoning *reckoning;
    const struct ranked_entry *entry;
    size_t number;       /* in r->standings */
    struct mark **marks; /* lowest total first */
    size_t mark_count;
    int64_t *points_centi; /* of all its sheets, by criterion */
    int32_t score_centi;
    wide median_twice;
    int32_t outliers;
    const char *missed_minimum;
    bool is_disqualified;
    size_t favours; /* among equals, by the chair's decisions */
    size_t place;   /* how many precede it; equals have the same */
    const char *tie_rule;
    bool advances;
};

struct reckoning {
    const struct ranking_input *in;
    struct arena *arena;
    int64_t common; /* the least common multiple of what the parts are measured against */
    wide point;
    size_t criterion_count;
    struct standing **standings; /* by entry id */
    struct standing **order;     /* best first, those not ranked last */
    size_t standing_count;
    size_t ranked_count;
    struct mark **marks;
    size_t mark_count;
    struct judge *judges; /* by person id */
    size_t judge_count;
    const char **undecided;
    size_t undecided_count;
};

wide ranking_half_up(wide number, wide divisor);

/* Sorts pointers; compare is given two of them. */
void ranking_sort(void *items, size_t count, int (*compare)(const void *a, const void *b));

/* ranking_marks.c */
void ranking_read(struct reckoning *r);
struct standing *ranking_standing(const struct reckoning *r, const struct uuid *entry);
const Appraisal__CriterionScore *ranking_find_score(const Appraisal__Scores *scores,
                                                    const Submissions__ContestPart *part,
                                                    const Submissions__Criterion *criterion,
                                                    size_t *hint);

/* ranking_scores.c; false: there are not the sheets that it takes. */
bool ranking_score(struct reckoning *r);

/* ranking_ties.c */
void ranking_order(struct reckoning *r);

#endif

/* services/appraisal/ranking.h - the ranking of a round, from its locked sheets and its frozen
 * rules.
 *
 * A sheet's total, on a scale of 100 points, over the parts p of the rules and their criteria c:
 *
 *     T = sum over p of weight_bp(p) / 100 * sum(weight(c) * score(c)) / sum(weight(c) * max(c))
 *
 * With NORMALISATION_JUDGE_MEAN each total moves by (mean of all totals of the round) - (mean of
 * its judge's totals), both means rounded half up to a millionth of a point; it may then leave 0 to
 * 100. From there on "total" is the moved one.
 *
 * An entry's score is the mean of its totals; or that without the trimmed_sheets highest and
 * lowest; or their sum. All is exact up to here; now, and only once, it is rounded half up (towards
 * plus infinity) to rules.decimals places. The threshold, and whether scores are equal, are asked
 * of the rounded score.
 *
 * An entry misses a minimum where the exact mean of all its sheets (also of those that are trimmed)
 * lies below it: it does not advance. Where one of those is disqualifying it has rank 0, and stands
 * behind all others. Named is the first one missed, in the rules' order, a disqualifying one before
 * the others, as "part/criterion".
 *
 * Order: the higher score; then the tie keys, compared exactly, over all sheets:
 *     part, criterion   the higher mean of what it was given against the most it could be given; a
 *                       criterion is called "part/criterion", or by its code: the first such one
 *     highest, lowest   the higher total of the entry's highest or lowest sheet
 *     submitted         whoever handed in earlier
 * Then the chair's decisions. Of two entries the better one is whom the last decision that names
 * both names first. Entries equal so far are parted where everybody before was decided to be better
 * than everybody behind: whatever is decided of some of them only, or in a circle, parts nobody.
 * What is equal still shares its rank (1, 2, 2, 4), and stands by entry code and id. tie_rule says
 * what parted an entry from those of equal score right before it, otherwise right behind it.
 *
 * Spread, median and leaning are of totals too: where they are moved, they show what is left.
 *
 * An entry advances without a missed minimum, and with a score that reaches the threshold; or, with
 * top_entries, when fewer than so many of those without a missed minimum stand before the last one
 * of its place. Equal ones that lie across that edge are undecided, and none of them advances.
 *
 * Shapes     sheets are locked ones: every criterion once, within its maximum. A sheet of an entry
 *            that is not among the entries counts for nothing. An entry id is there once.
 * Units      scores in hundredths of a point.
 * Errors     NO(UNEQUAL_SHEETS): an entry has no sheet, or none is left when trimmed, or not as
 *            many as the others, where they are summed.
 * Ownership  a ranking lies in the arena and points into what it was made from.
 * Threads    pure: the same sheets, in whatever order, give the same bytes.
 * Source     rules R-E5, R-E7: tests/model/simulation/check_ranking.c says them as checks.
 */
#ifndef SANGKIEN_APPRAISAL_RANKING_H
#define SANGKIEN_APPRAISAL_RANKING_H

#include <stdbool.h>

#include "common/arena.h"
#include "common/id.h"
#include "sangkien/appraisal/v1/judging.pb-c.h"
#include "sangkien/submissions/v1/rules.pb-c.h"

struct ranked_sheet {
    struct uuid id, entry, person;
    const Appraisal__Scores *scores;
};

struct ranked_entry {
    struct uuid id;
    const char *code;
    int64_t submitted_us;
};

struct ranking_input {
    const Submissions__RoundRules *rules;
    struct digest rules_digest;
    const struct ranked_entry *entries;
    size_t entry_count;
    const struct ranked_sheet *sheets;
    size_t sheet_count;
    const Appraisal__TieDecision *const *decisions; /* in the order in which they were taken */
    size_t decision_count;
};

/* Rules are published only where this is so: the parts make 100 per cent, sum(weight * max) of each
 * is at most 10^9, and their least common multiple 10^12. Then nothing below overflows; of others
 * nothing may be asked. */
bool ranking_can_count(const Submissions__RoundRules *rules);

int ranking_make(const struct ranking_input *in, struct arena *arena,
                 Appraisal__Ranking **ret_ranking);

/* SHA-256 of its packed bytes. */
struct digest ranking_digest(struct arena *arena, const Appraisal__Ranking *ranking);

/* A sheet's total, before it is moved, rounded half up. */
int32_t ranking_total_centi(const Submissions__RoundRules *rules, const Appraisal__Scores *scores);

#endif

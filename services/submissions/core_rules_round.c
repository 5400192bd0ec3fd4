/* services/submissions/core_rules_round.c - can entries be judged by the rules of the rounds? Pure.
 *
 * A sheet's total is a sum of fractions, of which each part has its own denominator. It is counted exactly, over the least
 * common multiple of them, which must leave room for sheets and weights in 64 bits. */
#include <string.h>

#include "common/limits.h"
#include "services/submissions/core_rules.h"

#define STAGE(name) SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_##name
#define TRIMMED_MEAN SUBMISSIONS__AGGREGATION__AGGREGATION_TRIMMED_MEAN
#define SUM SUBMISSIONS__AGGREGATION__AGGREGATION_SUM

enum {
    FULL_CENTI = 10000, /* the scale of a sheet */
    MOST_SUMMED = 25,   /* sheets of an entry */
    MOST_DECIMALS = 2,
    LEAST_JUDGES = 3, /* the chair, and two others */
    MOST_JUDGES = 24, /* whom ConstituteCouncil can name beside the secretary */
};

#define MOST_OF_A_PART INT64_C(1000000000)
#define MOST_OF_ALL_PARTS INT64_C(1000000000000)

/* ------------------------------------------------------------------ a round by itself */

static bool
sets_not_one_bar(const Submissions__RoundRules *round)
{
    return !round->threshold_centi == !round->top_entries;
}

static bool
asks_too_much(const Submissions__RoundRules *round)
{
    return round->threshold_centi >
           (round->aggregation == SUM ? FULL_CENTI * MOST_SUMMED : FULL_CENTI);
}

static bool
rounds_too_finely(const Submissions__RoundRules *round)
{
    return round->decimals > MOST_DECIMALS;
}

static bool
trims_without_saying_so(const Submissions__RoundRules *round)
{
    return !round->trimmed_sheets != (round->aggregation != TRIMMED_MEAN);
}

static bool
trims_all(const Submissions__RoundRules *round)
{
    return round->trimmed_sheets && round->min_sheets <= 2 * (int64_t) round->trimmed_sheets;
}

static bool
seats_too_few(const Submissions__RoundRules *round)
{
    return round->min_members < LEAST_JUDGES;
}

static bool
seats_too_many(const Submissions__RoundRules *round)
{
    return round->min_members > MOST_JUDGES;
}

static bool
asks_for_more_sheets_than_members(const Submissions__RoundRules *round)
{
    return round->min_members < round->min_sheets;
}

static bool
asks_for_no_possible_quorum(const Submissions__RoundRules *round)
{
    return round->quorum_bp > WHOLE_BP;
}

static bool
does_not_weigh_all(const Submissions__RoundRules *round)
{
    int64_t weight_bp = 0;

    for (size_t i = 0; i < round->n_parts; i++)
        weight_bp += round->parts[i]->weight_bp;
    return round->n_parts && weight_bp != WHOLE_BP;
}

/* clang-format off */
static const struct {
    const char *field;
    bool (*is_wrong)(const Submissions__RoundRules *round);
    const char *what;
} round_checks[] = {
    { "threshold_centi", sets_not_one_bar,                  "exactly one of threshold_centi and top_entries is set" },
    { "threshold_centi", asks_too_much,                     "is more than can be reached" },
    { "decimals",        rounds_too_finely,                 "is not between 0 and 2" },
    { "trimmed_sheets",  trims_without_saying_so,           "is set for a trimmed mean, and for nothing else" },
    { "trimmed_sheets",  trims_all,                         "would leave nothing of min_sheets" },
    { "min_members",     seats_too_few,                     "is fewer than three who judge" },
    { "min_members",     seats_too_many,                    "is more than a council can have" },
    { "min_members",     asks_for_more_sheets_than_members, "is less than min_sheets" },
    { "quorum_bp",       asks_for_no_possible_quorum,       "is not between 1 and 10000" },
    { "parts",           does_not_weigh_all,                "do not weigh 10000 together" },
};
/* clang-format on */

static void
review_quorum(struct review *review, const Submissions__RoundRules *round, const char *holder)
{
    if (round->quorum_bp == 0)
        submissions_lacks(review, holder, "quorum_bp", "says when a council can propose a ranking");
    if (round->counting_base == 0)
        submissions_lacks(review, holder, "counting_base", "says of whom the quorum is counted");
}

/* ------------------------------------------------------------------ its parts and criteria */

static bool
is_off_the_grid(const Submissions__Criterion *criterion)
{
    return criterion->step_centi <= 0 || criterion->max_centi % criterion->step_centi != 0;
}

static bool
asks_for_more_than_there_is(const Submissions__Criterion *criterion)
{
    return criterion->minimum_centi > criterion->max_centi;
}

/* The denominator of a part: its weighted points, all together. 0: too many. */
static int64_t
denominator_of(const Submissions__ContestPart *part)
{
    int64_t sum = 0;

    for (size_t i = 0; i < part->n_criteria; i++) {
        int64_t points = (int64_t) part->criteria[i]->weight * part->criteria[i]->max_centi;

        if (points <= 0 || points > MOST_OF_A_PART - sum)
            return 0;
        sum += points;
    }
    return sum;
}

static void
review_part(struct review *review, const Submissions__ContestPart *part, const char *holder)
{
    const char *list = arena_format(review->out->arena, "%s.criteria", holder);

    if (part->n_criteria == 0)
        submissions_lacks(review, holder, "criteria", "says for what points are given");
    else if (denominator_of(part) == 0)
        submissions_clashes(review, holder, "criteria", "cannot be counted exactly");
    submissions_review_codes(review, list, part->criteria, part->n_criteria);
    for (size_t i = 0; i < part->n_criteria; i++) {
        const char *criterion = submissions_item(review, list, i);

        if (is_off_the_grid(part->criteria[i]))
            submissions_clashes(review, criterion, "step_centi", "does not divide max_centi");
        if (asks_for_more_than_there_is(part->criteria[i]))
            submissions_clashes(review, criterion, "minimum_centi", "is above max_centi");
    }
}

static int64_t
common_divisor(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* A part that is too much by itself was named already. */
static bool
can_be_counted(const Submissions__RoundRules *round)
{
    int64_t multiple = 1;

    for (size_t i = 0; i < round->n_parts; i++) {
        int64_t denominator = denominator_of(round->parts[i]);
        int64_t factor;

        if (denominator == 0)
            return true;
        factor = denominator / common_divisor(multiple, denominator);
        if (factor > MOST_OF_ALL_PARTS / multiple)
            return false;
        multiple *= factor;
    }
    return true;
}

static void
review_parts(struct review *review, const Submissions__RoundRules *round, const char *holder)
{
    const char *list = arena_format(review->out->arena, "%s.parts", holder);

    if (round->n_parts == 0)
        submissions_lacks(review, holder, "parts", "says of what the round consists");
    if (!can_be_counted(round))
        submissions_clashes(review, holder, "parts", "cannot be counted exactly together");
    submissions_review_codes(review, list, round->parts, round->n_parts);
    for (size_t i = 0; i < round->n_parts; i++)
        review_part(review, round->parts[i], submissions_item(review, list, i));
}

/* ------------------------------------------------------------------ where scores are equal */

static size_t
count_parts(const Submissions__RoundRules *round, const char *code)
{
    size_t count = 0;

    for (size_t i = 0; i < round->n_parts; i++)
        count += strcmp(round->parts[i]->code, code) == 0;
    return count;
}

/* By its own code, or as "part/criterion"; rankings read it so, too. */
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

static size_t
count_criteria(const Submissions__RoundRules *round, const char *code)
{
    size_t count = 0;

    for (size_t i = 0; i < round->n_parts; i++)
        for (size_t n = 0; n < round->parts[i]->n_criteria; n++)
            count += is_called(round->parts[i], round->parts[i]->criteria[n], code);
    return count;
}

/* A criterion's code may stand in several parts, and contain a slash; a key that fits several would not say which. */
static bool
names_what_it_needs(const Submissions__RoundRules *round, const Submissions__TieKey *key)
{
    switch ((int) key->kind) {
    case SUBMISSIONS__TIE_KEY_KIND__TIE_KEY_KIND_PART:
        return count_parts(round, key->code) == 1;
    case SUBMISSIONS__TIE_KEY_KIND__TIE_KEY_KIND_CRITERION:
        return count_criteria(round, key->code) == 1;
    default:
        return !*key->code;
    }
}

static void
review_tie_keys(struct review *review, const Submissions__RoundRules *round, const char *holder)
{
    const char *list = arena_format(review->out->arena, "%s.tie_keys", holder);

    for (size_t i = 0; i < round->n_tie_keys; i++)
        if (!names_what_it_needs(round, round->tie_keys[i]))
            submissions_clashes(review, submissions_item(review, list, i), "code",
                                "is that of one part, of one criterion, or none, as kind asks for");
}

/* ------------------------------------------------------------------ the rounds together */

/* Prizes have quotas, so that equals would be told apart by nobody's rule. */
static void
review_places(struct review *review, size_t nth, const char *holder)
{
    const Submissions__EditionRules *rules = review->rules;

    if (nth + 1 == rules->n_rounds && rules->n_prizes && !rules->rounds[nth]->every_place_counts)
        submissions_clashes(review, holder, "every_place_counts",
                            "must be set for the last round: prizes follow its places");
}

/* They come together in one round. */
static void
review_clusters_best(struct review *review, size_t nth, const char *holder)
{
    const Submissions__EditionRules *rules = review->rules;

    if (rules->rounds[nth]->top_entries * (int64_t) rules->n_clusters > ROUND_MOST_ENTRIES)
        submissions_clashes(review, holder, "top_entries",
                            arena_format(review->out->arena, "of all clusters are more than %d",
                                         ROUND_MOST_ENTRIES));
}

static void
review_stage(struct review *review, size_t nth, const char *holder)
{
    const Submissions__EditionRules *rules = review->rules;
    bool is_last = nth + 1 == rules->n_rounds;
    int stage = (int) rules->rounds[nth]->stage;

    if (is_last && stage != STAGE(FINAL))
        submissions_clashes(review, holder, "stage", "the last round is the final");
    if (!is_last && stage == STAGE(FINAL))
        submissions_clashes(review, holder, "stage", "no round follows the final");
    if (stage != STAGE(CLUSTER))
        return;
    if (rules->n_clusters == 0)
        submissions_clashes(review, holder, "stage", "there are no clusters");
    review_clusters_best(review, nth, holder);
    for (size_t i = 0; i < nth; i++)
        if (rules->rounds[i]->stage == STAGE(PRELIMINARY)) {
            submissions_clashes(review, holder, "stage",
                                "clusters are not apart any more behind a preliminary round");
            return;
        }
}

static void
review_round(struct review *review, size_t nth)
{
    const Submissions__RoundRules *round = review->rules->rounds[nth];
    const char *holder = submissions_item(review, "rules.rounds", nth);

    for (size_t i = 0; i < sizeof(round_checks) / sizeof(*round_checks); i++)
        if (round_checks[i].is_wrong(round))
            submissions_clashes(review, holder, round_checks[i].field, round_checks[i].what);
    review_quorum(review, round, holder);
    review_stage(review, nth, holder);
    review_places(review, nth, holder);
    review_parts(review, round, holder);
    review_tie_keys(review, round, holder);
}

void
submissions_review_rounds(struct review *review)
{
    const Submissions__EditionRules *rules = review->rules;

    submissions_review_codes(review, "rules.rounds", rules->rounds, rules->n_rounds);
    for (size_t i = 0; i < rules->n_rounds; i++)
        review_round(review, i);
}

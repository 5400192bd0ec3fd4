/* services/submissions/core_rules.h - how the parts of an edition's rules are reviewed.
 *
 * Shapes     fields are named from the edition's rules on: "rules.rounds[0].parts[1].weight_bp".
 * Threads    pure.
 */
#ifndef SANGKIEN_SERVICES_SUBMISSIONS_CORE_RULES_H
#define SANGKIEN_SERVICES_SUBMISSIONS_CORE_RULES_H

#include "services/submissions/submissions.h"

/* Everything is looked at, and all that is found goes into one reply. */
struct review {
    const struct given *given;
    const Submissions__EditionRules *rules;
    struct events *out;
    bool is_incomplete;
    bool is_inconsistent;
};

/* The field, inside what holds it, is not there; or does not go with the rest. */
void submissions_lacks(struct review *review, const char *holder, const char *field,
                       const char *what);
void submissions_clashes(struct review *review, const char *holder, const char *field,
                         const char *what);

/* "rules.rounds[2]" */
const char *submissions_item(struct review *review, const char *list, size_t nth);

/* Codes of tracks, clusters ... are unique in their list. */
void submissions_review_codes(struct review *review, const char *list, void *items, size_t count);

/* In core_programme_rules.c: does the edition go with what holds for all of its programme's? */
void submissions_review_programme(struct review *review, const struct programme_rules *programme);

/* In core_rules_round.c. */
void submissions_review_rounds(struct review *review);

#endif

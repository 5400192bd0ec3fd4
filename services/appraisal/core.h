/* services/appraisal/core.h - what core.c's tables name and core_opinion.c decides.
 *
 * Threads    pure.
 */
#ifndef SANGKIEN_APPRAISAL_CORE_H
#define SANGKIEN_APPRAISAL_CORE_H

#include "services/appraisal/appraisal.h"

int appraisal_request_opinions(const struct given *given, const void *message, struct events *out);
void appraisal_opinions_requested(void *state, const void *event);
int appraisal_give_opinion(const struct given *given, const void *message, struct events *out);
void appraisal_opinion_given(void *state, const void *event);
int appraisal_conclude(const struct given *given, const void *message, struct events *out);
void appraisal_concluded(void *state, const void *event);

/* Does the document carry a date that exists? */
bool appraisal_is_dated(const Types__OfficialDocument *document);

/* When a deadline is over: "before D" ends at D 00:00 local time, "to the end of D" a day later. false:
 * there is no such day. */
bool appraisal_end_of(const Types__Deadline *due, int64_t *ret_us);

#endif

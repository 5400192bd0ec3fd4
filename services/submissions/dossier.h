/* services/submissions/dossier.h - what the parts of the dossier's core share: decisions and memories that core_dossier.c
 * tabulates, and what editions and entries ask of a dossier.
 *
 * Threads    pure.
 */
#ifndef SANGKIEN_SERVICES_SUBMISSIONS_DOSSIER_H
#define SANGKIEN_SERVICES_SUBMISSIONS_DOSSIER_H

#include "services/submissions/submissions.h"

#define DOSSIER_IS(state) SUBMISSIONS__DOSSIER_STATE__DOSSIER_STATE_##state

/* ------------------------------------------------------------------ core_dossier_require.c */

/* Does it lie with the entrant agency, so that a deadline runs? */
bool dossier_is_awaited(const struct dossier *dossier);

/* The moment from which on it is too late. */
int64_t dossier_limit_us(const struct dossier *dossier);

/* Is it awaited still, and too late for it at that moment? */
bool dossier_is_late(const struct dossier *dossier, int64_t at_us);

/* Has the dossier say at that moment whether it is overdue. */
void dossier_remind_at(struct events *out, const struct uuid *dossier, int64_t due_us);

/* The entry owes a dossier by the end of that deadline. */
void dossier_say_required(struct events *out, const struct entry *entry, Types__Deadline *due,
                          int64_t due_us);
int dossier_require(const struct given *given, const void *command, struct events *out);
void dossier_required(void *state, const void *event);

/* ------------------------------------------------------------------ core_dossier_money.c */

/* Does anybody still have to hand it in, to look at it, or to appraise it? */
bool dossier_is_unfinished(const struct dossier *dossier);
struct uuid dossier_of_case(const struct given *given, const void *event);
int dossier_hear_opened(const struct given *given, const void *event, struct events *out);
int dossier_hear_granted(const struct given *given, const void *event, struct events *out);
int dossier_hear_ended(const struct given *given, const void *event, struct events *out);
void dossier_funding_noted(void *state, const void *event);

#endif

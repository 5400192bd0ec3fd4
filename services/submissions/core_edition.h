/* services/submissions/core_edition.h - what core_edition.c's tables name, and what the parts of an edition's core share.
 *
 * Shapes     a decision is named submissions_<verb phrase>, what is remembered submissions_<participle>.
 * Threads    pure.
 */
#ifndef SANGKIEN_SERVICES_SUBMISSIONS_CORE_EDITION_H
#define SANGKIEN_SERVICES_SUBMISSIONS_CORE_EDITION_H

#include "services/submissions/submissions.h"

#define EDITION_IS(state) SUBMISSIONS__EDITION_STATE__EDITION_STATE_##state

/* core_registration.c */
void submissions_wake_at(struct events *out, int64_t due_us);
int submissions_open_registration(const struct given *given, const void *command,
                                  struct events *out);
int submissions_close_registration(const struct given *given, const void *command,
                                   struct events *out);
int submissions_come_due(const struct given *given, const void *message, struct events *out);
int submissions_confirm_entrants(const struct given *given, const void *command,
                                 struct events *out);
void submissions_entrants_confirmed(void *state, const void *event);
int submissions_extend_registration(const struct given *given, const void *command,
                                    struct events *out);
void submissions_registration_extended(void *state, const void *event);

/* core_rules.c: are the edition's rules whole, and do they go together? Names all that is not so, and refuses
 * RULES_INCOMPLETE or RULES_INCONSISTENT; or gives the moments at which registration opens and closes. */
int submissions_judge_rules(const struct given *given, const struct edition *edition,
                            struct events *out, int64_t *ret_opens_us,
                            int64_t *ret_closes_us) MUST_CHECK;

/* core_local.c */
int submissions_create_local_edition(const struct given *given, const void *command,
                                     struct events *out);
void submissions_edition_above(const struct given *given, const void *command, struct keys *keys);
int submissions_report_local_results(const struct given *given, const void *command,
                                     struct events *out);
void submissions_local_results_reported(void *state, const void *event);

/* core_rounds.c */
int submissions_round_started(const struct given *given, const void *event, struct events *out);
int submissions_round_confirmed(const struct given *given, const void *event, struct events *out);
int submissions_round_annulled(const struct given *given, const void *event, struct events *out);
int submissions_judging_closed(const struct given *given, const void *event, struct events *out);
void submissions_judging_ended(void *state, const void *event);
int submissions_reopen_judging(const struct given *given, const void *command, struct events *out);
void submissions_judging_reopened(void *state, const void *event);
struct uuid submissions_edition_started(const struct given *given, const void *event);
struct uuid submissions_edition_ranked(const struct given *given, const void *event);
struct uuid submissions_edition_set_back(const struct given *given, const void *event);
void submissions_entries_started(const struct given *given, const void *event, struct keys *keys);
void submissions_entries_ranked(const struct given *given, const void *event, struct keys *keys);
void submissions_entries_set_back(const struct given *given, const void *event, struct keys *keys);
void submissions_outcome_noted(void *state, const void *event);

/* core_jury.c: says of a blind round, once it began, that it has these judges; and that judging is over, of all of them. */
void submissions_blind(const struct given *given, const Appraisal__RoundStarted *heard,
                       struct events *out);
void submissions_blind_again(const struct given *given, const struct jury *jury,
                             struct events *out);
void submissions_release(const struct given *given, const struct jury *jury, struct events *out);
void submissions_its_jury(const struct given *given, const void *message, struct keys *keys);

/* core_results.c */
int submissions_confirm_results(const struct given *given, const void *command, struct events *out);
void submissions_entries_named(const struct given *given, const void *command, struct keys *keys);
void submissions_results_confirmed(void *state, const void *event);

/* core_follow_up.c */
int submissions_publish_results(const struct given *given, const void *command, struct events *out);
int submissions_start_follow_up(const struct given *given, const void *command, struct events *out);
int submissions_archive_edition(const struct given *given, const void *command, struct events *out);
void submissions_entries_placed(const struct given *given, const void *command, struct keys *keys);
void submissions_results_published(void *state, const void *event);
void submissions_follow_up_started(void *state, const void *event);

#endif

/* services/submissions/entry.h - what the parts of the entry's core share: decisions and memories that
 * core_entry.c tabulates.
 *
 * Shapes     a decision is named entry_<verb phrase>, what is remembered entry_<participle>, and which further
 *            aggregates a decision needs entry_needs_<these>.
 * Threads    pure.
 */
#ifndef SANGKIEN_SERVICES_SUBMISSIONS_ENTRY_H
#define SANGKIEN_SERVICES_SUBMISSIONS_ENTRY_H

#include "services/submissions/core_edition.h"

#define ENTRY_IS(state) SUBMISSIONS__ENTRY_STATE__ENTRY_STATE_##state

/* What a draft consists of, whether it is the first or a later one. */
struct content {
    Submissions__EntryKind entry_kind;
    const char *title;
    const char *summary;
    const char *track;
    Submissions__Author **authors;
    size_t n_authors;
    Submissions__Evidence **evidence;
    size_t n_evidence;
    Submissions__Declaration **declarations;
    size_t n_declarations;
};

/* ------------------------------------------------------------------ core_eligibility.c */

/* May this agency enter this, by the rules of the edition? All is allowed where it has none. */
int submissions_judge_eligibility(const struct given *given, const struct edition *edition,
                                  const struct content *content, struct events *out) MUST_CHECK;

/* The same of an entry that is there, when it is handed in or registered: what can have changed since it was drafted. */
int submissions_judge_still_eligible(const struct given *given, const struct edition *edition,
                                     const struct entry *entry, struct events *out) MUST_CHECK;

/* In which the agency competes; NULL: in none. */
const Submissions__Cluster *submissions_cluster_of(const Submissions__EditionRules *rules,
                                                   const struct uuid *agency);

/* Years that are complete on that day. Whoever was born on 29 February completes one on 1 March where the year
 * has no such day. */
int submissions_age_on(const Types__Date *born, const Types__Date *day);

/* ------------------------------------------------------------------ core_entrant.c */

bool submissions_limits_entries(const struct edition *edition);
int submissions_judge_room(const struct edition *edition, const struct entrant *entrant,
                           const char *team, struct events *out) MUST_CHECK;

/* Says that the agency has one entry more, or less, where the edition limits them. */
void submissions_count(struct events *out, const struct edition *edition,
                       const struct uuid *edition_id, const struct uuid *agency, const char *team,
                       int32_t change);

/* The agency whose local contest it was sent one more entry up. */
void submissions_count_promotion(struct events *out, const struct uuid *above,
                                 const struct uuid *agency, const char *winner_id);

/* ------------------------------------------------------------------ core_roll.c */

/* On which an entry of that agency is counted; nil where the edition is judged elsewhere. */
struct uuid submissions_roll_of(const struct edition *edition, const struct uuid *agency);
void submissions_need_roll(const struct given *given, struct keys *keys);
/* Has a round room for one more? Refuses TOO_MANY_ENTRIES. */
int submissions_judge_roll(const struct roll *roll, struct events *out) MUST_CHECK;
void submissions_count_on_roll(struct events *out, const struct edition *edition,
                               const struct entry *entry, int32_t change);

/* ------------------------------------------------------------------ core_entry_draft.c */

void entry_needs_for_draft(const struct given *given, const void *command, struct keys *keys);
int entry_create(const struct given *given, const void *command, struct events *out);
int entry_revise(const struct given *given, const void *command, struct events *out);
void entry_drafted(void *state, const void *event);
void entry_revised(void *state, const void *event);

/* ------------------------------------------------------------------ core_entry_promotion.c */

void submissions_needs_for_promotion(const struct given *given, const Submissions__CreateEntry *ask,
                                     struct keys *keys);
int submissions_judge_promotion(const struct given *given, const Submissions__CreateEntry *ask,
                                size_t nth, struct events *out) MUST_CHECK;
void submissions_say_promoted(const struct given *given, const Submissions__CreateEntry *ask,
                              struct events *out);
void entry_promoted(void *state, const void *event);

/* Is it still what it was before, by its title and its authors? Refuses PROMOTED_CONTENT. */
int submissions_judge_lineage(const struct entry *before, const char *title,
                              Submissions__Author *const *authors, size_t count,
                              struct events *out) MUST_CHECK;

/* The entry as which this one goes on; refuses PROMOTED_ENTRY_LIVES while that is in its contest. */
void submissions_need_promoted(const struct given *given, struct keys *keys);
int submissions_judge_leaving_origin(const struct given *given) MUST_CHECK;

/* The entry as which this one won below; refuses NOT_PROMOTABLE when it has left. */
void submissions_need_origin(const struct given *given, struct keys *keys);
int submissions_judge_origin(const struct given *given) MUST_CHECK;

/* ------------------------------------------------------------------ core_entry_submit.c */

bool entry_is_ours(const struct given *given, const struct entry *entry);

/* May content of an entry that is there still come in, as it arrived? */
int entry_judge_time(const struct given *given, const struct edition *edition) MUST_CHECK;
void entry_needs_edition(const struct given *given, const void *command, struct keys *keys);
int entry_submit(const struct given *given, const void *command, struct events *out);
void entry_submitted(void *state, const void *event);

/* ------------------------------------------------------------------ core_entry_join.c */

int entry_join(const struct given *given, const void *command, struct events *out);
int entry_leave(const struct given *given, const void *command, struct events *out);
void entry_joined(void *state, const void *event);
void entry_left(void *state, const void *event);

/* ------------------------------------------------------------------ core_entry_examine.c */

void entry_needs_count(const struct given *given, const void *command, struct keys *keys);
void entry_needs_for_registration(const struct given *given, const void *command,
                                  struct keys *keys);
/* Is the person an author of its latest draft? */
bool submissions_wrote(const struct entry *entry, const struct uuid *person);
int entry_return(const struct given *given, const void *command, struct events *out);
int entry_refuse(const struct given *given, const void *command, struct events *out);
int entry_register(const struct given *given, const void *command, struct events *out);
void entry_returned(void *state, const void *event);
void entry_refused(void *state, const void *event);
void entry_registered(void *state, const void *event);

/* ------------------------------------------------------------------ core_entry_result.c */

int entry_record_result(const struct given *given, const void *command, struct events *out);
void entry_assigned(void *state, const void *event);
void entry_advanced(void *state, const void *event);
void entry_eliminated(void *state, const void *event);
void entry_reached_final(void *state, const void *event);
void entry_placed(void *state, const void *event);
void entry_reinstated(void *state, const void *event);
void entry_back_in_final(void *state, const void *event);
void entry_awarded(void *state, const void *event);
void entry_not_awarded(void *state, const void *event);

/* ------------------------------------------------------------------ core_entry_accuse.c */

int entry_accuse(const struct given *given, const void *command, struct events *out);
int entry_answer(const struct given *given, const void *command, struct events *out);
int entry_dismiss(const struct given *given, const void *command, struct events *out);
int entry_disqualify(const struct given *given, const void *command, struct events *out);
void entry_accused(void *state, const void *event);
void entry_answered(void *state, const void *event);
void entry_cleared(void *state, const void *event);
void entry_disqualified(void *state, const void *event);

/* ------------------------------------------------------------------ core_entry_leave.c */

void entry_needs_dossier(const struct given *given, const void *command, struct keys *keys);
void entry_needs_for_annulment(const struct given *given, const void *command, struct keys *keys);
int entry_judge_archive(const struct edition *edition) MUST_CHECK;
void entry_needs_all(const struct given *given, const void *command, struct keys *keys);

/* What goes with an entry that leaves: its dossier, and its place among its agency's entries and on the roll. Where
 * entry_needs_all said what is needed. */
void entry_take_along(const struct given *given, struct events *out);
int entry_withdraw(const struct given *given, const void *command, struct events *out);
int entry_annul(const struct given *given, const void *command, struct events *out);
void entry_annulled(void *state, const void *event);
struct uuid entry_paid_for(const struct given *given, const void *event);
int entry_hear_of_money(const struct given *given, const void *event, struct events *out);
void entry_paid(void *state, const void *event);

/* ------------------------------------------------------------------ core_entry_show.c */

void entry_needs_to_be_shown(const struct given *given, const void *ask, struct keys *keys);
/* The latest draft, who of the co-entrants agreed to what, and LAPSED for a draft whose edition is not open any more. */
bool entry_is_hidden(const struct given *given);
void entry_show(const struct given *given, void *state);

#endif

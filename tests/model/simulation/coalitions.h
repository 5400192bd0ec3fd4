/* tests/model/simulation/coalitions.h - what is noted of co-entrants, of local contests and of what goes on from there, and
 * of how many are registered. */
#ifndef SANGKIEN_TESTS_MODEL_COALITIONS_H
#define SANGKIEN_TESTS_MODEL_COALITIONS_H

#include "sangkien/submissions/v1/events.pb-c.h"
#include "tests/model/simulation/notes.h"

/* In check_coalitions.c. */
void learn_co_entrants(const struct fact *fact, const Submissions__EntryDrafted *drafted);
void learn_next_draft(const struct fact *fact, const Submissions__EntryRevised *revised);
void learn_co_entrant_joined(const struct fact *fact, const void *event);
void learn_co_entrant_left(const struct fact *fact, const void *event);
void judge_agreement(const struct fact *fact, const Submissions__EntryRegistered *registered);
void judge_leaving(const struct fact *fact);
void learn_contest_counted(const struct fact *fact, const void *event);
void learn_agency_promotion(const struct fact *fact, const void *event);

/* In check_roll.c. */
void learn_registered(const struct fact *fact, const Submissions__EntryRegistered *registered);
void learn_gone(const struct fact *fact);
void learn_roll_counted(const struct fact *fact, const void *event);
void check_roll(const struct fact *fact);

#endif

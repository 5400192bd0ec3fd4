/* tests/model/simulation/commands_judging.h - makers of what is asked of councils, rounds and score sheets; see commands.h. */
#ifndef SANGKIEN_TESTS_MODEL_COMMANDS_JUDGING_H
#define SANGKIEN_TESTS_MODEL_COMMANDS_JUDGING_H

#include "services/appraisal/judging.h"
#include "tests/model/simulation/commands.h"

/* commands_judging.c */
bool constitute_council(struct draft *d);
bool declare_conflicts(struct draft *d);
bool dissolve_council(struct draft *d);
bool plan_round(struct draft *d);
bool assign_to_round(struct draft *d);
bool start_round(struct draft *d);
bool annul_round(struct draft *d);
bool close_judging(struct draft *d);

/* commands_sheets.c */
bool save_sheet(struct draft *d);
bool lock_sheet(struct draft *d);
bool reopen_sheet(struct draft *d);
bool excuse_sheet(struct draft *d);
bool propose_ranking(struct draft *d);
bool decide_tie(struct draft *d);
bool confirm_round(struct draft *d);

/* One of the round's members with that seat, but for some. */
struct uuid seated_in(const struct round *r, int seat);

/* The contender of that id; NULL: there is none. */
const struct contender *contender_of(const struct draft *d, const struct uuid *id);

#endif

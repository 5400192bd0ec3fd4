/* tests/model/simulation/commands_editions.h - makers of what is asked of editions; see commands.h. */
#ifndef SANGKIEN_TESTS_MODEL_COMMANDS_EDITIONS_H
#define SANGKIEN_TESTS_MODEL_COMMANDS_EDITIONS_H

#include "tests/model/simulation/commands.h"

bool create_edition(struct draft *d);
bool create_local_edition(struct draft *d);
bool set_edition_rules(struct draft *d);
int64_t programme_rules_seen(const struct tenant *programme);
bool publish_edition(struct draft *d);
bool open_registration(struct draft *d);
bool extend_registration(struct draft *d);
bool close_registration(struct draft *d);
bool confirm_entrants(struct draft *d);
bool confirm_results(struct draft *d);
bool reopen_judging(struct draft *d);
bool publish_results(struct draft *d);
bool start_follow_up(struct draft *d);
bool archive_edition(struct draft *d);
bool report_local_results(struct draft *d);
bool cancel_edition(struct draft *d);

#endif

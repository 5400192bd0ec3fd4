/* tests/model/simulation/commands_rules.h - rules of an edition, made up. */
#ifndef SANGKIEN_TESTS_MODEL_COMMANDS_RULES_H
#define SANGKIEN_TESTS_MODEL_COMMANDS_RULES_H

#include "services/submissions/submissions.h"

enum { COST_CAP_VND = 50000000 };

/* Mostly such as can be published; of a provincial edition or a local one, and of no edition where none is known. */
Submissions__EditionRules *any_rules(const struct edition *edition);

#endif

/* tests/model/simulation/commands_dossiers.h - makers of what is asked of dossiers; see commands.h. */
#ifndef SANGKIEN_TESTS_MODEL_COMMANDS_DOSSIERS_H
#define SANGKIEN_TESTS_MODEL_COMMANDS_DOSSIERS_H

#include "tests/model/simulation/commands.h"

bool require_dossier(struct draft *d);
bool submit_dossier(struct draft *d);
bool return_dossier(struct draft *d);
bool accept_dossier(struct draft *d);

#endif

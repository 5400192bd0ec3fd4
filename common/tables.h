/* common/tables.h - are a service's tables what they should be? And how do they look as a picture?
 *
 * Errors     ERR_FATAL with the first thing that is wrong.
 */
#ifndef SANGKIEN_COMMON_TABLES_H
#define SANGKIEN_COMMON_TABLES_H

#include <stdio.h>

#include "common/service.h"

/* Each message handled once, each (from, event) once, every state entered by a row can be left or is an
 * end, every reason said, every refusal with a sentence, every query complete. */
int tables_check(const struct service *service) MUST_CHECK;

/* A Mermaid state diagram of every kind, from its transition table. */
void tables_describe(const struct service *service, FILE *out);

#endif

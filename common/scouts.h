/* common/scouts.h - finds out which journals have grown by something that this service hears.
 *
 * Shapes     a scout stands in every programme, in memory, ahead of the cursor: what lies between concerns
 *            nobody here. The cursor itself follows when it must: at a relevant event, or a stride behind.
 * Threads    belongs to the writer's thread.
 */
#ifndef SANGKIEN_COMMON_SCOUTS_H
#define SANGKIEN_COMMON_SCOUTS_H

#include "common/db.h"
#include "common/list.h"
#include "common/service.h"

enum { PROGRAMME_SIZE = 65 };

struct scouts;

int scouts_open(struct db *db, const struct service *service,
                struct scouts **ret_scouts) MUST_CHECK;
void scouts_close(struct scouts **scouts_p);

/* Queues the question. */
void scouts_ask(struct scouts *scouts, struct db *db);

/* After the run: the names of the programmes where hearing_run, or hearing_drain, has something to do. */
void scouts_take(struct scouts *scouts, const struct db_result *result, struct list *hear,
                 struct list *drain);

#endif

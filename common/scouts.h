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

/* Names of programmes where hearing_run, or hearing_drain, has something to do. */
struct findings {
    struct list hear; /* of char[PROGRAMME_SIZE] */
    struct list drain;
    bool has_more; /* the end of some journal is not yet in sight */
};

int scouts_open(struct db *db, const struct service *service,
                struct scouts **ret_scouts) MUST_CHECK;
void scouts_close(struct scouts **scouts_p);

/* Queues the question. */
void scouts_ask(struct scouts *scouts, struct db *db);

/* After the run: takes what was found. */
void scouts_take(struct scouts *scouts, const struct db_result *result, struct findings *findings);

/* Lets the cursors follow that are a stride behind. */
int scouts_pass(struct scouts *scouts, struct db *db) MUST_CHECK;

#endif

/* common/errand.h - work that must not sit inside a transaction, done by a thread beside the service loop.
 *
 * Shapes     the errand claims rows of its own table, does the work, and reports by a message to its own
 *            service, which is handled like a command of the runtime (ONLY_RUNTIME).
 * Errors     as elsewhere. An errand that returns an error is started again after a pause.
 * Threads    one thread per process; the errand's connection is its own.
 */
#ifndef SANGKIEN_COMMON_ERRAND_H
#define SANGKIEN_COMMON_ERRAND_H

#include <stdbool.h>
#include <stdint.h>

#include "common/config.h"
#include "common/db.h"
#include "common/id.h"

struct errands;

const struct config *errand_config(const struct errands *errands);
struct db *errand_db(struct errands *errands);

/* Waits until there may be something to do: false when it is time to stop. */
bool errand_wait(struct errands *errands, int64_t milliseconds);

/* Says a message to an aggregate of the own service. Its id follows from (message type, subject, number):
 * saying it again has no second effect. Returns when it is decided. */
int errand_say(struct errands *errands, const char *programme, const struct uuid *subject,
               int64_t number, const void *message) MUST_CHECK;

#endif

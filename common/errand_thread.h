/* common/errand_thread.h - starts and ends the thread of errand.h; main's side of it.
 *
 * Threads    errands_close is called while the loop still runs: a report under way must be decided.
 */
#ifndef SANGKIEN_COMMON_ERRAND_THREAD_H
#define SANGKIEN_COMMON_ERRAND_THREAD_H

#include "common/errand.h"
#include "common/loop.h"

int errands_open(const struct process *process, struct errands **ret_errands) MUST_CHECK;
void errands_start(struct errands *errands, struct loop *loop);
void errands_close(struct errands **errands_p);

#endif

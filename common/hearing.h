/* common/hearing.h - a consumer's turn: the events of one programme that have not been heard yet.
 *
 * Shapes     the cursor row of (consumer, programme) is taken with SKIP LOCKED: who does not get it, leaves
 *            it to the replica that has it. The cursor moves in the transaction of the effects.
 * Errors     ERR_POISON: some event among them cannot be taken; hear again with fewer, and at last with
 *            the reason for which the one is to be parked.
 * Threads    belongs to the writer's thread.
 */
#ifndef SANGKIEN_COMMON_HEARING_H
#define SANGKIEN_COMMON_HEARING_H

#include "common/batch.h"

int hearing_prepare(struct db *db) MUST_CHECK;

/* Does the service hear anything at all? */
bool hearing_is_needed(const struct service *service);

/* Adds the types of all events that the service hears, as an array parameter. */
void hearing_put_types(struct db *db, const struct service *service);

/* Why the later events of a parked subject wait; when the earlier one is gone, they are free to go. */
#define HEARING_BEHIND "an earlier event of this subject is parked"

struct heard {
    bool has_more;
    size_t events;
    size_t parked;
    struct hint hint; /* what the journal has grown by */
};

/* An event that failed alone, and why. Another replica may have parked it meanwhile: it goes by position. */
struct failure {
    int64_t position; /* 0: none */
    char reason[512];
};

/* Takes at most limit events; the one of the failure is parked. When it fails with limit 1, ret_failure
 * names the event. */
int hearing_run(struct writer *writer, struct arena *letters, const char *programme, int64_t limit,
                const struct failure *known, struct failure *ret_failure,
                struct heard *ret_heard) MUST_CHECK;

/* Tries what an administrator has given a verdict on, in position order. */
int hearing_drain(struct writer *writer, struct arena *letters, const char *programme,
                  struct heard *ret_heard) MUST_CHECK;

#endif

/* services/gateway/door.h - the two doors: clients outside, workers inside, and everything between them.
 *
 * Shapes     one thread owns both ROUTERs and the PAIR to the feed; nothing it does waits.
 * Errors     ERR_FATAL before anything is bound when a key, a file, the self-test or the database is not
 *            as it must be.
 * Threads    the one that opens it runs it and closes it.
 * Source     proto/sangkien/wire/v1/wire.proto and worker.proto.
 */
#ifndef SANGKIEN_GATEWAY_DOOR_H
#define SANGKIEN_GATEWAY_DOOR_H

#include "common/process.h"

struct door;

/* Everything is there and tried, but bound nowhere. */
int door_open(const struct process *process, struct door **ret_door) MUST_CHECK;

/* Binds when the directory has been read, and serves until the signal. */
int door_run(struct door *door) MUST_CHECK;

void door_close(struct door **door_p);

#endif

/* common/foresight.h - reads what the next batch will need while the one before it is being committed.
 *
 * Shapes     everything that decisions look at is written under the lock of the programme's head, and moves its
 *            position. So what was read beforehand is still true if, when the head is locked, its position is the
 *            one that was read with it; or if nobody but this writer has moved it, and what he changed is read again.
 * Errors     none that matter: without foresight a batch reads everything itself.
 * Ownership  the world that foresight_use gives lies in the writer's arena, which it trades for its own.
 * Threads    belongs to the writer's thread.
 */
#ifndef SANGKIEN_COMMON_FORESIGHT_H
#define SANGKIEN_COMMON_FORESIGHT_H

#include "common/batch.h"

/* A connection of its own. */
int foresight_open(const struct service *service, const char *dsn,
                   struct foresight **ret_foresight) MUST_CHECK;
void foresight_close(struct foresight **foresight_p);

/* Begins to read for these letters, unless that would not pay. */
void foresight_look(struct writer *writer, const char *programme, struct letter **letters,
                    size_t count);

/* Takes what was read as soon as it comes, unless the writer's own connection has something to say before. */
void foresight_take(struct writer *writer);

/* This writer has taken the journal from one position to another, changing what has changed in the world. */
void foresight_note(struct foresight *foresight, const char *programme, int64_t from, int64_t to,
                    struct world *world);

/* What was read for just these letters, and the position that the head must have for it to be true. NULL:
 * nothing was, and the writer's arena is as it was. */
struct world *foresight_use(struct writer *writer, const char *programme, struct letter **letters,
                            int64_t *ret_position);

/* Something is being read, and has not come yet. */
bool foresight_is_waited_for(const struct foresight *foresight);

/* What was read is for nobody any more. */
void foresight_forget(struct foresight *foresight);

/* The same, and the connection is made anew: the writer has another one. */
void foresight_renew(struct foresight *foresight);

/* The head had another position: somebody else writes there too, as a rule. */
void foresight_blame(struct foresight *foresight);

#endif

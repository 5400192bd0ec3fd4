/* common/footing.h - what a writer knows of a programme without asking: where its head is, and aggregates that many
 * commands look at.
 *
 * Shapes     everything that decisions look at is written under the lock of the programme's head, and moves it. So what
 *            was true when this writer left the head is true for as long as nobody else has moved it; whoever
 *            decides on it takes the head as it is known, and fails when it is another: see journal_take.
 * Ownership  copies: what is kept is the footing's, what is brought the batch's.
 * Threads    belongs to the writer's thread.
 */
#ifndef SANGKIEN_COMMON_FOOTING_H
#define SANGKIEN_COMMON_FOOTING_H

#include "common/journal.h"
#include "common/letter.h"
#include "common/world.h"

struct footing;

struct footing *footing_new(void);
void footing_free(struct footing **footing_p);

/* The writer takes the programme from one head to another, where the world is as it is now: what it has changed is not
 * known any more, what the letters looked at beside their own subject is kept. */
void footing_move(struct footing *footing, const struct journal_head *from,
                  const struct journal_head *to, struct world *world, struct letter *const *letters,
                  size_t count);

/* Nothing is known; nor will be for some batches: others write here too, or something must be asked for,
 * or what was taken for granted was not so. */
void footing_lose(struct footing *footing);

/* NULL: it is not known. */
const struct journal_head *footing_head(const struct footing *footing, const char *programme);

/* Copies the aggregate into the world, whole. false: it is not known. */
bool footing_bring(const struct footing *footing, const struct kind *kind, struct uuid id,
                   struct world *world);

#endif

/* common/store.h - loads and saves the aggregates of a batch, by their column tables.
 *
 * Shapes     a statement per kind and child, each over the whole batch.
 * Errors     0 or a negative ERR_*.
 * Ownership  the statements live as long as the store; what is loaded lies in the arena.
 * Threads    belongs to the thread of its connection.
 */
#ifndef SANGKIEN_COMMON_STORE_H
#define SANGKIEN_COMMON_STORE_H

#include "common/db.h"
#include "common/service.h"
#include "common/world.h"

struct store;

/* Makes and prepares every statement of the service's kinds. A reader's store only loads. */
int store_open(struct db *db, const struct service *service, bool writes,
               struct store **ret_store) MUST_CHECK;
void store_close(struct store **store_p);

/* Queues the load of these aggregates of one kind: the first so many whole, the rest without child rows. */
void store_load(struct store *store, const struct kind *kind, const char *programme,
                const struct uuid *ids, size_t count, size_t whole);

/* After the run: takes what the loads brought, in the order in which they were queued. The ids that were
 * not there are held with version 0. first is the place of the first load among the results; *first_p
 * moves behind the last. */
int store_loaded(struct store *store, struct world *world, struct arena *arena,
                 size_t *first_p) MUST_CHECK;

/* Forgets which loads were queued: the transaction is over. */
void store_forget(struct store *store);

/* Of a queued write: how many rows its result is to tell of. */
struct write {
    const char *what;
    size_t rows;
};

/* Queues the writes of all that changed in the world; adds them to a list of struct write. */
void store_save(struct store *store, struct world *world, const char *programme,
                struct list *writes);

/* Queues the insertion of rows that stand beside the fold. All of one table. */
void store_put_asides(struct store *store, const char *programme, const struct list *asides,
                      struct list *writes);

/* After the run: did every write touch as many rows as it should? */
int store_check(const struct db *db, const struct list *writes, size_t *first_p) MUST_CHECK;

#endif

/* common/judge.h - decides the fate of each letter of a batch: known? late? allowed? and then what the
 * core says.
 *
 * Errors     ERR_POISON when a heard event cannot be taken: the batch must leave it out.
 * Threads    pure, but for the authority that it reads.
 */
#ifndef SANGKIEN_COMMON_JUDGE_H
#define SANGKIEN_COMMON_JUDGE_H

#include "common/batch.h"

/* What surrounds the decisions of one attempt. */
struct verge {
    struct arena *arena;
    const struct writer *writer;
    int64_t now_us;
    bool has_journal;   /* the programme has one */
    bool is_founded;    /* a letter of this batch makes it */
    bool has_timers;    /* the timers were asked, */
    bool has_known;     /* and the inbox */
    struct list known;  /* requests that were answered before */
    struct list timers; /* ids of the timers that were still there */
};

void verge_init(struct verge *verge, struct arena *arena, const struct writer *writer,
                int64_t now_us);

/* Copies a row (source, id, request_digest, reply, salt). */
void verge_add_known(struct verge *verge, const struct db_result *result, size_t row);

/* Folds duplicates inside the batch. */
void judge_twins(struct arena *arena, struct letter **letters, size_t count);

int judge_all(struct verge *verge, struct world *world, struct letter **letters,
              size_t count) MUST_CHECK;

/* Does any handler of the service make new programmes? */
bool service_founds(const struct service *service);

#endif

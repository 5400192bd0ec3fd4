/* common/batch_state.h - what the parts of one attempt at a batch share. Not for others. */
#ifndef SANGKIEN_COMMON_BATCH_STATE_H
#define SANGKIEN_COMMON_BATCH_STATE_H

#include "common/batch.h"
#include "common/judge.h"

/* One attempt. */
struct batch {
    struct writer *writer;
    struct db *db; /* with its store: the writer's, or that of his foresight */
    struct store *store;
    struct arena *arena;
    const char *programme;
    struct letter **letters;
    size_t count;
    const struct hearing *hearing;
    struct world *world;
    /* The head's position for which what the world holds is true; -1: it holds nothing. */
    int64_t foreseen;
    struct verge verge; /* what surrounds a decision */
    struct journal_head head;
    int64_t from;         /* the head's position as it was found */
    size_t upto;          /* the first kind whose keys are not known before others are loaded */
    struct list events;   /* of struct journal_row */
    struct list requests; /* of struct inbox_row */
    bool writes, journals, founds;
};

void batch_init(struct batch *b, struct writer *writer, struct arena *arena, const char *programme,
                struct letter **letters, size_t count);

int batch_prepare_load(struct db *db) MUST_CHECK;
int batch_prepare_write(struct db *db) MUST_CHECK;

/* Queues the load of all that can be known without having loaded anything. */
void batch_ask_first(struct batch *b);

/* Locks the head, looks up what surrounds the decisions, and loads what the world does not hold yet: queued, and
 * then waited for. */
void batch_ask_load(struct batch *b);
int batch_load(struct batch *b) MUST_CHECK;

/* Sends what was decided, and COMMIT; and sees what came of it. */
void batch_write(struct batch *b);
int batch_written(struct batch *b) MUST_CHECK;

#endif

/* common/batch_state.h - what the parts of one attempt at a batch share. Not for others. */
#ifndef SANGKIEN_COMMON_BATCH_STATE_H
#define SANGKIEN_COMMON_BATCH_STATE_H

#include "common/batch.h"
#include "common/judge.h"

/* One attempt. */
struct batch {
    struct writer *writer;
    struct db *db;
    struct arena *arena;
    const char *programme;
    struct letter **letters;
    size_t count;
    const struct hearing *hearing;
    struct world *world;
    struct verge verge; /* what surrounds a decision */
    struct journal_head head;
    struct list events;   /* of struct journal_row */
    struct list requests; /* of struct inbox_row */
    size_t alarms;
};

int batch_prepare_load(struct db *db) MUST_CHECK;
int batch_prepare_write(struct db *db) MUST_CHECK;

/* Loads and locks all that the letters need, rank by rank, and looks up what surrounds the decisions. */
int batch_load(struct batch *b) MUST_CHECK;

/* Writes what was decided, and commits. */
int batch_write(struct batch *b, struct hint *ret_hint) MUST_CHECK;

#endif

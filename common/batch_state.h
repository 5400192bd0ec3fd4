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
    struct verge verge;        /* what surrounds a decision */
    struct journal_head found; /* as it was when it was locked, or as it is taken to be */
    struct journal_head head;  /* as this batch leaves it */
    size_t upto;          /* the first kind whose keys are not known before others are loaded */
    struct list events;   /* of struct journal_row */
    struct list requests; /* of struct inbox_row */
    struct list saved;    /* of struct write */
    bool writes, journals, founds;
    bool is_guess; /* decided without a lock: see footing.h */
    bool is_peek;  /* reads without one what a guess is missing */
    bool is_noted; /* what is read ahead takes it for committed */
};

void batch_init(struct batch *b, struct writer *writer, struct arena *arena, const char *programme,
                struct letter **letters, size_t count);

/* Forgets what was decided. */
void batch_restart(struct batch *b);

int batch_prepare_load(struct db *db) MUST_CHECK;
int batch_prepare_write(struct db *db) MUST_CHECK;

/* Queues the load of all that can be known without having loaded anything. */
void batch_ask_first(struct batch *b);

/* Queues the load of what is missing among all that the letters are known to need. false: nothing is. */
bool batch_ask_missing(struct batch *b);

/* Locks the head, looks up what surrounds the decisions, and loads what the world does not hold yet: queued, and
 * then waited for. */
void batch_ask_load(struct batch *b);
int batch_load(struct batch *b) MUST_CHECK;

/* Must the letter be decided by its core, and does it only look whether its subject is there? */
bool batch_needs_world(const struct letter *letter);
bool batch_creates(const struct letter *letter);

/* Which aggregates the letter needs beside its own; state NULL: its own is not known. */
void batch_name_keys(struct batch *b, struct letter *letter, const void *state);

/* Decides and sends all of it at once, if everything that it needs is known. false: nothing was decided. */
bool batch_guess(struct batch *b);

/* After that: asks for what is missing, without a lock, if it may be guessed then. And takes what came, and guesses. */
bool batch_peek(struct batch *b);
int batch_peeked(struct batch *b) MUST_CHECK;

/* Sends what was decided, and COMMIT; a guess takes the head with it. And sees what came of it. */
void batch_write(struct batch *b);
void batch_write_guess(struct batch *b);
int batch_written(struct batch *b) MUST_CHECK;

#endif

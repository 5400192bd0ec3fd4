/* common/loop_state.h - what the parts of the loop share. Not for others.
 *
 * Threads    everything belongs to the loop's thread but what stands behind lock.
 */
#ifndef SANGKIEN_COMMON_LOOP_STATE_H
#define SANGKIEN_COMMON_LOOP_STATE_H

#include <pthread.h>

#include "common/batch.h"
#include "common/loop.h"
#include "common/queue.h"
#include "common/scouts.h"

enum { TRIES = 5 };

/* Something the errand wants said; it waits until it is done. */
struct saying {
    struct saying *next;
    const char *programme;
    struct uuid subject;
    struct uuid id;
    const ProtobufCMessage *message;
    int rc;
    bool is_done;
};

/* Letters that travel together. */
struct turn {
    struct arena *arena;
    const char *programme;
    struct letter **letters;
    size_t count;
    bool is_sent; /* to be committed, and nobody knows yet what came of it */
};

struct loop {
    const struct process *process;
    const struct config *config;
    const struct service *service;
    struct writer writer;
    struct arena *letters; /* of one batch that is no turn, through all its attempts */
    struct turn turns[2];  /* one in hand, and one that may be gathered meanwhile */
    size_t next;           /* which that is */
    int in_a_row;          /* turns that might have been sent ahead, since the last that was not */
    struct queue *queue;
    struct bus *bus;
    struct uuid self;      /* the service as the source of its own requests */
    struct scouts *scouts; /* NULL: the service hears nothing */
    int64_t poll_at_ms;
    int64_t quiet_until_ms; /* a look makes the next hints wait a moment */
    bool is_hinted;
    int64_t reconnect_at_ms;
    bool is_in_doubt; /* we leave, and nobody can tell whether the last batch was committed */
    pthread_mutex_t lock;
    pthread_cond_t done;
    struct saying *sayings;
    bool is_over;
    struct metric *batches, *letters_in, *refused, *retries, *heard, *parked, *waiting, *seconds;
};

/* Runs the letters until they are decided and answered, or fail for good. */
int loop_try(struct loop *loop, struct letter **letters, size_t count) MUST_CHECK;

/* Takes what has come, and gathers the next turn out of it, or adds to what was gathered. */
void loop_gather(struct loop *loop);

/* What to do while the server commits a batch of so many: as soon as half as many wait again, gathers the next turn;
 * reads for it, if that is worth it: where this batch had little to read, neither will the next; and sends it after the
 * batch, if it can be decided without asking. */
void loop_look_ahead(struct loop *loop, const struct batch *batch, size_t count);

/* What to do when it has: asks it for what the next turn needs, if there is one and nothing else is due. */
void loop_ask_ahead(struct loop *loop);

/* Back to the front of the queue: all that was gathered; or those of these letters that were put off. */
void loop_give_back(struct loop *loop);
void loop_put_off(struct loop *loop, struct letter **letters, size_t count);

/* One batch of commands, if any wait. */
bool loop_do_commands(struct loop *loop);

/* Waits for the database, sending new work away meanwhile; false when it is time to stop. */
bool loop_wait_for_database(struct loop *loop);

/* Is it time for a look? */
bool loop_news_is_due(struct loop *loop);

/* One look at what there is to hear and which alarms are due, and all of it done. true: there is more. */
bool loop_look_for_news(struct loop *loop);
int loop_prepare_news(struct db *db) MUST_CHECK;

/* What the errand has to say, if it has. */
bool loop_has_sayings(struct loop *loop);
bool loop_do_sayings(struct loop *loop);

#endif

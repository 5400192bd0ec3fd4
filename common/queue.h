/* common/queue.h - work that waits, programme by programme, so that each gets its turn.
 *
 * Ownership  takes struct work over, and gives it back.
 * Threads    belongs to the writer's thread.
 */
#ifndef SANGKIEN_COMMON_QUEUE_H
#define SANGKIEN_COMMON_QUEUE_H

#include "common/bus.h"

struct queue;

struct queue *queue_new(void);
void queue_free(struct queue **queue_p);

void queue_add(struct queue *queue, struct work *work);

/* Puts a chain of work back in front of its programme's line. */
void queue_return(struct queue *queue, const char *programme, struct work *first);

/* Up to most pieces of work of the programme whose turn it is, as a chain; NULL when nothing waits. The
 * programme's name lasts until the next queue_take. */
struct work *queue_take(struct queue *queue, size_t most, const char **ret_programme);

size_t queue_length(const struct queue *queue);

#endif

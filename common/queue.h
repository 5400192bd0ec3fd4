/* common/queue.h - work that waits: each programme gets its turn, and in it each system.
 *
 * Shapes     the work of one system in one programme keeps its order; that of several is interleaved.
 * Ownership  takes struct work over, and gives it back.
 * Threads    belongs to the writer's thread.
 */
#ifndef SANGKIEN_COMMON_QUEUE_H
#define SANGKIEN_COMMON_QUEUE_H

#include "common/bus.h"

enum { QUEUE_LATELY = 1024 }; /* takes; who was silent for longer is not reckoned with */

struct queue;

struct queue *queue_new(void);
void queue_free(struct queue **queue_p);

void queue_add(struct queue *queue, struct work *work);

/* Puts a chain of work back in front of its programme's line. */
void queue_return(struct queue *queue, const char *programme, struct work *first);

/* Up to most pieces of work of the programme whose turn it is, as a chain; NULL when nothing waits. Each
 * system has no more of them than its share. The programme's name lasts until the next queue_take. */
struct work *queue_take(struct queue *queue, size_t most, const char **ret_programme);

/* More of the same programme for the batch that was taken last, up to the same shares; NULL when there is none. */
struct work *queue_take_more(struct queue *queue, size_t room, const char *programme);

size_t queue_length(const struct queue *queue);

/* How much of a batch one system may have, when so many systems were about lately. Those that all want more
 * than that fill the batch together. But where one of them is modest, the others do not: whenever it comes, it
 * must wait for the batch before its own and share its own, so both shall be short. */
size_t queue_share(size_t most, size_t systems, bool one_is_modest);

/* Is one about, besides others, that was modest lately? Then nothing should be taken before its time. */
bool queue_is_shared(const struct queue *queue);

#endif

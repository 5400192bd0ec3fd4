/* tests/races/post.h - the loop of a service, and a bus in memory in front of it: the test is the gateway.
 *
 * Threads    the loop runs on a thread of its own; everything here belongs to the test's.
 */
#ifndef SANGKIEN_TESTS_RACES_POST_H
#define SANGKIEN_TESTS_RACES_POST_H

#include "common/process.h"
#include "tests/races/stage.h"

struct post;

/* dsn: how the loop connects. Opens the loop; it runs from post_start on. */
struct post *post_open(struct stage *stage, const struct service *service, const char *dsn);
void post_start(struct post *post);
/* Lets it leave, and waits for its end; what it answered can still be asked. */
void post_leave(struct post *post);
/* The same, and forgets it. */
void post_close(struct post **post_p);

/* Puts a request in line; gives its ticket. */
uint64_t post_send(struct post *post, struct stage *stage, const struct letter *letter);
uint64_t post_send_bytes(struct post *post, struct stage *stage, unsigned person,
                         struct bytes request);
/* Waits for the answer. */
const char *post_answer(struct post *post, struct stage *stage, uint64_t ticket);
Wire__Reply *post_reply(struct post *post, struct stage *stage, uint64_t ticket);
bool post_is_answered(struct post *post, uint64_t ticket);
/* Waits until the loop has told that the journal grew to this position. */
void post_wait_hint(struct post *post, int64_t position);

#endif

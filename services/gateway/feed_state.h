/* services/gateway/feed_state.h - the feed's thread: what it knows, and how it reads the journal.
 *
 * Threads    belongs to the feed's thread, but for the backlog.
 */
#ifndef SANGKIEN_GATEWAY_FEED_STATE_H
#define SANGKIEN_GATEWAY_FEED_STATE_H

#include <pthread.h>

#include "common/authority.h"
#include "common/db.h"
#include "common/health.h"
#include "services/gateway/subscription.h"

/* How far the journal of a programme that somebody listens to has grown, as far as is known. */
struct head {
    char programme[SUBSCRIPTION_NAME_SIZE];
    int64_t position;
};

struct feed {
    void *context;
    const struct process *process;
    struct keys *keys;
    pthread_t thread;
    void *pair;
    atomic_int backlog;
    atomic_bool stops;

    struct db *db;
    struct authority *authority;
    struct arena *arena;
    struct subscriptions all;
    struct head heads[FEED_MOST_SUBSCRIPTIONS];
    size_t head_count;
    size_t turn; /* whose page is next */
    bool is_ready;
    bool is_in_trouble;
    int64_t retry_ms;
    int64_t look_ms; /* when to look at the directory and the heads again */
    int64_t looked_ms;

    struct metric *subscriptions;
    struct metric *delivered;
    struct metric *position;
};

int feed_connect(struct feed *feed) MUST_CHECK;

/* Reads what is new in the directory, and the heads of all programmes listened to. */
int feed_look(struct feed *feed, bool *ret_directory_changed) MUST_CHECK;

/* The rows after a position; valid until the next call or the arena's reset. */
int feed_read_page(struct feed *feed, const char *programme, int64_t after,
                   struct page *ret_page) MUST_CHECK;

struct head *feed_head(struct feed *feed, const char *programme);

/* There is reason to look: soon, but no more often than the database likes. */
void feed_look_soon(struct feed *feed);

/* Does what the door has asked for meanwhile. */
void feed_take_orders(struct feed *feed);

/* Is the system registered, and not revoked? */
bool feed_knows(const struct feed *feed, const struct uuid *system);

/* To the door; takes the frame. Waits while too many are under way. */
void feed_send(struct feed *feed, const struct label *label, zmq_msg_t *frame);

#endif

/* services/gateway/feed_state.h - the feed's thread: what it knows, and how it reads the journal.
 *
 * Threads    belongs to the feed's thread, but for the atomics.
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
    _Atomic int64_t busy_ms; /* when requests were last under way */
    atomic_bool stops;

    struct db *db;
    struct authority *authority;
    struct arena *arena;
    struct subscriptions all;
    struct head heads[FEED_MOST_SUBSCRIPTIONS];
    size_t head_count;
    size_t turn;           /* whose page is next */
    int64_t rest_until_ms; /* no histories before then */
    int64_t full_ms;       /* the next wait for somebody who is full; short after a page */
    struct {
        bool is_open; /* the database was asked for a page, which must be taken before all else */
        char programme[SUBSCRIPTION_NAME_SIZE];
        int64_t after;
    } asked;
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

/* Asks the database for the rows after a position, without waiting for them. */
void feed_ask_page(struct feed *feed, const char *programme, int64_t after);

/* Waits for them; valid until the next call or the arena's reset. */
int feed_take_page(struct feed *feed, struct page *ret_page) MUST_CHECK;

struct head *feed_head(struct feed *feed, const char *programme);

/* Whose page is next; NULL: nobody can be served now. */
struct subscription *feed_next(struct feed *feed, int64_t now_ms);

/* Serves that page, or lets the database begin with it. */
int feed_serve(struct feed *feed, int64_t now_ms) MUST_CHECK;

/* Takes what the database was asked for, so that it can be asked something else. */
int feed_settle(struct feed *feed, int64_t now_ms) MUST_CHECK;

/* There is reason to look: soon, but no more often than the database likes. */
void feed_look_soon(struct feed *feed);

/* Does what the door has asked for meanwhile. */
void feed_take_orders(struct feed *feed);

/* Is the system registered, and not revoked? */
bool feed_knows(const struct feed *feed, const struct uuid *system);

/* To the door; takes the frame. Waits while too many are under way. */
void feed_send(struct feed *feed, const struct label *label, zmq_msg_t *frame);

#endif

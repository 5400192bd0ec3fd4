/* services/gateway/feed.h - the events of the journal, to whoever may see them.
 *
 * Shapes     a thread with a connection of its own; the door hands it orders and gets labelled frames
 *            back, over one PAIR. It also hears the directory and keeps the table of keys.
 * Errors     what goes wrong for good is told by LABEL_FAILED; the database being away is not.
 * Threads    feed_open and feed_close belong to the door's thread; nothing else is shared but keys.
 * Source     proto/sangkien/wire/v1/wire.proto, Subscribe to SubscriptionEnded.
 */
#ifndef SANGKIEN_GATEWAY_FEED_H
#define SANGKIEN_GATEWAY_FEED_H

#include <stdatomic.h>
#include <zmq.h>

#include "common/process.h"
#include "services/gateway/keys.h"

#define FEED_ENDPOINT "inproc://feed"

enum order_kind {
    ORDER_SUBSCRIBE,   /* content: a scanned Subscribe */
    ORDER_CREDIT,      /* content: a scanned Credit */
    ORDER_UNSUBSCRIBE, /* content: a scanned Unsubscribe */
    ORDER_HINT,        /* content: a scanned Hint */
    ORDER_GONE,        /* the connection is no more */
    ORDER_STALLED,     /* this frame could not be sent; go back to before it */
    ORDER_STOP,
};

/* Which frame of which subscription. */
struct mark {
    uint32_t index;
    uint32_t epoch;   /* frames of a stalled epoch are dropped until the feed begins another */
    int64_t previous; /* where to go back to */
    uint64_t sent;    /* events before this frame */
};

/* From the door; the content follows in the same frame. */
struct order {
    enum order_kind kind;
    uint64_t peer;
    struct uuid system;
    struct uuid agency;
    struct mark mark;
};

enum label_kind {
    LABEL_FRAME,  /* a ServerFrame for the peer, in the next frame */
    LABEL_READY,  /* the directory has been read: the keys are there */
    LABEL_FAILED, /* the reason is in the next frame */
};

/* To the door. */
struct label {
    enum label_kind kind;
    uint64_t peer;
    struct mark mark;
    bool may_stall; /* part of a subscription's stream, and not its end */
};

enum {
    FEED_MOST_SUBSCRIPTIONS = 4096,
    FEED_MOST_FRAMES = 512, /* between the threads, each way of counting: then the feed waits */
};

struct feed;

int feed_open(void *context, const struct process *process, struct keys *keys,
              struct feed **ret_feed) MUST_CHECK;
/* After ORDER_STOP or zmq_ctx_shutdown. */
void feed_close(struct feed **feed_p);

/* Orders of clients that the feed has not taken yet: for the door to bound them. */
int feed_backlog(const struct feed *feed);
void feed_count_order(struct feed *feed);

/* Requests are under way: whoever is far behind gives way to them. */
void feed_note_requests(struct feed *feed);

/* For --check: can the database be used as the feed uses it? */
int feed_check(const struct config *config) MUST_CHECK;

#endif

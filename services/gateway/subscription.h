/* services/gateway/subscription.h - who listens to which programme, how far, and what they get to see.
 *
 * Shapes     position: everything up to it was looked at; last_sent: the last event; told: the last
 *            position that the client has heard of, by an event or by progress.
 * Units      times in milliseconds of the monotonic clock.
 * Threads    belongs to the feed; frames go out through the function it gives.
 */
#ifndef SANGKIEN_GATEWAY_SUBSCRIPTION_H
#define SANGKIEN_GATEWAY_SUBSCRIPTION_H

#include "sangkien/wire/v1/wire.pb-c.h"
#include "services/gateway/feed.h"
#include "services/gateway/feed_frame.h"

enum {
    SUBSCRIPTION_MOST_TYPES = 64,
    SUBSCRIPTION_NAME_SIZE = 65,
    SUBSCRIPTIONS_PER_PEER = 16,
    SUBSCRIPTIONS_PER_SYSTEM = 64,
    PROGRESS_AFTER = 256, /* positions that passed unseen */
};

struct subscription {
    uint32_t index;
    uint32_t epoch;
    uint64_t peer;
    struct uuid system;
    struct uuid agency;
    char name[SUBSCRIPTION_NAME_SIZE];
    char programme[SUBSCRIPTION_NAME_SIZE];
    const struct word *types[SUBSCRIPTION_MOST_TYPES]; /* none: all */
    size_t type_count;
    bool is_checked;      /* the programme exists, and the position in it */
    bool has_reached_end; /* and was told so: what follows is live */
    int64_t position;
    int64_t last_sent;
    int64_t told;
    int64_t credit;
    uint64_t sent; /* events, ever */
    int64_t stalled_until_ms;
    int64_t spoke_ms;
};

/* Rows of one programme, without gaps; the last page is shorter than was asked for. */
struct page {
    const char *programme;
    int64_t after;
    struct event_row *rows;
    size_t count;
    bool is_last;
    int64_t now_us;
    struct arena *arena;
};

struct subscriptions {
    struct subscription *items[FEED_MOST_SUBSCRIPTIONS];
    uint32_t epochs[FEED_MOST_SUBSCRIPTIONS];
    size_t room; /* none at or above */
    size_t count;
    /* Sends a frame, which it takes. */
    void (*send)(void *context, const struct label *label, zmq_msg_t *frame);
    void *context;
};

struct authority;

/* 0 and the subscription, new or begun again; else a Reason: INVALID_FIELD, SYSTEM_BUSY, GATEWAY_BUSY. */
int subscription_open(struct subscriptions *all, const struct order *order,
                      const Wire__Subscribe *ask, int64_t now_ms, struct subscription **ret);
void subscription_close(struct subscriptions *all, struct subscription **subscription_p);

/* Tells the client why, then closes it. */
void subscription_end(struct subscriptions *all, struct subscription **subscription_p, int reason,
                      const char *message);

struct subscription *subscription_find(struct subscriptions *all, uint64_t peer, const char *name);
void subscriptions_gone(struct subscriptions *all, uint64_t peer);
void subscription_grant(struct subscription *subscription, uint32_t credit);
void subscription_stall(struct subscriptions *all, const struct mark *mark, int64_t now_ms);

/* Is there too much under way to it already? */
bool subscription_is_full(const struct subscription *subscription);
bool subscription_wants(const struct subscription *subscription, int64_t head, int64_t now_ms);
void subscription_take(struct subscriptions *all, struct subscription *subscription,
                       const struct page *page, const struct authority *authority, int64_t now_ms);
void subscription_progress(struct subscriptions *all, struct subscription *subscription,
                           int64_t now_ms);

#endif

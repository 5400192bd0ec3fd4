/* services/gateway/door_state.h - what the door's files share.
 *
 * Threads    the door's own.
 */
#ifndef SANGKIEN_GATEWAY_DOOR_STATE_H
#define SANGKIEN_GATEWAY_DOOR_STATE_H

#include <zmq.h>

#include "common/health.h"
#include "common/hint.h"
#include "services/gateway/admission.h"
#include "services/gateway/door.h"
#include "services/gateway/feed.h"
#include "services/gateway/keys.h"
#include "services/gateway/post.h"
#include "services/gateway/receipt.h"
#include "services/gateway/ticket.h"
#include "services/gateway/zap.h"

enum { MOST_GROWTHS = 64, MOST_REASONS = 32, HINT_NAME_SIZE = 65 };

/* A journal has grown: told at the end of a burst, to whom it may concern. */
struct growth {
    char programme[HINT_NAME_SIZE];
    struct hint hint;
};

struct door_metrics {
    struct metric *answered;
    struct metric *not_final;
    struct metric *refused[MOST_REASONS]; /* by Reason */
    struct metric *seconds;
    struct metric *in_flight;
    struct metric *bytes;
    struct metric *workers;
};

struct door {
    const struct process *process;
    const struct config *config;
    void *context;
    void *outer;
    void *inner;
    void *pair;
    struct zap *zap;
    struct keys *keys;
    struct feed *feed;
    struct receipt_key *receipt_key;
    struct routes *routes;
    struct tickets *tickets;
    struct admission *admission;
    struct arena *arena; /* of one frame */
    uint32_t refused_epochs[FEED_MOST_SUBSCRIPTIONS];
    struct growth growths[MOST_GROWTHS];
    size_t growth_count;
    int64_t beat_ms;       /* when to send heartbeats again */
    int64_t rest_until_ms; /* takes nothing from clients before */
    bool feed_is_ready;
    bool feed_has_failed;
    bool is_draining; /* takes nothing new */
    struct door_metrics metrics;
};

/* Each takes in up to a burst of what has come. */
void door_take_clients(struct door *door);
void door_take_workers(struct door *door);
void door_take_feed(struct door *door);

/* Tells all workers and the feed of the hints collected. */
void door_tell_hints(struct door *door);

/* Heartbeats to workers, when due; those silent for too long are given up. */
void door_beat(struct door *door, int64_t now_ms);

/* An order without content, to the feed. */
void door_order(struct door *door, const struct order *order, struct bytes content);

/* Answers a client with a refusal that is not final. request and system may be NULL. */
void door_refuse(struct door *door, uint64_t peer, const struct request *request,
                 const struct uuid *system, int reason, const struct scan_result *scan,
                 int64_t received_us);

/* The request of the ticket was not carried out: says so, and forgets it. */
void door_give_up(struct door *door, struct ticket **ticket_p, int reason);

/* The ticket's request is no longer under way. */
void door_settle(struct door *door, struct ticket **ticket_p);

/* Nobody hears from the worker any more: what it has in flight is answered UNAVAILABLE. */
void door_lose_worker(struct door *door, struct worker **worker_p, const char *why);

#endif

/* services/gateway/feed_orders.c - what the door tells the feed, and what follows from it. */
#include <string.h>

#include "common/clock.h"
#include "sangkien/wire/v1/worker.pb-c.h"
#include "services/gateway/feed_state.h"
#include "services/gateway/reply.h"

enum { ORDER_BURST = 1024, LOOK_PAUSE_MS = 5 };

void
feed_look_soon(struct feed *feed)
{
    if (feed->look_ms > feed->looked_ms + LOOK_PAUSE_MS)
        feed->look_ms = feed->looked_ms + LOOK_PAUSE_MS;
}

bool
feed_knows(const struct feed *feed, const struct uuid *system)
{
    const struct peer_system *known = authority_system(feed->authority, system);

    return known && !known->is_revoked;
}

static void
refuse(struct feed *feed, const struct order *order, const char *name, int reason)
{
    struct label label = { .kind = LABEL_FRAME, .peer = order->peer };
    zmq_msg_t frame;

    reply_ended(name, reason, NULL, &frame);
    feed_send(feed, &label, &frame);
}

static void
subscribe(struct feed *feed, const struct order *order, struct bytes content)
{
    struct subscription *s;
    Wire__Subscribe *ask;
    int reason;

    if (proto_unpack(feed->arena, &wire__subscribe__descriptor, content.data, content.size, &ask))
        return; /* it was scanned: cannot be */
    reason = feed_knows(feed, &order->system)
                 ? subscription_open(&feed->all, order, ask, monotonic_ms(), &s)
                 : WIRE__REASON__REASON_UNKNOWN_SYSTEM;
    if (reason != 0)
        refuse(feed, order, ask->subscription, reason);
    if (reason == WIRE__REASON__REASON_SYSTEM_BUSY) /* some of them may be dead: a word will tell */
        for (size_t i = 0; i < feed->all.room; i++)
            if (feed->all.items[i] && uuid_equal(&feed->all.items[i]->system, &order->system))
                subscription_progress(&feed->all, feed->all.items[i], monotonic_ms());
    feed_look_soon(feed);
}

static void
grant(struct feed *feed, const struct order *order, struct bytes content)
{
    struct subscription *s;
    Wire__Credit *credit;

    if (proto_unpack(feed->arena, &wire__credit__descriptor, content.data, content.size, &credit))
        return;
    s = subscription_find(&feed->all, order->peer, credit->subscription);
    if (s) /* it may have crossed with the end of its subscription */
        subscription_grant(s, credit->credit);
}

static void
unsubscribe(struct feed *feed, const struct order *order, struct bytes content)
{
    struct subscription *s;
    Wire__Unsubscribe *ask;

    if (proto_unpack(feed->arena, &wire__unsubscribe__descriptor, content.data, content.size, &ask))
        return;
    s = subscription_find(&feed->all, order->peer, ask->subscription);
    if (s)
        subscription_close(&feed->all, &s);
}

static void
hear_hint(struct feed *feed, struct bytes content)
{
    struct head *head;
    Wire__Hint *hint;

    if (proto_unpack(feed->arena, &wire__hint__descriptor, content.data, content.size, &hint))
        return;
    if (strcmp(hint->programme, DIRECTORY_PROGRAMME) == 0)
        feed_look_soon(feed);
    head = feed_head(feed, hint->programme);
    if (head && hint->position > head->position)
        head->position = hint->position; /* a page will tell whether it is true */
}

static void
follow(struct feed *feed, const struct order *order, struct bytes content)
{
    switch (order->kind) {
    case ORDER_SUBSCRIBE:
        subscribe(feed, order, content);
        break;
    case ORDER_CREDIT:
        grant(feed, order, content);
        break;
    case ORDER_UNSUBSCRIBE:
        unsubscribe(feed, order, content);
        break;
    case ORDER_HINT:
        hear_hint(feed, content);
        break;
    case ORDER_GONE:
        subscriptions_gone(&feed->all, order->peer);
        break;
    case ORDER_STALLED:
        subscription_stall(&feed->all, &order->mark, monotonic_ms());
        break;
    case ORDER_STOP:
        atomic_store(&feed->stops, true);
        break;
    }
    if (order->kind <= ORDER_UNSUBSCRIBE)
        atomic_fetch_sub(&feed->backlog, 1);
}

void
feed_take_orders(struct feed *feed)
{
    zmq_msg_t frame;

    zmq_msg_init(&frame);
    for (int i = 0; i < ORDER_BURST && zmq_msg_recv(&frame, feed->pair, ZMQ_DONTWAIT) >= 0; i++) {
        const uint8_t *data = zmq_msg_data(&frame);
        size_t size = zmq_msg_size(&frame);
        struct order order;

        memcpy(&order, data, sizeof(order)); /* the door makes no shorter ones */
        follow(feed, &order, (struct bytes){ data + sizeof(order), size - sizeof(order) });
    }
    zmq_msg_close(&frame);
}

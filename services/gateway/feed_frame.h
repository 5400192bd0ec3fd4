/* services/gateway/feed_frame.h - some events in one ServerFrame.
 *
 * Shapes     a sheaf is events of one page, in order, for one subscriber; one event larger than the bound
 *            goes alone.
 * Ownership  a sheaf borrows its rows until it is packed.
 * Threads    the feed's; what is under way is counted down by ZeroMQ's threads.
 */
#ifndef SANGKIEN_GATEWAY_FEED_FRAME_H
#define SANGKIEN_GATEWAY_FEED_FRAME_H

#include <stdbool.h>
#include <zmq.h>

#include "common/limits.h"
#include "services/gateway/cloudevent.h"

enum {
    FRAME_MOST_EVENTS = 256,
    STREAM_MOST_BYTES = 512 * 1024, /* under way of one subscription: then the feed waits for it */
};

struct sheaf {
    const struct event_row *rows[FRAME_MOST_EVENTS];
    size_t count;
    size_t size;
};

/* false: it is full, and must be sent first. The row's CloudEvent must have been packed. */
bool sheaf_add(struct sheaf *sheaf, const struct event_row *row);

/* Makes the frame, counted for the stream of that index, and empties the sheaf. */
void sheaf_pack(struct sheaf *sheaf, const char *subscription, int64_t previous, uint32_t index,
                zmq_msg_t *ret_frame);

/* Bytes of such frames that ZeroMQ has not yet put on the wire. */
size_t stream_bytes(uint32_t index);

#endif

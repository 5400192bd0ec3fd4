/* services/gateway/feed_frame.c - some events in one ServerFrame. */
#include "services/gateway/feed_frame.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "sangkien/wire/v1/wire.pb-c.h"
#include "services/gateway/feed.h"
#include "services/gateway/feed_write.h"

/* Fields of Deliveries and of Delivery. */
enum { SUBSCRIPTION = 1, PREVIOUS = 2, LIST = 3 };
enum { POSITION = 1, EVENT = 2 };

/* By a subscription's index. Not in the feed, because frames outlive it while ZeroMQ closes. */
static atomic_size_t under_way[FEED_MOST_SUBSCRIPTIONS];

/* What lies before the bytes of a frame. */
struct passage {
    uint32_t index;
    size_t size;
};

size_t
stream_bytes(uint32_t index)
{
    return atomic_load_explicit(&under_way[index], memory_order_relaxed);
}

/* Called by ZeroMQ when it has sent the frame, or thrown it away. */
static void
has_passed(void *data, void *hint)
{
    struct passage *passage = hint;

    (void) data;
    atomic_fetch_sub_explicit(&under_way[passage->index], passage->size, memory_order_relaxed);
    free(passage);
}

static uint8_t *
new_frame(uint32_t index, size_t size, zmq_msg_t *ret_frame)
{
    struct passage *passage = malloc(sizeof(*passage) + size);

    if (!passage)
        abort();
    *passage = (struct passage){ index, size };
    if (zmq_msg_init_data(ret_frame, passage + 1, size, has_passed, passage) != 0)
        abort();
    atomic_fetch_add_explicit(&under_way[index], size, memory_order_relaxed);
    return (uint8_t *) (passage + 1);
}

static size_t
delivery_size(const struct event_row *row)
{
    return number_field_size((uint64_t) row->position) + bytes_field_size(row->packed.size);
}

bool
sheaf_add(struct sheaf *sheaf, const struct event_row *row)
{
    size_t size = bytes_field_size(delivery_size(row));

    if (sheaf->count > 0 &&
        (sheaf->count == FRAME_MOST_EVENTS || sheaf->size + size > FRAME_MOST_BYTES))
        return false;
    sheaf->rows[sheaf->count++] = row;
    sheaf->size += size;
    return true;
}

static uint8_t *
put_delivery(uint8_t *at, const struct event_row *row)
{
    at = put_head(at, LIST, delivery_size(row));
    at = put_number_field(at, POSITION, (uint64_t) row->position);
    return put_bytes_field(at, EVENT, row->packed.data, row->packed.size);
}

void
sheaf_pack(struct sheaf *sheaf, const char *subscription, int64_t previous, uint32_t index,
           zmq_msg_t *ret_frame)
{
    size_t name_size = strlen(subscription);
    size_t size =
        bytes_field_size(name_size) + number_field_size((uint64_t) previous) + sheaf->size;
    uint8_t *at = new_frame(index, bytes_field_size(size), ret_frame);

    at = put_head(at, WIRE__SERVER_FRAME__CONTENT_DELIVERIES, size);
    at = put_bytes_field(at, SUBSCRIPTION, subscription, name_size);
    at = put_number_field(at, PREVIOUS, (uint64_t) previous);
    for (size_t i = 0; i < sheaf->count; i++)
        at = put_delivery(at, sheaf->rows[i]);
    sheaf->count = sheaf->size = 0;
}

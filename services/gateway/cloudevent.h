/* services/gateway/cloudevent.h - a row of the journal as a CloudEvent.
 *
 * Source     CloudEvents 1.0, protobuf format. Integers there have 32 bits, so that the extensions
 *            position and version travel as text.
 */
#ifndef SANGKIEN_GATEWAY_CLOUDEVENT_H
#define SANGKIEN_GATEWAY_CLOUDEVENT_H

#include "common/arena.h"
#include "common/id.h"
#include "common/proto.h"

/* What the feed reads of a row; everything lies in the page's arena or result. */
struct event_row {
    int64_t position;
    struct uuid aggregate;
    int64_t version;
    const char *type;        /* "sangkien.<service>.v1...", as the database sees to */
    const struct word *word; /* of the type, when it was needed once */
    struct bytes body;
    int64_t recorded_us;
    const struct uuid *parties;
    size_t party_count;
    struct uuid cause;
    const char *traceparent;
    struct bytes packed; /* the CloudEvent, when it was needed once */
};

/* The body goes in as it is, never unpacked. */
struct bytes cloudevent_pack(struct arena *arena, const char *programme,
                             const struct event_row *row);

#endif

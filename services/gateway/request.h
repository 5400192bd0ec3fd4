/* services/gateway/request.h - what a client sent, taken apart and looked through.
 *
 * Errors     0 or a Reason of the wire; scan.violations tells more for INVALID_FIELD.
 * Ownership  everything points into the client's bytes.
 * Threads    pure.
 */
#ifndef SANGKIEN_GATEWAY_REQUEST_H
#define SANGKIEN_GATEWAY_REQUEST_H

#include "common/id.h"
#include "common/proto.h"
#include "sangkien/wire/v1/wire.pb-c.h"
#include "services/gateway/scan.h"

enum { REQUEST_MOST_BYTES = 61440 };

/* The one thing in a ClientFrame. */
struct client_frame {
    Wire__ClientFrame__ContentCase what;
    struct bytes content;
    bool has_receipt;
    struct bytes receipt;
};

/* MALFORMED, or 0: exactly one content, at most one receipt, nothing else. */
int client_frame_read(struct bytes bytes, struct client_frame *ret_frame);

struct request {
    struct bytes bytes;      /* exactly as they came */
    struct uuid id;          /* nil when it cannot be told */
    const struct word *word; /* of the body; NULL when it cannot be told */
    struct uuid subject;     /* nil for none */
};

/* Reads as much as can be read without judging: for answers to what is not let in. */
void request_peek(struct bytes bytes, struct request *ret_request);

/* Judges envelope and body. The request must have been peeked. */
int request_judge(struct request *request, struct scan_result *ret_scan);

bool request_is_command(const struct request *request);

/* Is it a command or a query? */
bool request_may_be_sent(const struct request *request);

#endif

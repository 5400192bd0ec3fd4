/* services/gateway/reply.h - the gateway's own words to a client, as whole ServerFrames.
 *
 * Ownership  *ret_frame is a fresh zmq_msg_t that the caller closes or sends.
 * Threads    any.
 */
#ifndef SANGKIEN_GATEWAY_REPLY_H
#define SANGKIEN_GATEWAY_REPLY_H

#include <zmq.h>

#include "common/arena.h"
#include "services/gateway/receipt.h"
#include "services/gateway/scan.h"

/* A reply that is not final. id may be nil, scan and receipt NULL. */
void reply_refuse(const struct uuid *id, int reason, const struct scan_result *scan,
                  const struct receipt *receipt, zmq_msg_t *ret_frame);

/* A worker's serialised Reply as it is, with the receipt after it unless NULL. */
void reply_forward(struct bytes reply, const struct receipt *receipt, zmq_msg_t *ret_frame);

/* Does a serialised Reply say that it is final? */
bool reply_is_final(struct bytes reply);

void reply_ended(const char *subscription, int reason, const char *message, zmq_msg_t *ret_frame);

#endif

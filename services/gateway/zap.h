/* services/gateway/zap.h - decides at every handshake who is let in.
 *
 * Shapes     only CURVE; domain "client" by the table of systems, "worker" by that of workers; anything
 *            else is refused. The user id it gives is the system's id or the service's name.
 * Errors     ERR_FATAL when it cannot be opened. Nothing that a peer sends is an error here.
 * Threads    a thread of its own, without I/O but its socket; open it before anything is bound.
 * Source     RFC 27 (ZAP).
 */
#ifndef SANGKIEN_GATEWAY_ZAP_H
#define SANGKIEN_GATEWAY_ZAP_H

#include "common/err.h"
#include "services/gateway/keys.h"

#define DOMAIN_CLIENT "client"
#define DOMAIN_WORKER "worker"

struct zap;

int zap_open(void *context, struct keys *keys, struct zap **ret_zap) MUST_CHECK;

/* Only after zmq_ctx_shutdown, which ends the thread. */
void zap_close(struct zap **zap_p);

/* One request as libzmq sends it, without the delimiter; for tests too. */
struct zap_request {
    struct {
        const void *data;
        size_t size;
    } frames[8];
    size_t count; /* may be more than 8: then it is refused */
};

/* 200 or 400; the user id is "" for 400. */
int zap_judge(struct keys *keys, const struct zap_request *request, char ret_user_id[USER_ID_SIZE]);

#endif

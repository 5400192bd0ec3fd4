/* ops/ctl/calls.h - requests under way: each is sent until it is answered or its time is over.
 *
 * Shapes     a call is sent as the same bytes again and again, with growing, scattered pauses,
 * while the gateway is silent or says UNAVAILABLE or RESOURCE_EXHAUSTED; the receipt travels back.
 * Units      milliseconds of the monotonic clock.
 * Ownership  a call and its arena belong to the caller, and must live until calls_finish gives it
 * back.
 */
#ifndef SANGKIEN_CTL_CALLS_H
#define SANGKIEN_CTL_CALLS_H

#include "ops/ctl/client.h"

struct call {
    struct call *next;
    struct arena *arena;
    const char *id;
    struct bytes request;
    const Wire__Reply *reply; /* the last one; NULL: none came */
    struct bytes reply_bytes;
    Wire__Receipt *receipt;
    int64_t deadline_ms;
    int64_t due_ms; /* when it is sent again */
    int64_t pause_ms;
    unsigned losses; /* of the connection, when it was sent */
    bool is_sent;
};

struct calls {
    struct client *client;
    struct call *first;
};

/* Takes the call under way; calls_finish sends it. */
void calls_start(struct calls *calls, struct call *call);

/* Waits until one of the calls is over: answered for good, refused in a way that sending again
 * cannot mend, or out of time. NULL: none is under way. */
struct call *calls_finish(struct calls *calls);

/* Both for a single call. Returns an exit code, after saying on standard error what went wrong. */
int call_ask(struct client *client, struct call *call);

/* Did nothing happen, so that the same bytes may be sent again? */
bool call_may_go_again(const Wire__Reply *reply);

void call_print_violations(const Wire__Reply *reply);

#endif

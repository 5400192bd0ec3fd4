/* ops/ctl/client.h - a client of the gateway: sends requests until they are answered, hears events.
 *
 * Shapes     a call is sent as the same bytes again and again, with growing, scattered pauses,
 * while the gateway is silent or says UNAVAILABLE or RESOURCE_EXHAUSTED; the receipt travels back.
 * Units      milliseconds of the monotonic clock.
 * Errors     ERR_FATAL for keys and endpoints that are none. A gateway that cannot be reached is no
 * error here: calls run into their time, and client_trouble() says what was seen. Ownership  a call
 * and its arena belong to the caller, and must live until client_finish gives it back. Threads
 * belongs to the thread that opened it; one context per process. Source
 * sangkien/wire/v1/wire.proto; RFC 26 (CurveZMQ).
 */
#ifndef SANGKIEN_CTL_CLIENT_H
#define SANGKIEN_CTL_CLIENT_H

#include "ops/ctl/ctl.h"
#include "sangkien/wire/v1/wire.pb-c.h"

struct client;

int client_open(const struct settings *settings, struct client **ret_client) MUST_CHECK;
void client_close(struct client **client_p);

/* Sends one frame: false when it cannot leave now. */
bool client_say(struct client *client, const Wire__ClientFrame *frame);

/* The next frame from the gateway, or NULL after wait_ms. */
Wire__ServerFrame *client_hear(struct client *client, struct arena *arena, int64_t wait_ms);

bool client_is_connected(struct client *client);

/* How often the connection was lost: what was sent before is gone, and so is what the gateway knew of us. */
unsigned client_losses(struct client *client);

/* What was last seen of the connection, in words. */
const char *client_trouble(const struct client *client);

#endif

/* common/bus.h - a worker's end of the wire: dials the gateways, announces what it serves, takes
 * work, gives answers.
 *
 * Shapes     one thread owns all sockets; the rest of the process meets it in two queues.
 * Units      times in UTC microseconds, pauses in milliseconds.
 * Errors     0 or a negative ERR_*.
 * Ownership  struct work is yours from bus_take until work_free; bus_answer copies the reply.
 * Threads    bus_take, bus_watch, bus_answer, bus_hint, bus_send and bus_wake may be called from any thread.
 * Source     proto/sangkien/wire/v1/worker.proto; RFC 26 (CurveZMQ).
 */
#ifndef SANGKIEN_COMMON_BUS_H
#define SANGKIEN_COMMON_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/config.h"
#include "common/err.h"
#include "common/hint.h"
#include "common/id.h"

struct bus;

/* One request with what the gateway knows of it. */
struct work {
    struct work *next; /* the taker's to use */
    uint64_t ticket;
    unsigned gateway; /* which one it came from */
    struct uuid system;
    struct uuid agency;
    int64_t received_us;
    struct bytes request; /* the exact bytes */
};

enum lane { LANE_WRITE, LANE_READ, LANES };

struct bus_offer {
    const char *service;
    const char *const *commands; /* full names, closed by NULL; these go to LANE_WRITE */
    const char *const *queries;  /* these go to LANE_READ */
    const char *const *heard;    /* events: hints of others are not for us */
};

/* Makes the context and the thread, dials every gateway of config->gateway with the key pair of
 * config->secret_key. Says Ready only after bus_serve. */
int bus_open(const struct config *config, const struct bus_offer *offer,
             struct bus **ret_bus) MUST_CHECK;
void bus_serve(struct bus *bus);

/* The next work of a lane, in order of arrival; NULL after wait_ms, after bus_wake of the lane,
 * when a hint has come (LANE_WRITE), and when the gateways have let us leave and the lane is empty.
 * wait_ms 0 does not wait. */
struct work *bus_take(struct bus *bus, enum lane lane, int64_t wait_ms);
void work_free(struct work **work_p);

/* A descriptor that can be read as soon as so many wait in LANE_WRITE; as the last call said. */
int bus_watch(struct bus *bus, size_t count);

/* Puts an answer with those that bus_send will send. An empty reply declines: the gateway tells the client
 * to send it again. */
void bus_answer(struct bus *bus, const struct work *work, struct bytes reply);

/* Will tell whom it may concern that the journal has grown. */
void bus_hint(struct bus *bus, const char *programme, const struct hint *hint);

void bus_send(struct bus *bus);

void bus_wake(struct bus *bus, enum lane lane);

/* True once for every time that hints have come since the last call. */
bool bus_was_hinted(struct bus *bus);

/* Are all gateways reached? For /readyz. */
bool bus_is_connected(const struct bus *bus);

/* Says Leave; work already taken may still be answered. */
void bus_leave(struct bus *bus);
bool bus_is_leaving(const struct bus *bus);

/* Declines what nobody took, waits until all answers are out (at most two seconds), then ends
 * thread and context. */
void bus_close(struct bus **bus_p);

#endif

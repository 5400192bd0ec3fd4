/* services/gateway/route.h - who works on what: workers, the types they offer, and 1,024 slots per
 * service that keep a subject with one worker.
 *
 * Shapes     a slot changes its worker only while nothing is in flight in it. Commands and queries have
 *            credit each.
 * Units      times in milliseconds of the monotonic clock.
 * Errors     0 or a Reason of the wire: NO_WORKER, SYSTEM_BUSY, GATEWAY_BUSY, and UNKNOWN_TYPE for what
 *            the service's workers do not offer, such as its own alarms.
 * Ownership  workers belong to the routes.
 * Threads    belongs to the door; no sockets.
 */
#ifndef SANGKIEN_GATEWAY_ROUTE_H
#define SANGKIEN_GATEWAY_ROUTE_H

#include <stdbool.h>

#include "common/id.h"
#include "common/proto.h"
#include "sangkien/wire/v1/worker.pb-c.h"

enum { ROUTE_SLOTS = 1024 };

enum work_kind { COMMANDS, QUERIES, WORK_KINDS };

struct served; /* a service that somebody serves or served */

struct worker {
    struct worker *next;
    uint64_t peer; /* its connection */
    uint64_t serial;
    uint64_t last_turn;
    struct served *served;
    const char *service;
    bool *offers; /* by the word's place in proto_words */
    bool *hears;
    bool offers_any[WORK_KINDS];
    uint32_t credit;
    uint32_t in_flight[WORK_KINDS];
    int64_t heard_ms;
    bool is_leaving;
    /* Work that goes out in one frame: a packed WorkBatch. */
    uint8_t *works;
    size_t works_size;
    size_t works_room;
};

struct slot {
    struct worker *worker;
    uint32_t in_flight;
};

struct place {
    struct worker *worker;
    struct slot *slot; /* NULL for a query */
};

struct routes;

struct routes *routes_new(void);
void routes_free(struct routes **routes_p);

/* Takes a worker in, or what is new about a known one. NULL: welcome; else why not. */
const char *routes_ready(struct routes *routes, uint64_t peer, const char *service_of_key,
                         const Wire__Ready *ready, int64_t now_ms);

struct worker *routes_find(const struct routes *routes, uint64_t peer);
struct worker *routes_first(const struct routes *routes);
size_t routes_count(const struct routes *routes);

/* A worker that was silent for longer; NULL: none. */
struct worker *routes_silent(const struct routes *routes, int64_t now_ms, int64_t silence_ms);

/* Whatever it had in flight must have been put down before. */
void routes_remove(struct routes *routes, struct worker **worker_p);

/* How much one system may have under way where there is room for so much more. The less room is left, the
 * less one system may have: n systems that all want more leave a share of 1 in 1 + 2n free for others. */
int64_t route_share(int64_t room);

/* Where a request goes. in_flight_of_system: what its sender has under way besides, everywhere. */
int routes_pick(struct routes *routes, const struct word *word, const struct uuid *subject,
                int64_t in_flight_of_system, struct place *ret_place);

/* The request is in flight there, and no longer. */
void place_take(const struct place *place);
void place_leave(const struct place *place);

bool worker_is_idle(const struct worker *worker);

/* Adds to the work that is to go out. */
void worker_give(struct worker *worker, const Wire__Work *work);

#endif

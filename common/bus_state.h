/* common/bus_state.h - what the bus's thread and everybody else share.
 *
 * Threads    what stands under the mutex is touched under it only; the links are the thread's own.
 */
#ifndef SANGKIEN_COMMON_BUS_STATE_H
#define SANGKIEN_COMMON_BUS_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "common/bus.h"
#include "common/bus_link.h"

enum { MOST_GATEWAYS = 16, MOST_HINTS = 64, PROGRAMME_SIZE = 65 };

struct queue {
    struct work *first;
    struct work **end;
    size_t length;
    pthread_cond_t filled;
    unsigned sleepers;
    bool is_woken;
};

/* The journal of a programme grew; told when the thread gets to it, the last position only. */
struct news {
    char programme[PROGRAMME_SIZE];
    struct hint hint;
};

struct bus {
    void *context;
    pthread_t thread;
    int wake_fd;
    int watch_fd;
    struct bytes ready; /* the packed frame */
    const char *const *queries;
    char *endpoints;

    /* The thread's own. */
    struct link links[MOST_GATEWAYS];
    size_t link_count;

    /* Shared, under the mutex. */
    pthread_mutex_t mutex;
    struct queue lanes[LANES];
    struct outgoing *out_first[MOST_GATEWAYS]; /* answers */
    struct outgoing **out_end[MOST_GATEWAYS];
    struct news news[MOST_HINTS];
    size_t news_count;
    size_t watched;       /* how many in LANE_WRITE watch_fd waits for; 0: for nothing */
    bool is_wake_pending; /* the thread has been told, and has not looked yet */
    bool was_hinted;
    bool serves;
    bool leaves;
    bool has_left;
    bool closes;

    atomic_bool is_connected;
};

/* Under the mutex. */
void bus_wake_thread(struct bus *bus);
void bus_tell_watcher(struct bus *bus);
void queue_wake(struct queue *queue);
void queue_wake_all(struct queue *queue);

/* The thread; its argument is the bus. */
void *bus_run(void *bus);

#endif

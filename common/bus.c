/* common/bus.c - a worker's end of the wire, as the rest of the process meets it. */
#include "common/bus.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "common/bus_state.h"
#include "common/clock.h"
#include "sangkien/wire/v1/worker.pb-c.h"

/* ------------------------------------------------------------------ waking each other */

static void
signal_fd(int fd)
{
    uint64_t one = 1;

    while (write(fd, &one, sizeof(one)) < 0 && errno == EINTR) {
    }
}

void
bus_wake_thread(struct bus *bus)
{
    if (bus->is_wake_pending)
        return;
    bus->is_wake_pending = true;
    signal_fd(bus->wake_fd);
}

void
bus_tell_watcher(struct bus *bus)
{
    if (bus->watched == 0 || bus->lanes[LANE_WRITE].length < bus->watched)
        return;
    bus->watched = 0;
    signal_fd(bus->watch_fd);
}

void
queue_wake(struct queue *queue)
{
    if (queue->sleepers)
        pthread_cond_signal(&queue->filled);
}

void
queue_wake_all(struct queue *queue)
{
    if (queue->sleepers)
        pthread_cond_broadcast(&queue->filled);
}

/* ------------------------------------------------------------------ open and close */

static size_t
count_of(const char *const *names)
{
    size_t count = 0;

    while (names && names[count])
        count++;
    return count;
}

static void
pack_ready(struct bus *bus, const struct config *config, const struct bus_offer *offer)
{
    Wire__Ready ready = WIRE__READY__INIT;
    Wire__WorkerFrame frame = WIRE__WORKER_FRAME__INIT;
    uint8_t *data;

    ready.service = offer->service;
    ready.n_commands = count_of(offer->commands);
    ready.commands = (const char **) (uintptr_t) offer->commands;
    ready.n_queries = count_of(offer->queries);
    ready.queries = (const char **) (uintptr_t) offer->queries;
    ready.credit = (uint32_t) config->credit;
    ready.n_heard = count_of(offer->heard);
    ready.heard = (const char **) (uintptr_t) offer->heard;
    frame.content_case = WIRE__WORKER_FRAME__CONTENT_READY;
    frame.ready = &ready;
    bus->ready.size = wire__worker_frame__get_packed_size(&frame);
    data = malloc(bus->ready.size);
    if (!data)
        abort();
    wire__worker_frame__pack(&frame, data);
    bus->ready.data = data;
}

static struct bus *
bus_new(const struct config *config, const struct bus_offer *offer)
{
    struct bus *bus = calloc(1, sizeof(*bus));

    if (!bus)
        abort();
    bus->queries = offer->queries;
    pack_ready(bus, config, offer);
    pthread_mutex_init(&bus->mutex, NULL);
    for (int i = 0; i < LANES; i++) {
        bus->lanes[i].end = &bus->lanes[i].first;
        monotonic_cond_init(&bus->lanes[i].filled);
    }
    for (size_t i = 0; i < MOST_GATEWAYS; i++)
        bus->out_end[i] = &bus->out_first[i];
    return bus;
}

static void
bus_free(struct bus *bus)
{
    if (bus->context)
        zmq_ctx_term(bus->context);
    if (bus->wake_fd > 0)
        close(bus->wake_fd);
    if (bus->watch_fd > 0)
        close(bus->watch_fd);
    for (size_t i = 0; i < MOST_GATEWAYS; i++)
        for (struct outgoing *o = bus->out_first[i], *next; o; o = next) {
            next = o->next;
            outgoing_free(&o);
        }
    for (int i = 0; i < LANES; i++)
        pthread_cond_destroy(&bus->lanes[i].filled);
    pthread_mutex_destroy(&bus->mutex);
    free((void *) (uintptr_t) bus->ready.data);
    free(bus->endpoints);
    free(bus);
}

static int
dial_all(struct bus *bus, const struct config *config)
{
    char *rest = NULL;
    int rc = 0;

    bus->endpoints = strdup(config->gateway);
    if (!bus->endpoints)
        abort();
    for (char *endpoint = strtok_r(bus->endpoints, ", ", &rest); endpoint && rc == 0;
         endpoint = strtok_r(NULL, ", ", &rest)) {
        if (bus->link_count == MOST_GATEWAYS)
            return err_set(ERR_FATAL, "SANGKIEN_GATEWAY: more than %d gateways", MOST_GATEWAYS);
        rc = link_open(bus->context, config, endpoint, (unsigned) bus->link_count,
                       &bus->links[bus->link_count]);
        bus->link_count += rc == 0;
    }
    if (rc == 0 && bus->link_count == 0)
        rc = err_set(ERR_FATAL, "SANGKIEN_GATEWAY: no gateway is named");
    return rc;
}

int
bus_open(const struct config *config, const struct bus_offer *offer, struct bus **ret_bus)
{
    struct bus *bus;
    int rc = config_secret_file("SANGKIEN_SECRET_KEY", config->secret_key);

    if (rc != 0)
        return rc;
    bus = bus_new(config, offer);
    bus->context = zmq_ctx_new();
    bus->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    bus->watch_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (!bus->context || bus->wake_fd < 0 || bus->watch_fd < 0)
        rc = err_set(ERR_FATAL, "cannot open the bus: %s", strerror(errno));
    if (rc == 0)
        rc = dial_all(bus, config);
    if (rc == 0 && pthread_create(&bus->thread, NULL, bus_run, bus) != 0)
        rc = err_set(ERR_FATAL, "cannot start the bus's thread");
    if (rc != 0) {
        for (size_t i = 0; i < bus->link_count; i++)
            link_close(&bus->links[i]);
        bus_free(bus);
        return rc;
    }
    *ret_bus = bus;
    return 0;
}

void
bus_serve(struct bus *bus)
{
    pthread_mutex_lock(&bus->mutex);
    bus->serves = true;
    bus_wake_thread(bus);
    pthread_mutex_unlock(&bus->mutex);
}

void
bus_leave(struct bus *bus)
{
    pthread_mutex_lock(&bus->mutex);
    bus->leaves = true;
    bus_wake_thread(bus);
    for (int i = 0; i < LANES; i++)
        queue_wake_all(&bus->lanes[i]);
    pthread_mutex_unlock(&bus->mutex);
}

bool
bus_is_leaving(const struct bus *bus)
{
    struct bus *shared = (struct bus *) (uintptr_t) bus;
    bool leaves;

    pthread_mutex_lock(&shared->mutex);
    leaves = bus->leaves;
    pthread_mutex_unlock(&shared->mutex);
    return leaves;
}

bool
bus_is_connected(const struct bus *bus)
{
    return atomic_load(&bus->is_connected);
}

void
bus_close(struct bus **bus_p)
{
    struct bus *bus = *bus_p;

    *bus_p = NULL;
    if (!bus)
        return;
    pthread_mutex_lock(&bus->mutex);
    bus->leaves = true;
    bus->closes = true;
    bus_wake_thread(bus);
    pthread_mutex_unlock(&bus->mutex);
    pthread_join(bus->thread, NULL);
    bus_free(bus);
}

/* ------------------------------------------------------------------ the queues */

static void
wait_until(struct bus *bus, struct queue *lane, int64_t deadline_ms, int64_t *ret_left_ms)
{
    lane->sleepers++;
    monotonic_cond_wait(&lane->filled, &bus->mutex, deadline_ms);
    lane->sleepers--;
    *ret_left_ms = deadline_ms - monotonic_ms();
}

struct work *
bus_take(struct bus *bus, enum lane lane, int64_t wait_ms)
{
    struct queue *queue = &bus->lanes[lane];
    int64_t deadline_ms = monotonic_ms() + wait_ms;
    int64_t left_ms = wait_ms;
    struct work *work;

    pthread_mutex_lock(&bus->mutex);
    while (!queue->first && !queue->is_woken && !(lane == LANE_WRITE && bus->was_hinted) &&
           !bus->has_left && left_ms > 0)
        wait_until(bus, queue, deadline_ms, &left_ms);
    work = queue->first;
    if (work) {
        queue->first = work->next;
        queue->length--;
        work->next = NULL;
        if (!queue->first)
            queue->end = &queue->first;
        else
            queue_wake(queue); /* for another taker */
    } else {
        queue->is_woken = false;
    }
    pthread_mutex_unlock(&bus->mutex);
    return work;
}

int
bus_watch(struct bus *bus, size_t count)
{
    uint64_t before;

    pthread_mutex_lock(&bus->mutex);
    while (read(bus->watch_fd, &before, sizeof(before)) < 0 && errno == EINTR) {
    }
    bus->watched = count;
    bus_tell_watcher(bus);
    pthread_mutex_unlock(&bus->mutex);
    return bus->watch_fd;
}

void
work_free(struct work **work_p)
{
    struct parcel *parcel = (struct parcel *) *work_p;

    *work_p = NULL;
    if (!parcel)
        return;
    zmq_msg_close(&parcel->frame);
    free(parcel);
}

void
bus_answer(struct bus *bus, const struct work *work, struct bytes reply)
{
    struct outgoing *outgoing = outgoing_answer(work->ticket, reply);

    pthread_mutex_lock(&bus->mutex);
    *bus->out_end[work->gateway] = outgoing;
    bus->out_end[work->gateway] = &outgoing->next;
    pthread_mutex_unlock(&bus->mutex);
}

void
bus_hint(struct bus *bus, const char *programme, const struct hint *hint)
{
    size_t i = 0;

    if (strlen(programme) >= PROGRAMME_SIZE)
        return;
    pthread_mutex_lock(&bus->mutex);
    while (i < bus->news_count && strcmp(bus->news[i].programme, programme) != 0)
        i++;
    if (i < MOST_HINTS) { /* more will be found by their polls */
        if (i == bus->news_count) {
            bus->news[i] = (struct news){ 0 };
            memcpy(bus->news[i].programme, programme, strlen(programme) + 1);
            bus->news_count++;
        }
        hint_add(&bus->news[i].hint, hint);
    }
    pthread_mutex_unlock(&bus->mutex);
}

void
bus_send(struct bus *bus)
{
    pthread_mutex_lock(&bus->mutex);
    bus_wake_thread(bus);
    pthread_mutex_unlock(&bus->mutex);
}

void
bus_wake(struct bus *bus, enum lane lane)
{
    pthread_mutex_lock(&bus->mutex);
    bus->lanes[lane].is_woken = true;
    queue_wake(&bus->lanes[lane]);
    pthread_mutex_unlock(&bus->mutex);
}

bool
bus_was_hinted(struct bus *bus)
{
    bool was_hinted;

    pthread_mutex_lock(&bus->mutex);
    was_hinted = bus->was_hinted;
    bus->was_hinted = false;
    pthread_mutex_unlock(&bus->mutex);
    return was_hinted;
}

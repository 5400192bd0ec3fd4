/* common/bus_run.c - the bus's thread: moves frames between the links and the queues. */
#include <assert.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/bus_state.h"
#include "common/clock.h"
#include "common/field.h"
#include "sangkien/wire/v1/worker.pb-c.h"

enum { CLOSE_MS = 2000, IDLE_MS = 60000 };

struct taken {
    struct outgoing *first[MOST_GATEWAYS];
    struct news news[MOST_HINTS];
    size_t news_count;
    bool serves;
    bool leaves;
    bool closes;
};

/* What the other threads have left for this one. */
static void
take_orders(struct bus *bus, struct taken *ret_taken)
{
    uint64_t count;

    pthread_mutex_lock(&bus->mutex);
    for (size_t i = 0; i < bus->link_count; i++) {
        ret_taken->first[i] = bus->out_first[i];
        bus->out_first[i] = NULL;
        bus->out_end[i] = &bus->out_first[i];
    }
    ret_taken->news_count = bus->news_count;
    memcpy(ret_taken->news, bus->news, bus->news_count * sizeof(bus->news[0]));
    bus->news_count = 0;
    ret_taken->serves = bus->serves;
    ret_taken->leaves = bus->leaves;
    ret_taken->closes = bus->closes;
    if (bus->is_wake_pending && read(bus->wake_fd, &count, sizeof(count)) < 0)
        assert(errno == EAGAIN || errno == EINTR);
    bus->is_wake_pending = false;
    pthread_mutex_unlock(&bus->mutex);
}

static void
push_news(struct link *link, const struct news *news)
{
    Wire__Hint hint = WIRE__HINT__INIT;
    Wire__AnswerBatch batch = WIRE__ANSWER_BATCH__INIT;

    hint.programme = news->programme;
    hint.position = news->hint.position;
    hint.n_types = news->hint.has_more ? 0 : news->hint.type_count;
    hint.types = (const char **) (uintptr_t) news->hint.types;
    batch.n_hints = 1;
    batch.hints = (Wire__Hint *[]){ &hint };
    link_push(link, outgoing_new(&batch));
}

static void
push_orders(struct bus *bus, struct taken *taken)
{
    for (size_t i = 0; i < bus->link_count; i++) {
        struct outgoing *next;

        for (struct outgoing *o = taken->first[i]; o; o = next) {
            next = o->next;
            link_push(&bus->links[i], o);
        }
        for (size_t n = 0; n < taken->news_count; n++)
            push_news(&bus->links[i], &taken->news[n]);
    }
}

static enum lane
lane_of(const struct bus *bus, const struct work *work)
{
    struct field type;

    if (!field_find(work->request, 2, FIELD_BYTES, &type))
        return LANE_WRITE;
    for (const char *const *name = bus->queries; name && *name; name++)
        if (strlen(*name) == type.bytes.size &&
            memcmp(*name, type.bytes.data, type.bytes.size) == 0)
            return LANE_READ;
    return LANE_WRITE;
}

static void
hand_in(struct bus *bus, struct catch *catch)
{
    if (!catch->first && !catch->was_hinted)
        return;
    pthread_mutex_lock(&bus->mutex);
    for (struct work *w = catch->first, *next; w; w = next) {
        struct queue *lane = &bus->lanes[lane_of(bus, w)];

        next = w->next;
        w->next = NULL;
        *lane->end = w;
        lane->end = &w->next;
        lane->length++;
    }
    bus_tell_watcher(bus);
    if (catch->was_hinted)
        bus->was_hinted = true;
    for (int i = 0; i < LANES; i++)
        if (bus->lanes[i].first || (i == LANE_WRITE && bus->was_hinted))
            queue_wake(&bus->lanes[i]);
    pthread_mutex_unlock(&bus->mutex);
}

/* An empty answer: nobody here did it. The gateway tells the client to send it again. */
static void
decline_all(struct bus *bus)
{
    for (int i = 0; i < LANES; i++) {
        struct work *work;

        while ((work = bus_take(bus, (enum lane) i, 0))) {
            bus_answer(bus, work, (struct bytes){ 0 });
            work_free(&work);
        }
    }
}

static bool
all_have_left(const struct bus *bus)
{
    for (size_t i = 0; i < bus->link_count; i++)
        if (bus->links[i].is_leaving && !bus->links[i].has_left)
            return false;
    return true;
}

static bool
all_is_out(struct bus *bus)
{
    bool is_out = true;

    pthread_mutex_lock(&bus->mutex);
    for (size_t i = 0; i < bus->link_count; i++)
        is_out = is_out && !bus->links[i].first && !bus->out_first[i];
    pthread_mutex_unlock(&bus->mutex);
    return is_out;
}

static void
note_state(struct bus *bus, const struct taken *taken)
{
    bool all = true;
    bool has_left = taken->leaves && all_have_left(bus);

    for (size_t i = 0; i < bus->link_count; i++)
        all = all && bus->links[i].is_connected && (bus->links[i].is_welcome || !taken->serves);
    atomic_store(&bus->is_connected, all);
    if (has_left == bus->has_left)
        return;
    pthread_mutex_lock(&bus->mutex);
    bus->has_left = has_left;
    for (int i = 0; i < LANES; i++)
        queue_wake_all(&bus->lanes[i]);
    pthread_mutex_unlock(&bus->mutex);
}

static void
wait_for_news(struct bus *bus, bool serves, int64_t most_ms)
{
    zmq_pollitem_t items[1 + 2 * MOST_GATEWAYS] = { { NULL, bus->wake_fd, ZMQ_POLLIN, 0 } };
    int64_t now_ms = monotonic_ms();
    int64_t due_ms = now_ms + most_ms;
    int count = 1;

    for (size_t i = 0; i < bus->link_count; i++) {
        const struct link *link = &bus->links[i];
        short events = (short) (ZMQ_POLLIN | (link->first ? ZMQ_POLLOUT : 0));

        items[count++] = (zmq_pollitem_t){ link->dealer, 0, events, 0 };
        items[count++] = (zmq_pollitem_t){ link->monitor, 0, ZMQ_POLLIN, 0 };
        if (link_due_ms(link, serves) < due_ms)
            due_ms = link_due_ms(link, serves);
    }
    zmq_poll(items, count, due_ms > now_ms ? (long) (due_ms - now_ms) : 0);
}

static void
move_frames(struct bus *bus, struct taken *taken)
{
    struct catch catch = { 0 };
    int64_t now_ms = monotonic_ms();

    catch.end = &catch.first;
    for (size_t i = 0; i < bus->link_count; i++) {
        link_watch(&bus->links[i], now_ms);
        link_receive(&bus->links[i], now_ms, &catch);
    }
    hand_in(bus, &catch);
    push_orders(bus, taken);
    for (size_t i = 0; i < bus->link_count; i++) {
        link_flush(&bus->links[i], now_ms);
        link_speak(&bus->links[i], now_ms, bus->ready, taken->serves, taken->leaves);
    }
    note_state(bus, taken);
}

void *
bus_run(void *context)
{
    struct bus *bus = context;
    struct taken taken = { 0 };
    int64_t end_ms = 0;

    for (;;) {
        wait_for_news(bus, taken.serves, end_ms ? 10 : IDLE_MS);
        take_orders(bus, &taken);
        move_frames(bus, &taken);
        if (!taken.closes)
            continue;
        if (!end_ms)
            end_ms = monotonic_ms() + CLOSE_MS;
        decline_all(bus);
        if (monotonic_ms() >= end_ms || (all_have_left(bus) && all_is_out(bus)))
            break;
    }
    for (size_t i = 0; i < bus->link_count; i++)
        link_close(&bus->links[i]);
    return NULL;
}

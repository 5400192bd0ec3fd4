/* services/gateway/feed.c - the feed's thread: takes orders, looks for what is new, serves page by page. */
#include "services/gateway/feed.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/socket.h"
#include "services/gateway/feed_state.h"

enum { RETRY_MS = 1000, KEEP_BYTES = 1 << 20, QUIET_MS = 15000 };
enum { STALLED_MS = 50 }; /* at the latest, those who could not take more get another try */

/* ------------------------------------------------------------------ to the door */

void
feed_send(struct feed *feed, const struct label *label, zmq_msg_t *frame)
{
    if (zmq_send(feed->pair, label, sizeof(*label), ZMQ_SNDMORE) < 0 ||
        zmq_msg_send(frame, feed->pair, 0) < 0) {
        zmq_msg_close(frame);
        atomic_store(&feed->stops, true);
    }
}

static void
send_frame(void *context, const struct label *label, zmq_msg_t *frame)
{
    struct feed *feed = context;

    feed_send(feed, label, frame);
}

static void
report(struct feed *feed, enum label_kind kind, const char *text)
{
    struct label label = { .kind = kind };
    zmq_msg_t frame;

    if (zmq_msg_init_size(&frame, strlen(text)) != 0)
        abort();
    memcpy(zmq_msg_data(&frame), text, strlen(text));
    feed_send(feed, &label, &frame);
}

/* ------------------------------------------------------------------ the directory */

struct roll {
    struct arena *arena;
    struct list systems;
};

static void
enter(void *context, const struct peer_system *system)
{
    struct roll *roll = context;
    struct principal principal = { .system = system->id, .agency = system->agency };

    if (key_decode(system->public_key, principal.key))
        *(struct principal *) list_add(&roll->systems) = principal;
}

/* The table of keys is what the directory says now; who is no longer in it hears nothing more. */
static void
publish_keys(struct feed *feed)
{
    struct roll roll = { .arena = feed->arena };

    list_init(&roll.systems, feed->arena, sizeof(struct principal));
    authority_each_system(feed->authority, enter, &roll);
    keys_set_systems(feed->keys, roll.systems.items, roll.systems.count);
    for (size_t i = 0; i < feed->all.room; i++) {
        struct subscription *s = feed->all.items[i];

        if (s && !feed_knows(feed, &s->system))
            subscription_end(&feed->all, &s, WIRE__REASON__REASON_UNKNOWN_SYSTEM, NULL);
    }
    metric_set(feed->position, authority_position(feed->authority));
}

static void
accept(struct feed *feed, struct subscription *s, const struct head *head)
{
    s->is_checked = true;
    if (s->position == head->position) { /* nothing to catch up with: it is told at once */
        s->has_reached_end = true;
        subscription_progress(&feed->all, s, monotonic_ms());
    }
}

/* New subscriptions begin when it is known that there is something to listen to. */
static void
check_new(struct feed *feed)
{
    for (size_t i = 0; i < feed->all.room; i++) {
        struct subscription *s = feed->all.items[i];
        const struct head *head;

        if (!s || s->is_checked)
            continue;
        head = feed_head(feed, s->programme);
        if (!head)
            subscription_end(&feed->all, &s, WIRE__REASON__REASON_UNKNOWN_PROGRAMME, NULL);
        else if (s->position > head->position)
            subscription_end(&feed->all, &s, WIRE__REASON__REASON_INVALID_FIELD,
                             "after_position is beyond the end of the journal");
        else
            accept(feed, s, head);
    }
}

static int
look(struct feed *feed, int64_t now_ms)
{
    bool changed = false;
    int rc;

    if (now_ms < feed->look_ms)
        return 0;
    rc = feed_settle(feed, now_ms);
    if (rc == 0)
        rc = feed_look(feed, &changed);
    if (changed)
        publish_keys(feed);
    if (rc != 0)
        return rc;
    check_new(feed);
    feed->looked_ms = now_ms;
    feed->look_ms = now_ms + feed->process->config->poll_ms;
    if (!feed->is_ready)
        report(feed, LABEL_READY, "");
    if (!feed->is_ready || feed->is_in_trouble)
        health_ready(feed->process->health, "database", true);
    feed->is_ready = true;
    feed->is_in_trouble = false;
    return 0;
}

/* A word now and then, which also shows whether anybody is still there. */
static void
keep_alive(struct feed *feed, int64_t now_ms)
{
    for (size_t i = 0; i < feed->all.room; i++) {
        struct subscription *s = feed->all.items[i];

        if (s && s->is_checked && now_ms - s->spoke_ms >= QUIET_MS)
            subscription_progress(&feed->all, s, now_ms);
    }
    metric_set(feed->subscriptions, (int64_t) feed->all.count);
}

/* ------------------------------------------------------------------ the thread */

static void
note_trouble(struct feed *feed, int rc, int64_t now_ms)
{
    if (!feed->is_in_trouble)
        log_error("feed in trouble", "reason", err_text(), NULL);
    if (!feed->is_ready && rc == ERR_FATAL)
        report(feed, LABEL_FAILED, err_text());
    feed->is_in_trouble = true;
    feed->retry_ms = now_ms + RETRY_MS;
    feed->look_ms = 0;
    health_ready(feed->process->health, "database", false);
}

static long
patience(struct feed *feed, int64_t now_ms)
{
    int64_t until_ms = feed->is_in_trouble || !feed->db ? feed->retry_ms : feed->look_ms;
    int64_t wait_ms = until_ms > now_ms ? until_ms - now_ms : 0;
    bool is_full = false;

    if (!feed->is_in_trouble && feed_next(feed, now_ms))
        return 0;
    if (feed->rest_until_ms > now_ms && feed->rest_until_ms < now_ms + wait_ms)
        wait_ms = feed->rest_until_ms - now_ms;
    for (size_t i = 0; i < feed->all.room; i++) {
        const struct subscription *s = feed->all.items[i];

        if (s && s->stalled_until_ms > now_ms && wait_ms > STALLED_MS)
            wait_ms = STALLED_MS;
        is_full = is_full || (s && subscription_is_full(s));
    }
    if (is_full) { /* it may go on soon, or never */
        wait_ms = feed->full_ms < wait_ms ? feed->full_ms : wait_ms;
        feed->full_ms = 2 * feed->full_ms < STALLED_MS ? 2 * feed->full_ms : STALLED_MS;
    }
    return (long) wait_ms;
}

static void
turn(struct feed *feed)
{
    int64_t now_ms = monotonic_ms();
    zmq_pollitem_t item = { feed->pair, 0, ZMQ_POLLIN, 0 };
    int rc = 0;

    if (zmq_poll(&item, 1, patience(feed, now_ms)) < 0 && zmq_errno() == ETERM)
        atomic_store(&feed->stops, true);
    arena_reset(feed->arena, KEEP_BYTES);
    feed_take_orders(feed);
    now_ms = monotonic_ms();
    if (atomic_load(&feed->stops) || now_ms < feed->retry_ms)
        return;
    if (!feed->db || feed->is_in_trouble)
        rc = feed_connect(feed);
    if (rc == 0)
        rc = look(feed, now_ms);
    if (rc == 0)
        rc = feed_serve(feed, now_ms);
    if (rc != 0)
        note_trouble(feed, rc, now_ms);
    keep_alive(feed, now_ms);
}

static void *
run(void *context)
{
    struct feed *feed = context;

    while (!atomic_load(&feed->stops))
        turn(feed);
    socket_close(&feed->pair);
    return NULL;
}

/* ------------------------------------------------------------------ the door's side */

int
feed_open(void *context, const struct process *process, struct keys *keys, struct feed **ret_feed)
{
    struct feed *feed = calloc(1, sizeof(*feed));
    int rc;

    if (!feed)
        abort();
    feed->context = context;
    feed->process = process;
    feed->keys = keys;
    feed->authority = authority_new();
    feed->arena = arena_new();
    feed->all.send = send_frame;
    feed->all.context = feed;
    feed->subscriptions =
        metric_new("sangkien_gateway_subscriptions", NULL, METRIC_GAUGE, "Open subscriptions.");
    feed->delivered = metric_new("sangkien_gateway_feed_events_total", NULL, METRIC_COUNTER,
                                 "Events sent to subscribers.");
    feed->position = metric_new("sangkien_gateway_directory_position", NULL, METRIC_GAUGE,
                                "Position of the directory's journal that is known here.");
    rc = socket_pair(context, FEED_ENDPOINT, false,
                     (struct pair_limits){ .most_out = FEED_MOST_FRAMES }, &feed->pair);
    if (rc == 0 && pthread_create(&feed->thread, NULL, run, feed) != 0) {
        socket_close(&feed->pair);
        rc = err_set(ERR_FATAL, "cannot start the feed's thread");
    }
    if (rc != 0) {
        authority_free(&feed->authority);
        arena_free(&feed->arena);
        free(feed);
        return rc;
    }
    *ret_feed = feed;
    return 0;
}

void
feed_close(struct feed **feed_p)
{
    struct feed *feed = *feed_p;

    *feed_p = NULL;
    if (!feed)
        return;
    atomic_store(&feed->stops, true);
    pthread_join(feed->thread, NULL);
    for (size_t i = 0; i < feed->all.room; i++)
        free(feed->all.items[i]);
    db_close(&feed->db);
    authority_free(&feed->authority);
    arena_free(&feed->arena);
    free(feed);
}

int
feed_backlog(const struct feed *feed)
{
    return atomic_load(&feed->backlog);
}

void
feed_count_order(struct feed *feed)
{
    atomic_fetch_add(&feed->backlog, 1);
}

void
feed_note_requests(struct feed *feed)
{
    atomic_store_explicit(&feed->busy_ms, monotonic_ms(), memory_order_relaxed);
}

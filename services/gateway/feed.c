/* services/gateway/feed.c - the feed's thread: takes orders, reads the journal, sends what may be seen. */
#include "services/gateway/feed.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/socket.h"
#include "services/gateway/feed_state.h"

enum { RETRY_MS = 1000, BROKEN_MS = 10000, KEEP_BYTES = 1 << 20, QUIET_MS = 15000 };

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

    metric_add(feed->delivered, 1);
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
    bool changed;
    int rc;

    if (now_ms < feed->look_ms)
        return 0;
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

/* ------------------------------------------------------------------ the stream */

/* In turn, so that a long history keeps nobody else waiting. */
static struct subscription *
next_eager(struct feed *feed, int64_t now_ms)
{
    for (size_t i = 0; i < feed->all.room; i++) {
        struct subscription *s = feed->all.items[(feed->turn + i) % feed->all.room];
        const struct head *head = s ? feed_head(feed, s->programme) : NULL;

        if (head && subscription_wants(s, head->position, now_ms)) {
            feed->turn = s->index + 1;
            return s;
        }
    }
    return NULL;
}

/* A journal with a hole in it is no reason to keep those of other programmes waiting. */
static void
put_off(struct feed *feed, const char *programme, int64_t now_ms)
{
    log_error("journal is broken", "programme", programme, "reason", err_text(), NULL);
    for (size_t i = 0; i < feed->all.room; i++)
        if (feed->all.items[i] && strcmp(feed->all.items[i]->programme, programme) == 0)
            feed->all.items[i]->stalled_until_ms = now_ms + BROKEN_MS;
}

/* Reads one page for one, and gives of it to all who listen there. */
static int
serve_page(struct feed *feed, int64_t now_ms)
{
    struct subscription *eager = next_eager(feed, now_ms);
    struct head *head;
    struct page page;
    int rc;

    if (!eager)
        return 0;
    head = feed_head(feed, eager->programme);
    rc = feed_read_page(feed, head->programme, eager->position, &page);
    if (rc == ERR_POISON)
        put_off(feed, head->programme, now_ms);
    if (rc != 0)
        return rc == ERR_POISON ? 0 : rc;
    if (page.is_last) /* also where a hint had promised more */
        head->position = page.after + (int64_t) page.count;
    for (size_t i = 0; i < feed->all.room; i++) {
        struct subscription *s = feed->all.items[i];

        if (s && s->is_checked && s->position >= page.after &&
            s->position < page.after + (int64_t) page.count && now_ms >= s->stalled_until_ms &&
            strcmp(s->programme, page.programme) == 0)
            subscription_take(&feed->all, s, &page, feed->authority, now_ms);
    }
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
    int64_t most_ms = 50; /* a stalled connection wants another try by then */

    if (!feed->is_in_trouble && next_eager(feed, now_ms))
        return 0;
    for (size_t i = 0; i < feed->all.room; i++)
        if (feed->all.items[i] && feed->all.items[i]->stalled_until_ms > now_ms)
            return (long) (until_ms - now_ms < most_ms ? until_ms - now_ms : most_ms);
    return until_ms > now_ms ? (long) (until_ms - now_ms) : 0;
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
        rc = serve_page(feed, now_ms);
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
    feed->delivered = metric_new("sangkien_gateway_feed_frames_total", NULL, METRIC_COUNTER,
                                 "Deliveries and progress sent to subscribers.");
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

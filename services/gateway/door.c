/* services/gateway/door.c - the two doors: made, tried, opened, served and closed. */
#include "services/gateway/door.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "common/answer.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/socket.h"
#include "services/gateway/door_state.h"
#include "services/gateway/selftest.h"

enum { IO_THREADS = 1, FEED_BURST = 256, DRAIN_MS = 2000, FEWEST_FILES = 65536 };

/* ------------------------------------------------------------------ the feed's frames */

void
door_order(struct door *door, const struct order *order, struct bytes content)
{
    zmq_msg_t frame;
    uint8_t *data;

    if (zmq_msg_init_size(&frame, sizeof(*order) + content.size) != 0)
        abort();
    data = zmq_msg_data(&frame);
    memcpy(data, order, sizeof(*order));
    if (content.size)
        memcpy(data + sizeof(*order), content.data, content.size);
    if (zmq_msg_send(&frame, door->pair, ZMQ_DONTWAIT) < 0)
        zmq_msg_close(&frame);
}

/* Once a connection was full, the rest of the stream is dropped until the feed begins again before the
 * frame that was lost: what a subscriber gets has no holes. */
static void
pass_stream(struct door *door, const struct label *label, zmq_msg_t *frame)
{
    struct order order = { .peer = label->peer, .mark = label->mark };
    uint32_t *refused = &door->refused_epochs[label->mark.index];
    int rc;

    if (label->may_stall && *refused == label->mark.epoch) {
        zmq_msg_close(frame);
        return;
    }
    rc = post_send(door->outer, label->peer, frame);
    if (rc == 0)
        return;
    if (rc != EAGAIN) {
        order.kind = ORDER_GONE;
        door_order(door, &order, (struct bytes){ 0 });
    } else if (label->may_stall) {
        *refused = label->mark.epoch;
        order.kind = ORDER_STALLED;
        door_order(door, &order, (struct bytes){ 0 });
    }
}

void
door_take_feed(struct door *door)
{
    struct label label;

    for (int i = 0; i < FEED_BURST; i++) {
        zmq_msg_t frame;

        if (zmq_recv(door->pair, &label, sizeof(label), ZMQ_DONTWAIT) != (int) sizeof(label))
            return;
        zmq_msg_init(&frame);
        zmq_msg_recv(&frame, door->pair, ZMQ_DONTWAIT);
        if (label.kind == LABEL_FRAME) {
            pass_stream(door, &label, &frame);
            continue;
        }
        door->feed_is_ready = label.kind == LABEL_READY;
        door->feed_has_failed = label.kind == LABEL_FAILED;
        if (door->feed_has_failed)
            err_set(ERR_FATAL, "%.*s", (int) zmq_msg_size(&frame),
                    (const char *) zmq_msg_data(&frame));
        zmq_msg_close(&frame);
    }
}

/* ------------------------------------------------------------------ open */

static void
name_metrics(struct door *door)
{
    const char *name = "sangkien_gateway_requests_total";
    const char *help = "Requests, by what became of them.";

    door->metrics.answered = metric_new(name, "outcome=\"ANSWERED\"", METRIC_COUNTER, help);
    door->metrics.not_final = metric_new(name, "outcome=\"NOT_FINAL\"", METRIC_COUNTER, help);
    for (int reason = 0; reason < MOST_REASONS; reason++) {
        char label[64];

        if (!protobuf_c_enum_descriptor_get_value(&wire__reason__descriptor, reason))
            continue;
        snprintf(label, sizeof(label), "outcome=\"%s\"", reason_word(reason));
        door->metrics.refused[reason] = metric_new(name, label, METRIC_COUNTER, help);
    }
    door->metrics.seconds = metric_new("sangkien_gateway_request_seconds", NULL, METRIC_SECONDS,
                                       "From arrival to answer.");
    door->metrics.in_flight = metric_new("sangkien_gateway_requests_in_flight", NULL, METRIC_GAUGE,
                                         "Requests under way.");
    door->metrics.bytes = metric_new("sangkien_gateway_in_flight_bytes", NULL, METRIC_GAUGE,
                                     "What they count for in admission.");
    door->metrics.workers =
        metric_new("sangkien_gateway_workers", NULL, METRIC_GAUGE, "Workers that are ready.");
}

/* Without descriptors libzmq spins. */
static void
raise_file_limit(void)
{
    struct rlimit limit;
    char text[24];

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    snprintf(text, sizeof(text), "%llu", (unsigned long long) limit.rlim_cur);
    if (limit.rlim_cur < FEWEST_FILES)
        log_warning("few file descriptors", "limit", text, NULL);
}

/* libzmq numbers connections onward from one that it draws by rand(). Whoever could foresee the number of another's
 * connection could claim it: a client may choose. Then the door falls, or what was meant for a connection that has
 * just ended goes to a stranger. */
static int
draw_numbers(void)
{
    unsigned seed;

    if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
        return err_set(ERR_FATAL, "no random number: %s", strerror(errno));
    srand(seed); /* banned: it is libzmq's, and nobody else draws from it */
    return 0;
}

static int
open_socket(struct door *door, const char *secret_key, const char *public_key,
            enum socket_side side, void **ret_socket)
{
    const char *domain = side == SIDE_OUTER ? DOMAIN_CLIENT : DOMAIN_WORKER;
    int rc = socket_open(door->context, ZMQ_ROUTER, side, ret_socket);

    if (rc == 0)
        rc = socket_guard(*ret_socket, secret_key, domain);
    if (rc == 0)
        rc = selftest_door(door->context, *ret_socket, public_key, domain);
    return rc;
}

static int
open_sockets(struct door *door)
{
    char public_key[KEY_TEXT_SIZE];
    char secret_key[KEY_TEXT_SIZE] = "";
    struct pair_limits limits = { .most_in = FEED_MOST_FRAMES };
    int rc = config_secret_file("SANGKIEN_SECRET_KEY", door->config->secret_key);

    if (rc == 0)
        rc = keyfile_read(door->config->secret_key, public_key, secret_key);
    if (rc == 0) /* before any door: without it everybody would be let in or nobody */
        rc = zap_open(door->context, door->keys, &door->zap);
    if (rc == 0)
        rc = open_socket(door, secret_key, public_key, SIDE_OUTER, &door->outer);
    if (rc == 0)
        rc = open_socket(door, secret_key, public_key, SIDE_INNER, &door->inner);
    if (rc == 0)
        rc = socket_pair(door->context, FEED_ENDPOINT, true, limits, &door->pair);
    explicit_bzero(secret_key, sizeof(secret_key));
    health_ready(door->process->health, "self-test", rc == 0);
    return rc;
}

static int
read_files(struct door *door)
{
    int rc = receipt_key_read(door->config->receipt_key, &door->receipt_key);

    if (rc == 0)
        rc = keys_load_workers(door->keys, door->config->worker_keys);
    return rc;
}

int
door_open(const struct process *process, struct door **ret_door)
{
    struct door *door = calloc(1, sizeof(*door));
    int rc;

    if (!door)
        abort();
    door->process = process;
    door->config = process->config;
    door->keys = keys_new();
    door->routes = routes_new();
    door->tickets = tickets_new();
    door->admission = admission_new(process->config);
    door->arena = arena_new();
    name_metrics(door);
    raise_file_limit();
    health_expect(process->health, "doors");
    health_expect(process->health, "database");
    health_expect(process->health, "self-test");
    health_expect(process->health, "clock");
    rc = read_files(door);
    if (rc == 0)
        rc = draw_numbers();
    door->context = zmq_ctx_new();
    if (rc == 0 && (!door->context || zmq_ctx_set(door->context, ZMQ_IO_THREADS, IO_THREADS) != 0))
        rc = err_set(ERR_FATAL, "cannot open ZeroMQ: %s", zmq_strerror(zmq_errno()));
    if (rc == 0)
        rc = open_sockets(door);
    if (rc != 0) {
        door_close(&door);
        return rc;
    }
    *ret_door = door;
    return 0;
}

/* ------------------------------------------------------------------ serve */

/* Signals that mean nothing here are taken off and forgotten. */
static bool
was_told_to_stop(const struct door *door)
{
    struct signalfd_siginfo info;

    while (read(door->process->signal_fd, &info, sizeof(info)) == (ssize_t) sizeof(info))
        if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
            return true;
    return false;
}

/* One turn: waits for something, takes a burst of everything; answers before new requests. */
static bool
turn(struct door *door, int64_t until_ms)
{
    int64_t now_ms = monotonic_ms();
    bool rests = now_ms < door->rest_until_ms;
    zmq_pollitem_t items[] = {
        { door->inner, 0, ZMQ_POLLIN, 0 },
        { door->pair, 0, ZMQ_POLLIN, 0 },
        { door->outer, 0, rests ? 0 : ZMQ_POLLIN, 0 },
        { NULL, door->process->signal_fd, ZMQ_POLLIN, 0 },
    };

    if (door->beat_ms < until_ms)
        until_ms = door->beat_ms;
    if (rests && door->rest_until_ms < until_ms)
        until_ms = door->rest_until_ms;
    zmq_poll(items, 4, until_ms > now_ms ? (long) (until_ms - now_ms) : 0);
    if (items[0].revents)
        door_take_workers(door);
    if (items[1].revents)
        door_take_feed(door);
    if (items[2].revents)
        door_take_clients(door);
    door_tell_hints(door);
    door_beat(door, monotonic_ms());
    if (admission_count(door->admission) > 0)
        feed_note_requests(door->feed);
    metric_set(door->metrics.in_flight, admission_count(door->admission));
    metric_set(door->metrics.bytes, admission_bytes(door->admission));
    return !(items[3].revents && was_told_to_stop(door));
}

/* What is under way may still be answered; what is not in time is given back to its clients. */
static void
drain(struct door *door)
{
    int64_t end_ms = monotonic_ms() + DRAIN_MS;
    struct ticket *ticket;
    size_t cursor = 0;

    log_info("leaving", NULL);
    health_ready(door->process->health, "doors", false);
    door->is_draining = true;
    while (admission_count(door->admission) > 0 && monotonic_ms() < end_ms)
        turn(door, end_ms);
    while ((ticket = ticket_next(door->tickets, &cursor)))
        door_give_up(door, &ticket, WIRE__REASON__REASON_NO_WORKER);
}

int
door_run(struct door *door)
{
    bool goes_on = true;
    int rc = feed_open(door->context, door->process, door->keys, &door->feed);

    if (rc != 0)
        return rc;
    while (goes_on && !door->feed_is_ready && !door->feed_has_failed)
        goes_on = turn(door, INT64_MAX);
    if (door->feed_has_failed)
        return ERR_FATAL;
    if (goes_on)
        rc = health_listen(door->process->health, door->config->health);
    if (goes_on && rc == 0)
        rc = socket_bind(door->inner, door->config->listen_inner);
    if (goes_on && rc == 0)
        rc = socket_bind(door->outer, door->config->listen);
    if (!goes_on || rc != 0)
        return rc;
    health_ready(door->process->health, "doors", true);
    log_info("ready", "listen", door->config->listen, "listen_inner", door->config->listen_inner,
             NULL);
    while (turn(door, INT64_MAX)) {
    }
    drain(door);
    return 0;
}

/* The sockets first, so that they send what they still hold; then the threads; the context last. */
void
door_close(struct door **door_p)
{
    struct door *door = *door_p;

    *door_p = NULL;
    if (!door)
        return;
    tickets_free(&door->tickets);
    socket_close(&door->outer);
    socket_close(&door->inner);
    socket_close(&door->pair);
    if (door->context)
        zmq_ctx_shutdown(door->context);
    feed_close(&door->feed);
    zap_close(&door->zap);
    if (door->context)
        zmq_ctx_term(door->context);
    admission_free(&door->admission);
    routes_free(&door->routes);
    keys_free(&door->keys);
    arena_free(&door->arena);
    receipt_key_free(&door->receipt_key);
    free(door);
}

/* tests/unit/bus.c - a worker's end of the wire, against a gateway that is played here. */
#include "common/bus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/keyfile.h"
#include "common/log.h"
#include "common/socket.h"
#include "sangkien/wire/v1/worker.pb-c.h"

#define COMMAND "sangkien.funding.v1.SignOff"
#define EVENT "sangkien.appraisal.v1.AppraisalConcluded"
#define QUERY "sangkien.funding.v1.GetFundingCase"

enum { PATIENCE_MS = 5000, HEARTBEAT_MS = 50 };

static const char *const commands[] = { COMMAND, NULL };
static const char *const queries[] = { QUERY, NULL };
static const char *const heard[] = { EVENT, NULL };
static const struct bus_offer offer = { "funding", commands, queries, heard };

/* The gateway's part: a ROUTER that lets everybody in, and remembers who spoke last. */
struct gateway {
    void *context;
    void *router;
    char endpoint[64];
    char public_key[KEY_TEXT_SIZE];
    char secret_key[KEY_TEXT_SIZE];
    char path[64]; /* of the worker's key pair */
    zmq_msg_t peer;
    Wire__WorkerFrame *heard;
    struct config config;
    struct bus *bus;
};

static void
raise_door(struct gateway *g)
{
    size_t size = sizeof(g->endpoint);
    const char *endpoint = *g->endpoint ? g->endpoint : "tcp://127.0.0.1:*";
    int yes = 1;

    g->router = zmq_socket(g->context, ZMQ_ROUTER);
    zmq_setsockopt(g->router, ZMQ_CURVE_SERVER, &yes, sizeof(yes));
    zmq_setsockopt(g->router, ZMQ_CURVE_SECRETKEY, g->secret_key, KEY_TEXT_SIZE);
    while (zmq_bind(g->router, endpoint) !=
           0) { /* the port of the one before is being given back */
        assert_int_equal(zmq_errno(), EADDRINUSE);
        zmq_poll(NULL, 0, 5);
    }
    assert_int_equal(zmq_getsockopt(g->router, ZMQ_LAST_ENDPOINT, g->endpoint, &size), 0);
}

static void
close_door(struct gateway *g)
{
    int none = 0;

    zmq_setsockopt(g->router, ZMQ_LINGER, &none, sizeof(none));
    zmq_close(g->router);
}

static void
write_key_pair(struct gateway *g)
{
    char public_key[KEY_TEXT_SIZE], secret_key[KEY_TEXT_SIZE];
    int fd;

    snprintf(g->path, sizeof(g->path), "/tmp/bus-test-key-XXXXXX");
    fd = mkstemp(g->path);
    assert_true(fd >= 0);
    assert_int_equal(zmq_curve_keypair(public_key, secret_key), 0);
    dprintf(fd, "public = %s\nsecret = %s\n", public_key, secret_key);
    close(fd);
}

static int
setup(void **state)
{
    struct gateway *g = calloc(1, sizeof(*g));

    g->context = zmq_ctx_new();
    assert_int_equal(zmq_curve_keypair(g->public_key, g->secret_key), 0);
    raise_door(g);
    write_key_pair(g);
    zmq_msg_init(&g->peer);
    g->config.gateway = g->endpoint;
    g->config.gateway_key = g->public_key;
    g->config.secret_key = g->path;
    g->config.credit = 9;
    assert_int_equal(bus_open(&g->config, &offer, &g->bus), 0);
    *state = g;
    return 0;
}

static int
teardown(void **state)
{
    struct gateway *g = *state;

    close_door(g);
    bus_close(&g->bus);
    if (g->heard)
        wire__worker_frame__free_unpacked(g->heard, NULL);
    zmq_msg_close(&g->peer);
    zmq_ctx_term(g->context);
    unlink(g->path);
    free(g);
    return 0;
}

/* The next frame of that kind; others are passed over. NULL: none in time. */
static Wire__WorkerFrame *
hear(struct gateway *g, Wire__WorkerFrame__ContentCase what, int patience_ms)
{
    zmq_pollitem_t item = { g->router, 0, ZMQ_POLLIN, 0 };
    zmq_msg_t frame;

    for (;;) {
        if (zmq_poll(&item, 1, patience_ms) <= 0)
            return NULL;
        zmq_msg_recv(&g->peer, g->router, 0);
        zmq_msg_init(&frame);
        zmq_msg_recv(&frame, g->router, 0);
        if (g->heard)
            wire__worker_frame__free_unpacked(g->heard, NULL);
        g->heard = wire__worker_frame__unpack(NULL, zmq_msg_size(&frame), zmq_msg_data(&frame));
        zmq_msg_close(&frame);
        assert_non_null(g->heard);
        if (g->heard->content_case == what)
            return g->heard;
    }
}

static void
say(struct gateway *g, const Wire__GatewayFrame *frame)
{
    uint8_t packed[4096];
    size_t size = wire__gateway_frame__pack(frame, packed);

    zmq_send(g->router, zmq_msg_data(&g->peer), zmq_msg_size(&g->peer), ZMQ_SNDMORE);
    zmq_send(g->router, packed, size, 0);
}

static void
welcome(struct gateway *g)
{
    Wire__Welcome said = WIRE__WELCOME__INIT;
    Wire__GatewayFrame frame = WIRE__GATEWAY_FRAME__INIT;

    said.heartbeat_ms = HEARTBEAT_MS;
    frame.content_case = WIRE__GATEWAY_FRAME__CONTENT_WELCOME;
    frame.welcome = &said;
    say(g, &frame);
}

static void
give_work(struct gateway *g, uint64_t ticket, const char *type)
{
    uint8_t ids[16] = { 7 };
    uint8_t request[256] = { 2 << 3 | 2 }; /* a Request with nothing but its type */
    Wire__Work work = WIRE__WORK__INIT;
    Wire__WorkBatch batch = WIRE__WORK_BATCH__INIT;
    Wire__GatewayFrame frame = WIRE__GATEWAY_FRAME__INIT;

    request[1] = (uint8_t) strlen(type);
    memcpy(request + 2, type, strlen(type));
    work.ticket = ticket;
    work.request.data = request;
    work.request.len = 2 + strlen(type);
    work.system.data = work.agency.data = ids;
    work.system.len = work.agency.len = sizeof(ids);
    work.received_us = 1234567;
    batch.n_works = 1;
    batch.works = (Wire__Work *[]){ &work };
    frame.content_case = WIRE__GATEWAY_FRAME__CONTENT_WORKS;
    frame.works = &batch;
    say(g, &frame);
}

static void
begin(struct gateway *g)
{
    bus_serve(g->bus);
    assert_non_null(hear(g, WIRE__WORKER_FRAME__CONTENT_READY, PATIENCE_MS));
    welcome(g);
}

/* From then on it has heard that it is welcome. */
static void
be_at_work(struct gateway *g)
{
    struct work *work;

    give_work(g, 1, COMMAND);
    work = bus_take(g->bus, LANE_WRITE, PATIENCE_MS);
    assert_non_null(work);
    work_free(&work);
}

static void
it_says_ready_only_when_it_serves(void **state)
{
    struct gateway *g = *state;

    assert_null(hear(g, WIRE__WORKER_FRAME__CONTENT_READY, 300));
    bus_serve(g->bus);
    assert_non_null(hear(g, WIRE__WORKER_FRAME__CONTENT_READY, PATIENCE_MS));
    assert_string_equal(g->heard->ready->service, "funding");
    assert_int_equal(g->heard->ready->n_commands, 1);
    assert_string_equal(g->heard->ready->commands[0], COMMAND);
    assert_int_equal(g->heard->ready->n_queries, 1);
    assert_string_equal(g->heard->ready->queries[0], QUERY);
    assert_int_equal(g->heard->ready->credit, 9);
    assert_int_equal(g->heard->ready->n_heard, 1);
    assert_string_equal(g->heard->ready->heard[0], EVENT);
}

static void
it_says_ready_until_it_is_welcome(void **state)
{
    struct gateway *g = *state;

    bus_serve(g->bus);
    for (int i = 0; i < 3; i++)
        assert_non_null(hear(g, WIRE__WORKER_FRAME__CONTENT_READY, PATIENCE_MS));
    assert_false(bus_is_connected(g->bus));
    welcome(g);
    assert_non_null(hear(g, WIRE__WORKER_FRAME__CONTENT_HEARTBEAT, PATIENCE_MS));
    assert_true(bus_is_connected(g->bus));
}

static void
work_comes_in_order_and_answers_carry_its_ticket(void **state)
{
    struct gateway *g = *state;

    begin(g);
    for (uint64_t ticket = 1; ticket <= 3; ticket++)
        give_work(g, ticket, COMMAND);
    for (uint64_t ticket = 1; ticket <= 3; ticket++) {
        struct work *work = bus_take(g->bus, LANE_WRITE, PATIENCE_MS);

        assert_non_null(work);
        assert_int_equal(work->ticket, ticket);
        assert_int_equal(work->system.bytes[0], 7);
        assert_int_equal(work->received_us, 1234567);
        assert_int_equal(work->request.size, 2 + strlen(COMMAND));
        bus_answer(g->bus, work, (struct bytes){ (const uint8_t *) "done", 4 });
        bus_send(g->bus);
        work_free(&work);
        assert_non_null(hear(g, WIRE__WORKER_FRAME__CONTENT_ANSWERS, PATIENCE_MS));
        assert_int_equal(g->heard->answers->answers[0]->ticket, ticket);
        assert_int_equal(g->heard->answers->answers[0]->reply.len, 4);
    }
}

static void
commands_and_queries_lie_in_lanes_of_their_own(void **state)
{
    struct gateway *g = *state;
    struct work *work;

    begin(g);
    give_work(g, 1, QUERY);
    give_work(g, 2, COMMAND);
    work = bus_take(g->bus, LANE_WRITE, PATIENCE_MS);
    assert_int_equal(work->ticket, 2);
    work_free(&work);
    assert_null(bus_take(g->bus, LANE_WRITE, 0));
    work = bus_take(g->bus, LANE_READ, PATIENCE_MS);
    assert_int_equal(work->ticket, 1);
    work_free(&work);
}

static bool
can_be_read(int fd, int wait_ms)
{
    struct pollfd p = { fd, POLLIN, 0 };

    return poll(&p, 1, wait_ms) == 1;
}

static void
who_watches_is_told_when_so_many_wait(void **state)
{
    struct gateway *g = *state;
    struct work *work;
    int fd;

    begin(g);
    fd = bus_watch(g->bus, 2);
    give_work(g, 1, QUERY); /* lies elsewhere */
    give_work(g, 2, COMMAND);
    work = bus_take(g->bus, LANE_WRITE, PATIENCE_MS);
    assert_false(can_be_read(fd, 0));
    work_free(&work);
    give_work(g, 3, COMMAND);
    give_work(g, 4, COMMAND);
    assert_true(can_be_read(fd, PATIENCE_MS));
    assert_true(can_be_read(bus_watch(g->bus, 2), 0)); /* they still wait */
    assert_false(can_be_read(bus_watch(g->bus, 3), 0));
    work = bus_take(g->bus, LANE_WRITE, 0);
    work_free(&work);
    assert_false(can_be_read(bus_watch(g->bus, 2), 0));
}

static void
a_hint_wakes_whoever_writes_once(void **state)
{
    struct gateway *g = *state;
    Wire__Hint hint = WIRE__HINT__INIT;
    Wire__GatewayFrame frame = WIRE__GATEWAY_FRAME__INIT;

    begin(g);
    assert_false(bus_was_hinted(g->bus));
    hint.programme = "2019";
    frame.content_case = WIRE__GATEWAY_FRAME__CONTENT_HINT;
    frame.hint = &hint;
    say(g, &frame);
    assert_null(bus_take(g->bus, LANE_WRITE, 3600000)); /* would wait for an hour otherwise */
    assert_true(bus_was_hinted(g->bus));
    assert_false(bus_was_hinted(g->bus));
}

static void
hints_of_one_programme_go_out_as_one(void **state)
{
    struct gateway *g = *state;
    struct hint hint = { .position = 5 };

    begin(g);
    be_at_work(g);
    hint_add_type(&hint, EVENT);
    hint_add_type(&hint, EVENT);
    bus_hint(g->bus, "2019", &hint);
    bus_send(g->bus);
    assert_non_null(hear(g, WIRE__WORKER_FRAME__CONTENT_ANSWERS, PATIENCE_MS));
    assert_string_equal(g->heard->answers->hints[0]->programme, "2019");
    assert_int_equal(g->heard->answers->hints[0]->position, 5);
    assert_int_equal(g->heard->answers->hints[0]->n_types, 1);
    assert_string_equal(g->heard->answers->hints[0]->types[0], EVENT);
}

static void
a_lane_can_be_woken(void **state)
{
    struct gateway *g = *state;

    bus_wake(g->bus, LANE_READ);
    assert_null(bus_take(g->bus, LANE_READ, 3600000));
}

static void
a_silent_gateway_hears_ready_again(void **state)
{
    struct gateway *g = *state;

    begin(g);
    assert_non_null(hear(g, WIRE__WORKER_FRAME__CONTENT_HEARTBEAT, PATIENCE_MS));
    assert_non_null(hear(g, WIRE__WORKER_FRAME__CONTENT_READY, PATIENCE_MS));
}

static void
a_gateway_that_was_restarted_hears_ready_from_a_new_connection(void **state)
{
    struct gateway *g = *state;

    begin(g);
    close_door(g);
    raise_door(g);
    assert_non_null(hear(g, WIRE__WORKER_FRAME__CONTENT_READY, PATIENCE_MS));
    welcome(g);
    give_work(g, 1, COMMAND);
    struct work *work = bus_take(g->bus, LANE_WRITE, PATIENCE_MS);
    assert_non_null(work);
    work_free(&work);
}

static void
who_leaves_answers_what_still_came_and_then_is_let_go(void **state)
{
    struct gateway *g = *state;
    struct work *work;

    begin(g);
    be_at_work(g); /* a welcome that came later would let it go */
    bus_leave(g->bus);
    assert_non_null(hear(g, WIRE__WORKER_FRAME__CONTENT_LEAVE, PATIENCE_MS));
    give_work(g, 2, COMMAND); /* was on its way */
    welcome(g);               /* it is let go */
    work = bus_take(g->bus, LANE_WRITE, PATIENCE_MS);
    assert_non_null(work);
    assert_null(bus_take(g->bus, LANE_WRITE, 3600000));
    assert_true(bus_is_leaving(g->bus));
    bus_answer(g->bus, work, (struct bytes){ (const uint8_t *) "done", 4 });
    bus_send(g->bus);
    work_free(&work);
    assert_non_null(hear(g, WIRE__WORKER_FRAME__CONTENT_ANSWERS, PATIENCE_MS));
}

static void
what_nobody_took_is_declined_at_the_end(void **state)
{
    struct gateway *g = *state;
    struct work *work;

    begin(g);
    give_work(g, 1, COMMAND);
    give_work(g, 2, COMMAND);
    work = bus_take(g->bus, LANE_WRITE, PATIENCE_MS);
    work_free(&work);
    bus_close(&g->bus);
    assert_non_null(hear(g, WIRE__WORKER_FRAME__CONTENT_ANSWERS, PATIENCE_MS));
    assert_int_equal(g->heard->answers->answers[0]->ticket, 2);
    assert_int_equal(g->heard->answers->answers[0]->reply.len, 0);
}

static void
an_open_key_file_is_refused(void **state)
{
    struct gateway *g = *state;
    struct bus *bus = NULL;

    assert_int_equal(chmod(g->path, 0644), 0);
    assert_int_equal(bus_open(&g->config, &offer, &bus), ERR_FATAL);
    assert_null(bus);
}

int
main(void)
{
#define BUS(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        BUS(it_says_ready_only_when_it_serves),
        BUS(it_says_ready_until_it_is_welcome),
        BUS(work_comes_in_order_and_answers_carry_its_ticket),
        BUS(commands_and_queries_lie_in_lanes_of_their_own),
        BUS(who_watches_is_told_when_so_many_wait),
        BUS(a_hint_wakes_whoever_writes_once),
        BUS(hints_of_one_programme_go_out_as_one),
        BUS(a_lane_can_be_woken),
        BUS(a_silent_gateway_hears_ready_again),
        BUS(a_gateway_that_was_restarted_hears_ready_from_a_new_connection),
        BUS(who_leaves_answers_what_still_came_and_then_is_let_go),
        BUS(what_nobody_took_is_declined_at_the_end),
        BUS(an_open_key_file_is_refused),
    };

    if (log_open("test", "error"))
        return 1;
    return cmocka_run_group_tests_name("bus", tests, NULL, NULL);
}

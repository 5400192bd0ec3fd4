/* services/gateway/selftest.c - tries at start whether the doors refuse a key that nobody registered. */
#include "services/gateway/selftest.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "common/clock.h"
#include "common/socket.h"

enum { PATIENCE_MS = 5000 };

/* The next event of the stranger's connection; 0 when there was none in time. */
static uint16_t
next_event(void *monitor, int64_t deadline_ms)
{
    zmq_pollitem_t item = { monitor, 0, ZMQ_POLLIN, 0 };
    int64_t left_ms = deadline_ms - monotonic_ms();
    uint16_t event = 0;
    zmq_msg_t part;

    if (left_ms <= 0 || zmq_poll(&item, 1, (long) left_ms) <= 0)
        return 0;
    zmq_msg_init(&part);
    if (zmq_msg_recv(&part, monitor, ZMQ_DONTWAIT) >= (int) sizeof(event))
        memcpy(&event, zmq_msg_data(&part), sizeof(event));
    while (zmq_msg_more(&part) && zmq_msg_recv(&part, monitor, ZMQ_DONTWAIT) >= 0) {
    }
    zmq_msg_close(&part);
    return event;
}

static int
judge_events(void *monitor, const char *name)
{
    int64_t deadline_ms = monotonic_ms() + PATIENCE_MS;

    while (monotonic_ms() < deadline_ms) {
        uint16_t event = next_event(monitor, deadline_ms);

        if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
            return 0;
        if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED)
            return err_set(ERR_FATAL, "self-test: the %s door let a stranger in", name);
    }
    return err_set(ERR_FATAL, "self-test: the %s door did not refuse a stranger", name);
}

static int
knock(void *context, const char *endpoint, const char *server_key, const char *name)
{
    char public_key[KEY_TEXT_SIZE];
    char secret_key[KEY_TEXT_SIZE];
    char watch[64];
    void *stranger = NULL;
    void *monitor = NULL;
    int rc;

    if (zmq_curve_keypair(public_key, secret_key) != 0)
        return err_set(ERR_FATAL, "self-test: libzmq has no CURVE");
    snprintf(watch, sizeof(watch), "inproc://self-test-%s", name);
    rc = socket_open(context, ZMQ_DEALER, SIDE_OUTER, &stranger);
    if (rc == 0 &&
        zmq_socket_monitor(stranger, watch,
                           ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) != 0)
        rc = err_set(ERR_FATAL, "self-test: %s", zmq_strerror(zmq_errno()));
    if (rc == 0)
        rc = socket_pair(context, watch, false, (struct pair_limits){ 0 }, &monitor);
    if (rc == 0)
        rc = socket_dial(stranger, endpoint, server_key, public_key, secret_key);
    if (rc == 0)
        rc = judge_events(monitor, name);
    if (stranger)
        zmq_socket_monitor(stranger, NULL, 0);
    socket_close(&monitor);
    socket_close(&stranger);
    return rc;
}

/* A name in no file system, which nobody foresees: until everything is in order, no port is open. */
static int
name_back_door(char ret_endpoint[64])
{
    uint64_t number;

    if (getrandom(&number, sizeof(number), 0) != sizeof(number))
        return err_set(ERR_FATAL, "self-test: no random number: %s", strerror(errno));
    snprintf(ret_endpoint, 64, "ipc://@sangkien-self-test-%016" PRIx64, number);
    return 0;
}

int
selftest_door(void *context, void *socket, const char *public_key, const char *name)
{
    char endpoint[64];
    int rc = name_back_door(endpoint);

    if (rc == 0)
        rc = socket_bind(socket, endpoint);
    if (rc != 0)
        return rc;
    rc = knock(context, endpoint, public_key, name);
    if (zmq_unbind(socket, endpoint) != 0 && rc == 0)
        rc = err_set(ERR_FATAL, "self-test: %s", zmq_strerror(zmq_errno()));
    return rc;
}

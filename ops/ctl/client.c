/* ops/ctl/client.c - a client of the gateway: sends requests until they are answered, hears events.
 */
#include "ops/ctl/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "common/clock.h"
#include "common/proto.h"
#include "common/socket.h"

struct client {
    void *context;
    void *socket;
    void *monitor;
    const char *trouble;
    bool is_connected;
    unsigned losses;
};

static int
dial(struct client *client, const struct settings *settings)
{
    struct key_pair pair;
    char server[KEY_TEXT_SIZE];

    if (!settings->server_key)
        return err_set(ERR_FATAL, "the gateway's public key is not given: --server-key");
    if (!settings->key_file)
        return err_set(ERR_FATAL, "your key pair is not given: --key; make one: sangkien keys new");
    if (public_key_of(settings->server_key, server) < 0 ||
        key_pair_load(settings->key_file, &pair) < 0)
        return ERR_FATAL;
    int rc =
        socket_dial(client->socket, settings->gateway, server, pair.public_key, pair.secret_key);
    explicit_bzero(&pair, sizeof pair);
    return rc;
}

/* The monitor is there before the first attempt, so that nothing is missed. */
static int
open_sockets(struct client *client)
{
    client->context = zmq_ctx_new();
    if (!client->context)
        return err_set(ERR_FATAL, "ZeroMQ: %s", zmq_strerror(errno));
    if (socket_open(client->context, ZMQ_DEALER, SIDE_OUTER, &client->socket) < 0)
        return ERR_FATAL;
    client->monitor = zmq_socket(client->context, ZMQ_PAIR);
    if (!client->monitor ||
        zmq_socket_monitor(client->socket, "inproc://monitor", ZMQ_EVENT_ALL) != 0 ||
        zmq_connect(client->monitor, "inproc://monitor") != 0)
        return err_set(ERR_FATAL, "monitor: %s", zmq_strerror(errno));
    return 0;
}

/* What was not sent yet will be sent again by whoever repeats the call: nothing lingers. */
static void
close_socket(void *socket)
{
    int nothing = 0;

    if (!socket)
        return;
    zmq_setsockopt(socket, ZMQ_LINGER, &nothing, sizeof nothing);
    zmq_close(socket);
}

int
client_open(const struct settings *settings, struct client **ret_client)
{
    struct client *client = calloc(1, sizeof *client);
    if (!client)
        abort();
    client->trouble = "no connection was made";
    int rc = open_sockets(client);
    if (rc == 0)
        rc = dial(client, settings);
    if (rc < 0) {
        client_close(&client);
        return rc;
    }
    *ret_client = client;
    return 0;
}

void
client_close(struct client **client_p)
{
    struct client *client = *client_p;

    if (!client)
        return;
    if (client->socket)
        zmq_socket_monitor(client->socket, NULL, 0);
    close_socket(client->monitor);
    close_socket(client->socket);
    if (client->context)
        zmq_ctx_term(client->context);
    free(client);
    *client_p = NULL;
}

/* ------------------------------------------------------------------ the connection */

static void
note(struct client *client, unsigned event)
{
    switch (event) {
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        client->trouble = "the gateway is reached, but does not answer";
        client->is_connected = true;
        return;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
        client->trouble =
            "the gateway refuses this key: is the system registered, and not revoked?";
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
        client->trouble = "the handshake fails: is --server-key the key of this gateway?";
        break;
    case ZMQ_EVENT_CLOSED:
        client->trouble = "nobody listens there";
        break;
    case ZMQ_EVENT_DISCONNECTED:
        if (client->is_connected) {
            client->trouble = "the connection was lost";
            client->losses++;
        }
        break;
    default:
        return;
    }
    client->is_connected = false;
}

/* A monitor message is the event's number in two bytes and its value in four, then the address. */
static void
watch(struct client *client)
{
    uint8_t frame[256];
    uint16_t event;
    int more;
    size_t size = sizeof more;

    while (zmq_recv(client->monitor, frame, sizeof frame, ZMQ_DONTWAIT) >= (int) sizeof event) {
        memcpy(&event, frame, sizeof event);
        note(client, event);
        while (zmq_getsockopt(client->monitor, ZMQ_RCVMORE, &more, &size) == 0 && more)
            (void) zmq_recv(client->monitor, frame, sizeof frame, ZMQ_DONTWAIT);
    }
}

bool
client_is_connected(struct client *client)
{
    watch(client);
    return client->is_connected;
}

unsigned
client_losses(struct client *client)
{
    watch(client);
    return client->losses;
}

const char *
client_trouble(const struct client *client)
{
    return client->trouble;
}

bool
client_say(struct client *client, const Wire__ClientFrame *frame)
{
    struct arena *arena CLEANUP(arena_free) = arena_new();
    struct bytes bytes = proto_pack(arena, frame);

    return zmq_send(client->socket, bytes.data, bytes.size, ZMQ_DONTWAIT) >= 0;
}

/* One message of one frame that parses; anything else is dropped, as if it had been lost. */
static Wire__ServerFrame *
take_frame(struct client *client, struct arena *arena)
{
    Wire__ServerFrame *frame = NULL;
    zmq_msg_t message;
    int parts = 0;
    bool more = true;

    while (more) {
        zmq_msg_init(&message);
        if (zmq_msg_recv(&message, client->socket, ZMQ_DONTWAIT) < 0) {
            zmq_msg_close(&message);
            return NULL;
        }
        more = zmq_msg_more(&message) != 0;
        if (parts++ == 0 &&
            proto_unpack(arena, &wire__server_frame__descriptor, zmq_msg_data(&message),
                         zmq_msg_size(&message), &frame) < 0)
            frame = NULL;
        zmq_msg_close(&message);
    }
    return parts == 1 ? frame : NULL;
}

Wire__ServerFrame *
client_hear(struct client *client, struct arena *arena, int64_t wait_ms)
{
    int64_t until = monotonic_ms() + wait_ms;
    bool was_connected = client->is_connected;

    for (;;) {
        watch(client);
        Wire__ServerFrame *frame = take_frame(client, arena);
        int64_t left = until - monotonic_ms();
        if (frame || left <= 0)
            return frame;
        zmq_pollitem_t items[] = {
            { .socket = client->socket, .events = ZMQ_POLLIN },
            { .socket = client->monitor, .events = ZMQ_POLLIN },
        };
        if (zmq_poll(items, 2, (long) left) > 0 && items[1].revents) {
            watch(client);
            if (client->is_connected && !was_connected)
                return take_frame(client, arena); /* what waits for a connection may go now */
        }
    }
}

/* common/socket.c - ZeroMQ sockets with every option that must be set, set once. */
#include "common/socket.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* zmq.h shows it to users of draft interfaces only; the library has it either way, and what sets it
 * fails when it has not. */
#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
#define ZMQ_ZAP_ENFORCE_DOMAIN 93
#endif

struct number_option {
    int option;
    int value;
    const char *name;
};

/* clang-format off */
static const struct number_option common_options[] = {
    { ZMQ_HANDSHAKE_IVL,      5000, "ZMQ_HANDSHAKE_IVL" },
    { ZMQ_HEARTBEAT_IVL,      5000, "ZMQ_HEARTBEAT_IVL" },
    { ZMQ_HEARTBEAT_TIMEOUT, 15000, "ZMQ_HEARTBEAT_TIMEOUT" },
    { ZMQ_LINGER,             2000, "ZMQ_LINGER" },
    { ZMQ_SNDTIMEO,              0, "ZMQ_SNDTIMEO" },
    { ZMQ_RECONNECT_IVL,       100, "ZMQ_RECONNECT_IVL" },
    { 0 },
};

static const struct number_option outer_options[] = {
    { ZMQ_SNDHWM,             2048, "ZMQ_SNDHWM" }, /* as many as one system has under way */
    { ZMQ_RCVHWM,             1024, "ZMQ_RCVHWM" },
    { ZMQ_RECONNECT_IVL_MAX, 10000, "ZMQ_RECONNECT_IVL_MAX" },
    { ZMQ_BACKLOG,            1024, "ZMQ_BACKLOG" }, /* who is turned away tries again a second later */
    { 0 },
};

/* Behind the door peers are few and known: credit bounds what waits, and they come back soon. */
static const struct number_option inner_options[] = {
    { ZMQ_SNDHWM,           131072, "ZMQ_SNDHWM" },
    { ZMQ_RCVHWM,           131072, "ZMQ_RCVHWM" },
    { ZMQ_RECONNECT_IVL_MAX,  1000, "ZMQ_RECONNECT_IVL_MAX" },
    { 0 },
};

static const struct number_option router_options[] = {
    { ZMQ_ROUTER_MANDATORY, 1, "ZMQ_ROUTER_MANDATORY" },
    { ZMQ_ROUTER_HANDOVER,  0, "ZMQ_ROUTER_HANDOVER" },
    { 0 },
};

/* Nothing is kept for a peer that is not there: what it would find later is no longer true. */
static const struct number_option dealer_options[] = {
    { ZMQ_IMMEDIATE, 1, "ZMQ_IMMEDIATE" },
    { 0 },
};
/* clang-format on */

static int
set_number(void *socket, int option, int value, const char *name)
{
    if (zmq_setsockopt(socket, option, &value, sizeof(value)) != 0)
        return err_set(ERR_FATAL, "%s: %s", name, zmq_strerror(zmq_errno()));
    return 0;
}

static int
set_numbers(void *socket, const struct number_option *options)
{
    int rc = 0;

    for (const struct number_option *o = options; rc == 0 && o->name; o++)
        rc = set_number(socket, o->option, o->value, o->name);
    return rc;
}

static int
set_frame_limit(void *socket, enum socket_side side)
{
    int64_t most = side == SIDE_OUTER ? 131072 : 1048576;

    if (zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &most, sizeof(most)) != 0)
        return err_set(ERR_FATAL, "ZMQ_MAXMSGSIZE: %s", zmq_strerror(zmq_errno()));
    return 0;
}

static int
set_text(void *socket, int option, const char *value, const char *name)
{
    if (zmq_setsockopt(socket, option, value, strlen(value)) != 0)
        return err_set(ERR_FATAL, "%s: %s", name, zmq_strerror(zmq_errno()));
    return 0;
}

/* For keys: with the closing NUL, so that libzmq takes them for Z85. */
static int
set_key(void *socket, int option, const char *key, const char *name)
{
    if (strlen(key) != KEY_TEXT_SIZE - 1 || zmq_setsockopt(socket, option, key, KEY_TEXT_SIZE) != 0)
        return err_set(ERR_FATAL, "%s: this is no key of 40 characters in Z85", name);
    return 0;
}

int
socket_open(void *context, int type, enum socket_side side, void **ret_socket)
{
    void *socket = zmq_socket(context, type);
    int rc;

    if (!socket)
        return err_set(ERR_FATAL, "cannot make a socket: %s", zmq_strerror(zmq_errno()));
    rc = set_numbers(socket, common_options);
    if (rc == 0)
        rc = set_numbers(socket, side == SIDE_OUTER ? outer_options : inner_options);
    if (rc == 0 && type == ZMQ_ROUTER)
        rc = set_numbers(socket, router_options);
    if (rc == 0 && type == ZMQ_DEALER)
        rc = set_numbers(socket, dealer_options);
    if (rc == 0)
        rc = set_frame_limit(socket, side);
    if (rc != 0) {
        zmq_close(socket);
        return rc;
    }
    *ret_socket = socket;
    return 0;
}

void
socket_close(void **socket_p)
{
    if (*socket_p)
        zmq_close(*socket_p);
    *socket_p = NULL;
}

int
socket_guard(void *socket, const char *secret_key, const char *domain)
{
    int rc = set_number(socket, ZMQ_CURVE_SERVER, 1, "ZMQ_CURVE_SERVER");

    if (rc == 0)
        rc = set_key(socket, ZMQ_CURVE_SECRETKEY, secret_key, "ZMQ_CURVE_SECRETKEY");
    if (rc == 0)
        rc = set_text(socket, ZMQ_ZAP_DOMAIN, domain, "ZMQ_ZAP_DOMAIN");
    if (rc == 0) /* without it, a missing handler lets everybody in */
        rc = set_number(socket, ZMQ_ZAP_ENFORCE_DOMAIN, 1, "ZMQ_ZAP_ENFORCE_DOMAIN");
    return rc;
}

static int
allow_ipv6(void *socket, const char *endpoint)
{
    return strchr(endpoint, '[') ? set_number(socket, ZMQ_IPV6, 1, "ZMQ_IPV6") : 0;
}

/* libzmq takes a port modulo 65536, and would listen at another one than was meant. */
static int
check_port(const char *endpoint)
{
    const char *colon = strrchr(endpoint, ':');

    if (strncmp(endpoint, "tcp://", 6) == 0 && colon && strtoul(colon + 1, NULL, 10) > 65535)
        return err_set(ERR_FATAL, "%s: there is no such port", endpoint);
    return 0;
}

int
socket_dial(void *socket, const char *endpoint, const char *server_key, const char *public_key,
            const char *secret_key)
{
    int rc = set_key(socket, ZMQ_CURVE_SERVERKEY, server_key, "ZMQ_CURVE_SERVERKEY");

    if (rc == 0)
        rc = set_key(socket, ZMQ_CURVE_PUBLICKEY, public_key, "ZMQ_CURVE_PUBLICKEY");
    if (rc == 0)
        rc = set_key(socket, ZMQ_CURVE_SECRETKEY, secret_key, "ZMQ_CURVE_SECRETKEY");
    if (rc == 0)
        rc = check_port(endpoint);
    if (rc == 0)
        rc = allow_ipv6(socket, endpoint);
    if (rc == 0 && zmq_connect(socket, endpoint) != 0)
        rc = err_set(ERR_FATAL, "cannot dial %s: %s", endpoint, zmq_strerror(zmq_errno()));
    return rc;
}

int
socket_bind(void *socket, const char *endpoint)
{
    int rc = check_port(endpoint);

    if (rc == 0)
        rc = allow_ipv6(socket, endpoint);
    if (rc == 0 && zmq_bind(socket, endpoint) != 0)
        rc = err_set(ERR_FATAL, "cannot listen at %s: %s", endpoint, zmq_strerror(zmq_errno()));
    return rc;
}

int
socket_pair(void *context, const char *endpoint, bool binds, struct pair_limits limits,
            void **ret_socket)
{
    void *socket = zmq_socket(context, ZMQ_PAIR);
    int rc;

    if (!socket)
        return err_set(ERR_FATAL, "cannot make a socket: %s", zmq_strerror(zmq_errno()));
    rc = set_number(socket, ZMQ_SNDHWM, limits.most_out, "ZMQ_SNDHWM");
    if (rc == 0)
        rc = set_number(socket, ZMQ_RCVHWM, limits.most_in, "ZMQ_RCVHWM");
    if (rc == 0)
        rc = set_number(socket, ZMQ_LINGER, 0, "ZMQ_LINGER");
    if (rc == 0 && (binds ? zmq_bind(socket, endpoint) : zmq_connect(socket, endpoint)) != 0)
        rc = err_set(ERR_FATAL, "%s: %s", endpoint, zmq_strerror(zmq_errno()));
    if (rc != 0) {
        zmq_close(socket);
        return rc;
    }
    *ret_socket = socket;
    return 0;
}

/* common/socket.h - ZeroMQ sockets with every option that must be set, set once.
 *
 * Errors     ERR_FATAL with ZeroMQ's reason.
 * Ownership  a socket is closed by socket_close.
 * Threads    a socket belongs to the thread that uses it, from its making to its end.
 * Source     reliability rules for ZeroMQ: the defaults lose, hang or exhaust.
 */
#ifndef SANGKIEN_COMMON_SOCKET_H
#define SANGKIEN_COMMON_SOCKET_H

#include <stdbool.h>
#include <zmq.h>

#include "common/err.h"
#include "common/keyfile.h"

/* The side of the door a socket stands on: how large its frames may be, how many may wait per peer,
 * how slowly it comes back. */
enum socket_side { SIDE_OUTER, SIDE_INNER };

int socket_open(void *context, int type, enum socket_side side, void **ret_socket) MUST_CHECK;
void socket_close(void **socket_p);

/* Every peer must be let in by the ZAP handler under this domain. */
int socket_guard(void *socket, const char *secret_key, const char *domain) MUST_CHECK;

int socket_dial(void *socket, const char *endpoint, const char *server_key, const char *public_key,
                const char *secret_key) MUST_CHECK;
int socket_bind(void *socket, const char *endpoint) MUST_CHECK;

/* A PAIR between two threads. Where one end says most_out 0 or the other most_in 0, that direction is
 * unlimited: then whoever writes must bound what is under way. */
struct pair_limits {
    int most_out;
    int most_in;
};
int socket_pair(void *context, const char *endpoint, bool binds, struct pair_limits limits,
                void **ret_socket) MUST_CHECK;

#endif

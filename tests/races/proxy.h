/* tests/races/proxy.h - stands between a service and PostgreSQL, and can lose a COMMIT or the answer to it.
 *
 * Shapes     reads the frontend's messages (PostgreSQL manual, 55.7); a COMMIT is the Bind of the statement
 *            named "commit".
 * Threads    runs on threads of its own.
 */
#ifndef SANGKIEN_TESTS_RACES_PROXY_H
#define SANGKIEN_TESTS_RACES_PROXY_H

#include <stdbool.h>

struct proxy;

enum accident {
    NO_ACCIDENT,
    LOSES_COMMIT, /* the connection breaks before the server has heard of it */
    LOSES_ANSWER, /* the server has committed, and nobody hears */
};

struct proxy *proxy_open(const char *server_folder);
void proxy_close(struct proxy **proxy_p);

/* Folder of its own socket. */
const char *proxy_folder(const struct proxy *proxy);

/* What happens to the next COMMIT; once. */
void proxy_arm(struct proxy *proxy, enum accident accident);
/* Lets nobody in until it is taken back: the server is away. */
void proxy_refuse(struct proxy *proxy, bool refuses);
/* How many were not let in. */
int proxy_refused(const struct proxy *proxy);
/* How many accidents have happened. */
int proxy_accidents(const struct proxy *proxy);

#endif

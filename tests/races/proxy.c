/* tests/races/proxy.c - a Unix socket in, a Unix socket out, and a knife between them. */
#include "tests/races/proxy.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_NAME "/.s.PGSQL.5432"

enum { MOST_LINKS = 32, ROOM = 1 << 20 };

/* One connection through the proxy. */
struct link {
    struct proxy *proxy;
    int client, server;
    pthread_t thread;
    uint8_t *held; /* of the client's bytes: what is not yet a whole message */
    size_t held_size;
    bool swallows;
    bool has_started; /* the startup message has no type byte */
};

struct proxy {
    char server[108];
    char folder[64];
    int listener;
    pthread_t thread;
    struct link links[MOST_LINKS];
    size_t link_count;
    atomic_int armed;
    atomic_int accidents;
    atomic_bool refuses;
    atomic_int refused;
    atomic_bool is_closing;
};

static int
write_all(int fd, const uint8_t *bytes, size_t size)
{
    while (size) {
        ssize_t n = send(fd, bytes, size, MSG_NOSIGNAL);

        if (n < 0 && errno != EINTR)
            return -1;
        if (n > 0) {
            bytes += n;
            size -= (size_t) n;
        }
    }
    return 0;
}

static uint32_t
big_endian(const uint8_t *at)
{
    return (uint32_t) at[0] << 24 | (uint32_t) at[1] << 16 | (uint32_t) at[2] << 8 | at[3];
}

/* Bind: portal, statement ... */
static bool
is_commit(const uint8_t *message, size_t size)
{
    const char *portal = (const char *) message + 5;
    const char *statement = portal + strnlen(portal, size - 5) + 1;

    return message[0] == 'B' && statement + 7 <= (const char *) message + size &&
           strcmp(statement, "commit") == 0;
}

/* Reads what the server says until it is ready for the next query; the client hears nothing of it. */
static void
swallow_answer(struct link *link)
{
    uint8_t *bytes = malloc(ROOM);
    size_t have = 0;

    if (!bytes)
        abort();
    for (;;) {
        ssize_t n = recv(link->server, bytes + have, ROOM - have, 0);

        if (n <= 0)
            break;
        have += (size_t) n;
        while (have >= 5 && have >= 1 + big_endian(bytes + 1)) {
            size_t size = 1 + big_endian(bytes + 1);
            bool ready = bytes[0] == 'Z';

            memmove(bytes, bytes + size, have - size);
            have -= size;
            if (ready) {
                free(bytes);
                return;
            }
        }
    }
    free(bytes);
}

static size_t
message_size(const struct link *link)
{
    size_t head = link->has_started ? 1 : 0;

    if (link->held_size < head + 4)
        return 0;
    return head + big_endian(link->held + head);
}

/* Passes whole messages on. false: the connection is over. */
static bool
from_client(struct link *link)
{
    ssize_t n = recv(link->client, link->held + link->held_size, ROOM - link->held_size, 0);
    size_t size;

    if (n <= 0)
        return false;
    link->held_size += (size_t) n;
    while ((size = message_size(link)) && size <= link->held_size) {
        bool accident = link->has_started && is_commit(link->held, size) && link->proxy->armed;
        bool is_sync = link->has_started && link->held[0] == 'S';
        if (accident && link->proxy->armed == LOSES_COMMIT) {
            link->proxy->armed = NO_ACCIDENT;
            link->proxy->accidents++;
            return false;
        }
        link->swallows = link->swallows || accident;
        if (write_all(link->server, link->held, size))
            return false;
        link->has_started = true;
        memmove(link->held, link->held + size, link->held_size - size);
        link->held_size -= size;
        if (link->swallows && is_sync) {
            swallow_answer(link);
            link->proxy->armed = NO_ACCIDENT;
            link->proxy->accidents++;
            return false;
        }
    }
    return true;
}

static bool
from_server(const struct link *link)
{
    uint8_t bytes[16384];
    ssize_t n = recv(link->server, bytes, sizeof(bytes), 0);

    return n > 0 && write_all(link->client, bytes, (size_t) n) == 0;
}

static void *
run_link(void *context)
{
    struct link *link = context;
    bool open = true;

    while (open) {
        struct pollfd fds[] = { { link->client, POLLIN, 0 }, { link->server, POLLIN, 0 } };

        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            break;
        if (fds[1].revents)
            open = from_server(link);
        if (open && fds[0].revents)
            open = from_client(link);
    }
    shutdown(link->client, SHUT_RDWR);
    shutdown(link->server, SHUT_RDWR);
    return NULL;
}

static int
connect_to(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    if (fd < 0 || connect(fd, (struct sockaddr *) &address, sizeof(address)))
        abort();
    return fd;
}

static void *
take_calls(void *context)
{
    struct proxy *proxy = context;

    for (;;) {
        int client = accept(proxy->listener, NULL, NULL);
        struct link *link = &proxy->links[proxy->link_count];

        if (client < 0 || proxy->is_closing)
            return NULL;
        if (proxy->refuses) {
            close(client);
            proxy->refused++;
            continue;
        }
        if (proxy->link_count == MOST_LINKS)
            abort();
        *link = (struct link){ .proxy = proxy,
                               .client = client,
                               .server = connect_to(proxy->server),
                               .held = malloc(ROOM) };
        if (!link->held || pthread_create(&link->thread, NULL, run_link, link))
            abort();
        proxy->link_count++;
    }
}

struct proxy *
proxy_open(const char *server_folder)
{
    struct proxy *proxy = calloc(1, sizeof(*proxy));
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    if (!proxy)
        abort();
    snprintf(proxy->server, sizeof(proxy->server), "%s" SOCKET_NAME, server_folder);
    snprintf(proxy->folder, sizeof(proxy->folder), "/tmp/sangkien-proxy.XXXXXX");
    if (!mkdtemp(proxy->folder))
        abort();
    snprintf(address.sun_path, sizeof(address.sun_path), "%s" SOCKET_NAME, proxy->folder);
    proxy->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (proxy->listener < 0 ||
        bind(proxy->listener, (struct sockaddr *) &address, sizeof(address)) ||
        listen(proxy->listener, 8) || pthread_create(&proxy->thread, NULL, take_calls, proxy))
        abort();
    return proxy;
}

void
proxy_close(struct proxy **proxy_p)
{
    struct proxy *proxy = *proxy_p;
    char path[108];

    proxy->is_closing = true;
    shutdown(proxy->listener, SHUT_RDWR);
    pthread_join(proxy->thread, NULL);
    close(proxy->listener);
    for (size_t i = 0; i < proxy->link_count; i++) {
        struct link *link = &proxy->links[i];

        shutdown(link->client, SHUT_RDWR);
        pthread_join(link->thread, NULL);
        close(link->client);
        close(link->server);
        free(link->held);
    }
    snprintf(path, sizeof(path), "%s" SOCKET_NAME, proxy->folder);
    unlink(path);
    rmdir(proxy->folder);
    free(proxy);
    *proxy_p = NULL;
}

const char *
proxy_folder(const struct proxy *proxy)
{
    return proxy->folder;
}

void
proxy_arm(struct proxy *proxy, enum accident accident)
{
    proxy->armed = accident;
}

int
proxy_accidents(const struct proxy *proxy)
{
    return proxy->accidents;
}

void
proxy_refuse(struct proxy *proxy, bool refuses)
{
    proxy->refuses = refuses;
}

int
proxy_refused(const struct proxy *proxy)
{
    return proxy->refused;
}

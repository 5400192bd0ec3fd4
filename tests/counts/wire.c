/* tests/counts/wire.c - stands between libpq and its socket, and counts what goes over it. */
#define _GNU_SOURCE /* ppoll */
#include "tests/counts/wire.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { HEAD_SIZE = 5, MOST_HELD = 1 << 22 };
enum { EXECUTE = 'E', QUERY = 'Q', SYNC = 'S', READY_FOR_QUERY = 'Z' };

/* One direction: messages of a type, a length that counts itself, and that many bytes. */
struct direction {
    uint8_t head[HEAD_SIZE];
    size_t got;  /* of the head */
    size_t rest; /* of the message behind it */
    size_t bytes;
    size_t messages[256]; /* by type */
};

static bool listens;
static struct direction sent, received;

/* What has come and was not handed over yet. */
static uint8_t held[MOST_HELD];
static size_t held_from, held_upto;

static void
follow(struct direction *d, const uint8_t *bytes, size_t size)
{
    d->bytes += size;
    while (size > 0) {
        size_t step = d->rest < size ? d->rest : size;

        if (d->rest == 0) {
            d->head[d->got++] = *bytes;
            step = 1;
        } else {
            d->rest -= step;
        }
        bytes += step;
        size -= step;
        if (d->got == HEAD_SIZE) {
            d->messages[d->head[0]]++;
            d->rest = ((size_t) d->head[1] << 24 | (size_t) d->head[2] << 16 |
                       (size_t) d->head[3] << 8 | d->head[4]) -
                      (HEAD_SIZE - 1);
            d->got = 0;
        }
    }
}

void
wire_listen(void)
{
    memset(&sent, 0, sizeof(sent));
    memset(&received, 0, sizeof(received));
    held_from = held_upto = 0;
    listens = true;
}

struct wire_counts
wire_heard(void)
{
    listens = false;
    return (struct wire_counts){ .statements = sent.messages[EXECUTE] + sent.messages[QUERY],
                                 .round_trips = sent.messages[SYNC] + sent.messages[QUERY],
                                 .bytes = sent.bytes };
}

static void
give_up(const char *why)
{
    fprintf(stderr, "tests/counts/wire.c: %s\n", why);
    exit(EXIT_FAILURE);
}

static bool
would_block(ssize_t done)
{
    return done < 0 && (errno == EAGAIN || errno == EINTR);
}

static void
wait_for(int fd, short events)
{
    struct pollfd p = { fd, events, 0 };

    if (ppoll(&p, 1, NULL, NULL) < 0 && errno != EINTR)
        give_up("cannot wait");
}

static void
take_in(int fd)
{
    ssize_t done = recvfrom(fd, held + held_upto, sizeof(held) - held_upto, 0, NULL, NULL);

    if (would_block(done))
        return;
    if (done <= 0)
        give_up("the server is gone, or says too much");
    follow(&received, held + held_upto, (size_t) done);
    held_upto += (size_t) done;
}

/* ------------------------------------------------------------------ in place of the C library's */

/* Reads while it sends, so that neither side blocks the other. */
ssize_t
send(int fd, const void *bytes, size_t size, int flags)
{
    size_t out = 0;

    if (!listens)
        return sendto(fd, bytes, size, flags, NULL, 0);
    follow(&sent, bytes, size);
    while (out < size) {
        ssize_t done = sendto(fd, (const uint8_t *) bytes + out, size - out, flags, NULL, 0);

        if (done > 0) {
            out += (size_t) done;
        } else if (would_block(done)) {
            wait_for(fd, POLLIN | POLLOUT);
            take_in(fd);
        } else {
            give_up("cannot send");
        }
    }
    return (ssize_t) size;
}

static bool
is_owed_an_answer(void)
{
    return received.messages[READY_FOR_QUERY] < sent.messages[SYNC] + sent.messages[QUERY] ||
           received.got > 0 || received.rest > 0;
}

ssize_t
recv(int fd, void *ret_bytes, size_t size, int flags)
{
    if (!listens)
        return recvfrom(fd, ret_bytes, size, flags, NULL, NULL);
    while (is_owed_an_answer()) {
        wait_for(fd, POLLIN);
        take_in(fd);
    }
    if (held_from == held_upto) {
        held_from = held_upto = 0;
        errno = EAGAIN;
        return -1;
    }
    if (size > held_upto - held_from)
        size = held_upto - held_from;
    memcpy(ret_bytes, held + held_from, size);
    held_from += size;
    return (ssize_t) size;
}

/* The kernel does not know of what was read already. */
int
poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    struct timespec timeout = { timeout_ms / 1000, timeout_ms % 1000 * 1000000L };

    if (listens && count == 1 && held_from < held_upto) {
        fds->revents = POLLIN; /* nobody waits for anything else: what is sent is sent at once */
        return 1;
    }
    return ppoll(fds, count, timeout_ms < 0 ? NULL : &timeout, NULL);
}

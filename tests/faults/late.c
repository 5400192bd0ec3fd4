/* tests/faults/late.c - lets packets go on after a while, each after another one: late, and out of order.
 *
 * What comes is what iptables' NFQUEUE hands over at queue 0. Takes the most milliseconds that a packet is kept; says
 * "ready" when it is. What it still keeps when it is killed is lost.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <linux/netfilter.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum { MOST_KEPT = 8192 };

struct kept {
    uint32_t id;
    int64_t due_ms;
};

static struct kept kept[MOST_KEPT];
static size_t kept_count;
static long most_ms;

static int64_t
now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t) t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
must(int is_done, const char *what)
{
    if (!is_done) {
        perror(what);
        exit(1);
    }
}

/* The same numbers each time; they need not be good ones. */
static long
up_to(long most)
{
    static uint64_t state = 1;

    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (long) (state >> 33) % (most + 1);
}

static int
keep(struct nfq_q_handle *queue, struct nfgenmsg *message, struct nfq_data *data, void *unused)
{
    struct nfqnl_msg_packet_hdr *header = nfq_get_msg_packet_hdr(data);

    (void) queue, (void) message, (void) unused;
    must(header && kept_count < MOST_KEPT, "a packet");
    kept[kept_count++] = (struct kept){ ntohl(header->packet_id), now_ms() + up_to(most_ms) };
    return 0;
}

/* Gives the milliseconds until the next one is due; -1: none is kept. */
static int
let_go(struct nfq_q_handle *queue)
{
    int64_t now = now_ms(), next = -1;
    size_t left = 0;

    for (size_t i = 0; i < kept_count; i++) {
        if (kept[i].due_ms <= now) {
            nfq_set_verdict(queue, kept[i].id, NF_ACCEPT, 0, NULL);
            continue;
        }
        if (next < 0 || kept[i].due_ms < next)
            next = kept[i].due_ms;
        kept[left++] = kept[i];
    }
    kept_count = left;
    return next < 0 ? -1 : (int) (next - now);
}

int
main(int argc, char **argv)
{
    struct nfq_handle *handle = nfq_open();
    struct nfq_q_handle *queue;
    static char bytes[65536];

    most_ms = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
    if (most_ms <= 0) {
        fputs("Usage: late MILLISECONDS\n", stderr);
        return 2;
    }
    must(handle != NULL, "nfnetlink");
    queue = nfq_create_queue(handle, 0, keep, NULL);
    must(queue && nfq_set_mode(queue, NFQNL_COPY_META, 0) == 0 &&
             nfq_set_queue_maxlen(queue, MOST_KEPT) == 0,
         "queue");
    puts("ready");
    fflush(stdout);
    for (;;) {
        struct pollfd fd = { nfq_fd(handle), POLLIN, 0 };
        ssize_t size;

        if (poll(&fd, 1, let_go(queue)) <= 0)
            continue;
        size = recv(fd.fd, bytes, sizeof(bytes), MSG_DONTWAIT);
        must(size >= 0 || errno == ENOBUFS || errno == EAGAIN,
             "recv"); /* some went by: they are lost */
        if (size > 0)
            nfq_handle_packet(handle, bytes, (int) size);
    }
}

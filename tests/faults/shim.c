/* tests/faults/shim.c - LD_PRELOAD: the system calls of a process fail now and then, as they may at any time.
 *
 * SHIM is a list such as "seed=7 interrupt=20 short=50 reset=1 nofile=1": so many of ten thousand calls
 *
 *   interrupt   of send, sendmsg, recv, read, write, poll give EINTR
 *   short       of send, sendmsg, recv, and of write to a socket, move only one byte
 *   reset       of send, sendmsg, recv, read and write on a socket break the connection (ECONNRESET)
 *   nofile      of socket and accept4 give EMFILE
 *   memory      of malloc, calloc and realloc above 64 bytes give NULL
 *   sync        of fsync and fdatasync give EIO
 *
 * recvmsg and accept are not here: nobody in the system calls them.
 *
 * SHIM_STRIKES names a file of a page of zeros, in which every strike is counted, by all processes that are given it.
 *
 * SHIM_CLOCK names a file that says by how many seconds the machine's clock is wrong; it is read at every look at it.
 *
 * Nothing fails during the first seconds ("quiet", two): a start that is refused is another test's business. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum fault { INTERRUPT, SHORT, RESET, NOFILE, MEMORY, SYNC, FAULTS };

enum { QUIET_S = 2, OUT_OF = 10000, SMALL = 64, PAGE = 4096 };

static long quiet_s = QUIET_S;

static const char *const names[FAULTS] = {
    "interrupt", "short", "reset", "nofile", "memory", "sync"
};
static unsigned rates[FAULTS];

/* A row of the file of strikes. The file outlives whoever dies of one. */
struct tally {
    char name[16];
    atomic_uint_fast64_t count;
};

static struct tally *tallies; /* one of each fault, or NULL: nobody counts */
static atomic_uint_fast64_t drawn;
static struct timespec began;

static void *
next(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

static unsigned
wanted(const char *list, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = list; (at = strstr(at, name)); at += length)
        if (at[length] == '=')
            return (unsigned) strtoul(at + length + 1, NULL, 10);
    return 0;
}

/* A file that is too short would be a SIGBUS later. */
static struct tally *
map_tallies(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    struct stat status;
    void *page = MAP_FAILED;

    if (fd < 0)
        return NULL;
    if (fstat(fd, &status) == 0 && status.st_size >= PAGE)
        page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return page == MAP_FAILED ? NULL : page;
}

static void
begin_counting(void)
{
    const char *path = getenv("SHIM_STRIKES");

    if (!path)
        return;
    tallies = map_tallies(path);
    for (int i = 0; tallies && i < FAULTS; i++) /* everybody writes the same */
        memcpy(tallies[i].name, names[i], strlen(names[i]));
}

__attribute__((constructor)) static void
begin(void)
{
    const char *list = getenv("SHIM");

    clock_gettime(CLOCK_MONOTONIC, &began);
    if (!list)
        return;
    begin_counting();
    atomic_store(&drawn, (uint64_t) wanted(list, "seed") << 32);
    if (strstr(list, "quiet="))
        quiet_s = wanted(list, "quiet");
    for (int i = 0; i < FAULTS; i++)
        rates[i] = wanted(list, names[i]);
}

/* ------------------------------------------------------------------ the machine's clock */

static long
wrong_by_s(void)
{
    const char *path = getenv("SHIM_CLOCK");
    char text[16] = "";
    int fd;

    if (!path)
        return 0;
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    if (syscall(SYS_read, fd, text, sizeof(text) - 1) < 0)
        text[0] = '\0';
    close(fd);
    return strtol(text, NULL, 10);
}

int
clock_gettime(clockid_t clock, struct timespec *now)
{
    long rc = syscall(SYS_clock_gettime, clock, now);

    if (rc == 0 && clock == CLOCK_REALTIME)
        now->tv_sec += wrong_by_s();
    return (int) rc;
}

int
gettimeofday(struct timeval *now, void *zone)
{
    struct timespec t;

    (void) zone;
    clock_gettime(CLOCK_REALTIME, &t);
    *now = (struct timeval){ t.tv_sec, t.tv_nsec / 1000 };
    return 0;
}

time_t
time(time_t *ret)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    if (ret)
        *ret = t.tv_sec;
    return t.tv_sec;
}

/* ------------------------------------------------------------------ calls that fail */

static bool
is_quiet(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec - began.tv_sec < quiet_s;
}

/* splitmix64 over a counter that all threads share; a process that was forked goes its own way. What strikes is
 * counted: whoever asks lets the call fail. */
static bool
strikes(enum fault fault)
{
    uint64_t x;

    if (rates[fault] == 0 || is_quiet())
        return false;
    x = (atomic_fetch_add(&drawn, 1) ^ (uint64_t) getpid() << 40) * UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    if ((x ^ x >> 31) % OUT_OF >= rates[fault])
        return false;
    if (tallies)
        atomic_fetch_add(&tallies[fault].count, 1);
    return true;
}

static bool
is_socket(int fd)
{
    int type;
    socklen_t size = sizeof(type);

    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

static bool
fails(int fd)
{
    int before = errno;

    if (strikes(INTERRUPT)) {
        errno = EINTR;
        return true;
    }
    if (rates[RESET] && is_socket(fd) && strikes(RESET)) {
        shutdown(fd, SHUT_RDWR);
        errno = ECONNRESET;
        return true;
    }
    errno = before;
    return false;
}

ssize_t
send(int fd, const void *bytes, size_t size, int flags)
{
    ssize_t (*real)(int, const void *, size_t, int) = next("send");

    if (fails(fd))
        return -1;
    return real(fd, bytes, size > 1 && strikes(SHORT) ? 1 : size, flags);
}

/* The first byte of a message, or all of it if there is none. */
static struct msghdr
shortened(const struct msghdr *message, struct iovec *room)
{
    struct msghdr less = *message;

    for (size_t i = 0; i < message->msg_iovlen; i++) {
        if (message->msg_iov[i].iov_len == 0)
            continue;
        *room = (struct iovec){ message->msg_iov[i].iov_base, 1 };
        less.msg_iov = room;
        less.msg_iovlen = 1;
        break;
    }
    return less;
}

ssize_t
sendmsg(int fd, const struct msghdr *message, int flags)
{
    ssize_t (*real)(int, const struct msghdr *, int) = next("sendmsg");
    struct msghdr less;
    struct iovec first;

    if (fails(fd))
        return -1;
    if (!is_socket(fd) || !strikes(SHORT))
        return real(fd, message, flags);
    less = shortened(message, &first);
    return real(fd, &less, flags);
}

ssize_t
recv(int fd, void *bytes, size_t size, int flags)
{
    ssize_t (*real)(int, void *, size_t, int) = next("recv");

    return fails(fd) ? -1 : real(fd, bytes, size > 1 && strikes(SHORT) ? 1 : size, flags);
}

ssize_t
write(int fd, const void *bytes, size_t size)
{
    ssize_t (*real)(int, const void *, size_t) = next("write");

    if (size > 8 && fails(fd)) /* eight bytes are an eventfd's */
        return -1;
    return real(fd, bytes, size > 8 && is_socket(fd) && strikes(SHORT) ? 1 : size);
}

ssize_t
read(int fd, void *bytes, size_t size)
{
    ssize_t (*real)(int, void *, size_t) = next("read");

    return size > 8 && fails(fd) ? -1 : real(fd, bytes, size);
}

int
poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    int (*real)(struct pollfd *, nfds_t, int) = next("poll");

    if (strikes(INTERRUPT)) {
        errno = EINTR;
        return -1;
    }
    return real(fds, count, timeout_ms);
}

int
socket(int domain, int type, int protocol)
{
    int (*real)(int, int, int) = next("socket");

    if (strikes(NOFILE)) {
        errno = EMFILE;
        return -1;
    }
    return real(domain, type, protocol);
}

int
accept4(int fd, struct sockaddr *address, socklen_t *size, int flags)
{
    int (*real)(int, struct sockaddr *, socklen_t *, int) = next("accept4");

    if (strikes(NOFILE)) {
        errno = EMFILE;
        return -1;
    }
    return real(fd, address, size, flags);
}

int
fsync(int fd)
{
    int (*real)(int) = next("fsync");

    if (strikes(SYNC)) {
        errno = EIO;
        return -1;
    }
    return real(fd);
}

int
fdatasync(int fd)
{
    int (*real)(int) = next("fdatasync");

    if (strikes(SYNC)) {
        errno = EIO;
        return -1;
    }
    return real(fd);
}

/* glibc's own: dlsym may itself ask for memory. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

static bool
is_out_of_memory(size_t size)
{
    if (size <= SMALL || !strikes(MEMORY))
        return false;
    errno = ENOMEM;
    return true;
}

void *
malloc(size_t size)
{
    return is_out_of_memory(size) ? NULL : __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
    size_t all;

    if (__builtin_mul_overflow(count, size, &all)) /* glibc refuses that itself */
        all = 0;
    return is_out_of_memory(all) ? NULL : __libc_calloc(count, size);
}

void *
realloc(void *block, size_t size)
{
    return is_out_of_memory(size) ? NULL : __libc_realloc(block, size);
}

/* tests/faults/listens.c - preloaded into a program, tells of everything it listens at.
 *
 * To look at a process from time to time would miss a port that is open for a moment only. Each call of listen() is a
 * line in the file that LISTENS_LOG names: "port 7301", or "no port" for what is no TCP socket.
 */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void
tell(int fd)
{
    const char *path = getenv("LISTENS_LOG");
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_storage room;
    } address;
    socklen_t size = sizeof(address);
    int log = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;

    if (log < 0 || getsockname(fd, &address.any, &size) != 0)
        abort();
    if (address.any.sa_family == AF_INET)
        dprintf(log, "port %d\n", ntohs(address.v4.sin_port));
    else if (address.any.sa_family == AF_INET6)
        dprintf(log, "port %d\n", ntohs(address.v6.sin6_port));
    else
        dprintf(log, "no port\n");
    close(log);
}

int
listen(int fd, int backlog)
{
    int (*real)(int, int) = NULL;

    *(void **) &real = dlsym(RTLD_NEXT, "listen");
    if (!real)
        abort();
    tell(fd);
    return real(fd, backlog);
}

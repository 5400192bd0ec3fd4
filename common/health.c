/* common/health.c - the conditions of readiness, and the page that tells them. */
#include "common/health.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/metrics.h"

#define CONDITION_COUNT 32
#define CONNECTIONS 32U
#define IDLE_SECONDS 10U
#define TEXT_TYPE "text/plain; charset=utf-8"
#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

struct condition {
    const char *name;
    bool holds;
};

struct health {
    pthread_mutex_t lock; /* of the conditions */
    struct condition conditions[CONDITION_COUNT];
    size_t count;
    char service[64];
    struct MHD_Daemon *daemon; /* NULL: only remembers */
};

struct page {
    const char *path;
    const char *type;
    unsigned (*print)(struct health *health, FILE *out); /* returns the status */
};

#define PAGE_COUNT 4 /* with the closing zero row */
static const struct page pages[PAGE_COUNT];

/* ------------------------------------------------------------------ conditions */

static struct condition *
condition_of(struct health *health, const char *name)
{
    struct condition *fresh;

    for (size_t i = 0; i < health->count; i++)
        if (strcmp(health->conditions[i].name, name) == 0)
            return &health->conditions[i];
    assert(health->count < CONDITION_COUNT);
    fresh = &health->conditions[health->count++];
    fresh->name = strdup(name);
    if (!fresh->name)
        abort();
    return fresh;
}

void
health_expect(struct health *health, const char *condition)
{
    pthread_mutex_lock(&health->lock);
    condition_of(health, condition);
    pthread_mutex_unlock(&health->lock);
}

void
health_ready(struct health *health, const char *condition, bool holds)
{
    pthread_mutex_lock(&health->lock);
    condition_of(health, condition)->holds = holds;
    pthread_mutex_unlock(&health->lock);
}

/* ------------------------------------------------------------------ pages */

static unsigned
print_alive(struct health *health, FILE *out)
{
    fprintf(out, "%s is alive\n", health->service);
    return MHD_HTTP_OK;
}

/* As long as nothing is expected, nothing is ready: start has not come that far. */
static unsigned
print_ready(struct health *health, FILE *out)
{
    bool is_ready;

    pthread_mutex_lock(&health->lock);
    is_ready = health->count > 0;
    for (size_t i = 0; i < health->count; i++)
        is_ready = is_ready && health->conditions[i].holds;
    fprintf(out, "%s is %s\n", health->service, is_ready ? "ready" : "not ready");
    for (size_t i = 0; i < health->count; i++)
        if (!health->conditions[i].holds)
            fprintf(out, "failed: %s\n", health->conditions[i].name);
    pthread_mutex_unlock(&health->lock);
    return is_ready ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE;
}

static void
print_conditions(struct health *health, FILE *out)
{
    pthread_mutex_lock(&health->lock);
    if (health->count)
        fputs("# HELP sangkien_ready Whether a condition of readiness holds.\n"
              "# TYPE sangkien_ready gauge\n",
              out);
    for (size_t i = 0; i < health->count; i++)
        fprintf(out, "sangkien_ready{condition=\"%s\"} %d\n", health->conditions[i].name,
                health->conditions[i].holds);
    pthread_mutex_unlock(&health->lock);
}

static unsigned
print_metrics(struct health *health, FILE *out)
{
    print_conditions(health, out);
    metrics_print(out);
    return MHD_HTTP_OK;
}

static enum MHD_Result
reply(struct MHD_Connection *connection, unsigned status, const char *type, char *text, size_t size)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(size, text, MHD_RESPMEM_MUST_FREE);
    enum MHD_Result result;

    if (!response) {
        free(text);
        return MHD_NO;
    }
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static const struct page *
page_of(const char *url)
{
    for (const struct page *page = pages; page->path; page++)
        if (strcmp(url, page->path) == 0)
            return page;
    return NULL;
}

static enum MHD_Result
/* NOLINTNEXTLINE(readability-function-size): libmicrohttpd wants so many parameters */
answer(void *context, struct MHD_Connection *connection, const char *url, const char *method,
       const char *version, const char *upload, size_t *upload_size, void **seen)
{
    const struct page *page = page_of(url);
    bool is_read = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    const char *type = page && is_read ? page->type : TEXT_TYPE;
    char *text = NULL;
    size_t size = 0;
    unsigned status;
    FILE *out;

    (void) version, (void) upload;
    if (!*seen) { /* only the headers are there; answering now would cut an upload off */
        *seen = context;
        return MHD_YES;
    }
    if (*upload_size) {
        *upload_size = 0;
        return MHD_YES;
    }
    out = open_memstream(&text, &size);
    if (!out)
        return MHD_NO;
    if (!page) {
        status = MHD_HTTP_NOT_FOUND;
        fputs("there is /healthz, /readyz and /metrics\n", out);
    } else if (!is_read) {
        status = MHD_HTTP_METHOD_NOT_ALLOWED;
        fputs("this can only be read\n", out);
    } else {
        status = page->print(context, out);
    }
    if (fclose(out) != 0) {
        free(text);
        return MHD_NO;
    }
    return reply(connection, status, type, text, size);
}

/* ------------------------------------------------------------------ opening */

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static bool
parse_port(const char *text, in_port_t *ret_port)
{
    size_t length = strspn(text, "0123456789");
    long port = strtol(text, NULL, 10);

    if (length == 0 || length > 5 || text[length] || port < 1 || port > 65535)
        return false;
    *ret_port = htons((uint16_t) port);
    return true;
}

/* Numbers only: a name would make the start depend on a resolver. */
static bool
parse_address(const char *text, union address *ret_address)
{
    bool is_v6 = *text == '[';
    const char *host = text + is_v6;
    const char *end = strchr(host, is_v6 ? ']' : ':');
    const char *colon = end ? end + is_v6 : NULL;
    char name[INET6_ADDRSTRLEN];
    in_port_t port;

    if (!colon || *colon != ':' || (size_t) (end - host) >= sizeof(name))
        return false;
    memcpy(name, host, (size_t) (end - host));
    name[end - host] = '\0';
    if (!parse_port(colon + 1, &port))
        return false;
    memset(ret_address, 0, sizeof(*ret_address));
    if (is_v6) {
        ret_address->v6.sin6_family = AF_INET6;
        ret_address->v6.sin6_port = port;
        return inet_pton(AF_INET6, name, &ret_address->v6.sin6_addr) == 1;
    }
    ret_address->v4.sin_family = AF_INET;
    ret_address->v4.sin_port = port;
    return inet_pton(AF_INET, name, &ret_address->v4.sin_addr) == 1;
}

/* The page's thread takes no signals: they are for whoever runs the process. */
static struct MHD_Daemon *
start(struct health *health, const union address *address)
{
    unsigned flags = MHD_USE_AUTO_INTERNAL_THREAD;
    struct MHD_Daemon *daemon;
    sigset_t all, before;

    if (address->any.sa_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    errno = 0;
    daemon =
        MHD_start_daemon(flags, 0, NULL, NULL, answer, health, MHD_OPTION_SOCK_ADDR, &address->any,
                         MHD_OPTION_LISTENING_ADDRESS_REUSE, 1U, MHD_OPTION_CONNECTION_LIMIT,
                         CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS,
                         MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) 16384, MHD_OPTION_END);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return daemon;
}

int
health_listen(struct health *health, const char *address)
{
    union address parsed;

    if (!*address)
        return 0;
    if (!parse_address(address, &parsed))
        return err_set(ERR_FATAL, "SANGKIEN_HEALTH: \"%s\" is no address:port", address);
    health->daemon = start(health, &parsed);
    if (!health->daemon)
        return err_set(ERR_FATAL, "SANGKIEN_HEALTH: cannot listen on %s: %s", address,
                       errno ? strerror(errno) : "the HTTP server did not start");
    return 0;
}

int
health_open(const char *service, const char *address, struct health **ret_health)
{
    struct health *health = calloc(1, sizeof(*health));
    int rc;

    if (!health)
        return err_set(ERR_FATAL, "no memory");
    pthread_mutex_init(&health->lock, NULL);
    snprintf(health->service, sizeof(health->service), "%s", service);
    rc = health_listen(health, address);
    if (rc)
        health_close(&health);
    else
        *ret_health = health;
    return rc;
}

void
health_close(struct health **health_p)
{
    struct health *health = *health_p;

    *health_p = NULL;
    if (!health)
        return;
    if (health->daemon)
        MHD_stop_daemon(health->daemon);
    for (size_t i = 0; i < health->count; i++)
        free((void *) health->conditions[i].name);
    pthread_mutex_destroy(&health->lock);
    free(health);
}

/* clang-format off */
static const struct page pages[PAGE_COUNT] = {
    { "/healthz", TEXT_TYPE,    print_alive },
    { "/readyz",  TEXT_TYPE,    print_ready },
    { "/metrics", METRICS_TYPE, print_metrics },
    { 0 },
};
/* clang-format on */
